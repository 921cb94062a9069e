"""A denied request tried again on policies, with and without MFA."""

from __future__ import annotations

import json

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong
from mfacli.policy.document import Dialect, Document, PolicyKind, parse_document
from mfacli.policy.messages.explanation import Denial
from mfacli.policy.messages.trial import try_policies

USER = "arn:aws:iam::111122223333:user/sofia"


def policy(*statements: object, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    """Return a policy of AWS."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return parse_document(text, kind=kind, name="policy.json")


def allow(**more: object) -> dict[str, object]:
    """Return an Allow of stopping instances."""
    return {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", **more}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
DENIAL = Denial(principal=USER, action="ec2:StopInstances", resource="arn:aws:ec2:e:111122223333:instance/i-1")


def test_a_policy_that_wants_mfa_is_told_apart() -> None:
    trial = try_policies(DENIAL, (policy(allow(Condition=MFA)),), cloud=Cloud.AWS, context={})

    assert trial.depends_on_mfa
    assert trial.conclusion == "MFA is all that was missing"
    assert trial.with_mfa.is_allowed
    assert not trial.session_without_mfa.is_allowed
    assert not trial.long_term_keys.is_allowed


@pytest.mark.parametrize("caller", ["assumed-role/Ops/me", "federated-user/sofia"])
def test_whoever_never_carries_mfa_is_told_so(caller: str) -> None:
    denial = Denial(principal=f"arn:aws:sts::111122223333:{caller}", action="ec2:StopInstances", resource="*")
    session = policy(allow(Principal="*", Condition=MFA), kind=PolicyKind.RESOURCE)

    trial = try_policies(denial, (session,), cloud=Cloud.AWS, context={})

    assert trial.depends_on_mfa
    assert trial.conclusion == "these policies want MFA, which this caller's credentials never carry"


@pytest.mark.parametrize(("statement", "allowed"), [(allow(), True), (allow(Action="s3:*"), False)])
def test_a_policy_that_does_not_ask_for_mfa_is_told_apart(statement: dict[str, object], allowed: bool) -> None:
    trial = try_policies(DENIAL, (policy(statement),), cloud=Cloud.AWS, context={})

    assert not trial.depends_on_mfa
    assert trial.with_mfa.is_allowed == allowed
    assert ("something else refused it" in trial.conclusion) == allowed
    assert ("MFA alone would not help" in trial.conclusion) != allowed


def test_what_is_known_of_the_request_counts_but_its_mfa() -> None:
    statement = allow(
        Condition={**MFA, "StringEquals": {"aws:username": "sofia"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    )
    context = {"aws:SourceIp": ("10.1.2.3",), "AWS:MultiFactorAuthPresent": ("false",)}

    trial = try_policies(DENIAL, (policy(statement),), cloud=Cloud.AWS, context=context)
    elsewhere = try_policies(DENIAL, (policy(statement),), cloud=Cloud.AWS, context={"aws:SourceIp": ("11.1.2.3",)})

    assert trial.depends_on_mfa
    assert not elsewhere.with_mfa.is_allowed


def test_a_resources_policy_counts_as_well() -> None:
    denial = Denial(principal=USER, action="sts:AssumeRole", resource="arn:aws:iam::111122223333:role/Ops")
    trust = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole", "Condition": MFA}

    trial = try_policies(denial, (policy(trust, kind=PolicyKind.TRUST),), cloud=Cloud.AWS, context={})

    assert trial.depends_on_mfa


def test_tencents_policies_are_tried_alike() -> None:
    text = json.dumps(
        {
            "version": "2.0",
            "statement": [
                {
                    "effect": "allow",
                    "action": "cvm:TerminateInstances",
                    "resource": "qcs::cvm::uin/100:instance/*",
                    "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
                }
            ],
        }
    )
    document = parse_document(text, kind=PolicyKind.IDENTITY, dialect=Dialect.TENCENT)
    denial = Denial(action="cvm:TerminateInstances", resource="qcs:id/0:cvm:g:uin/100:instance/ins-1")

    trial = try_policies(denial, (document,), cloud=Cloud.TENCENT, context={}, principal="qcs::cam::uin/100:uin/200")

    assert trial.depends_on_mfa


@pytest.mark.parametrize(
    ("denial", "message"),
    [
        (Denial(principal=USER), "names no action"),
        (Denial(action="s3:GetObject"), "names no caller"),
        (Denial(action="s3:GetObject", principal="sofia"), "is no caller"),
    ],
)
def test_a_message_that_tells_too_little_is_refused(denial: Denial, message: str) -> None:
    with pytest.raises(UsageWrong, match=message):
        try_policies(denial, (policy(allow()),), cloud=Cloud.AWS, context={})


def test_two_policies_of_a_resource_are_refused() -> None:
    of_resource = policy(allow(Principal="*"), kind=PolicyKind.RESOURCE)

    with pytest.raises(UsageWrong, match="are both the resource's policy"):
        try_policies(DENIAL, (of_resource, of_resource), cloud=Cloud.AWS, context={})
