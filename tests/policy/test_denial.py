"""Denials are worded as AWS words them."""

from __future__ import annotations

import pytest

from mfacli.policy.access import Layers
from mfacli.policy.decision import decide
from mfacli.policy.denial import denial_text
from mfacli.policy.document import Document, PolicyKind
from tests.policy.asking import ACCOUNT, ANAYA, OBJECT, policy, request

ALLOW = {"Effect": "Allow"}
DENY = {"Effect": "Deny"}
PREFIX = f"User: {ANAYA} is not authorized to perform: s3:GetObject on resource: {OBJECT}"


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        (Layers(), " because no identity-based policy allows the s3:GetObject action"),
        (Layers(identity=[policy(DENY)]), " with an explicit deny in an identity-based policy"),
        (
            Layers(resource=policy({**DENY, "Principal": "*"}, kind=PolicyKind.RESOURCE)),
            " with an explicit deny in a resource-based policy",
        ),
        (
            Layers(identity=[policy(ALLOW)], boundaries=[policy({"Action": "ec2:*"}, kind=PolicyKind.BOUNDARY)]),
            " because no permissions boundary allows the s3:GetObject action",
        ),
        (
            Layers(boundaries=[policy(DENY, kind=PolicyKind.BOUNDARY)]),
            " with an explicit deny in a permissions boundary",
        ),
        (
            Layers(identity=[policy(ALLOW)], session=[policy({"Action": "ec2:*"}, kind=PolicyKind.SESSION)]),
            " because no session policy allows the s3:GetObject action",
        ),
        (Layers(session=[policy(DENY, kind=PolicyKind.SESSION)]), " with an explicit deny in a session policy"),
        (
            Layers(identity=[policy(ALLOW)], scps=[[policy({"Action": "ec2:*"}, kind=PolicyKind.SCP)]]),
            " because no service control policy allows the s3:GetObject action",
        ),
        (Layers(scps=[[policy(DENY, kind=PolicyKind.SCP)]]), " with an explicit deny in a service control policy"),
        (
            Layers(rcps=[[policy({**DENY, "Principal": "*"}, kind=PolicyKind.RCP)]]),
            " with an explicit deny in a resource control policy",
        ),
    ],
)
def test_the_layer_that_denied_is_named(layers: Layers, reason: str) -> None:
    asked = request()

    assert denial_text(decide(asked, layers), asked) == PREFIX + reason


def test_another_accounts_resource_misses_a_resource_based_policy() -> None:
    asked = request(account="222222222222")

    decision = decide(asked, Layers(identity=[policy(ALLOW)]))

    assert denial_text(decision, asked) == (
        PREFIX + " because no resource-based policy allows the s3:GetObject action"
    )


def test_a_managed_policys_arn_follows_an_explicit_deny() -> None:
    asked = request()
    arn = f"arn:aws:iam::{ACCOUNT}:policy/NoReading"

    decision = decide(asked, Layers(identity=[policy(DENY, name=arn)]))

    assert denial_text(decision, asked) == f"{PREFIX} with an explicit deny in an identity-based policy: {arn}"


def test_a_request_without_a_resource_names_none() -> None:
    asked = request(action="ec2:DescribeInstances", resource="*")

    assert denial_text(decide(asked, Layers()), asked) == (
        f"User: {ANAYA} is not authorized to perform: ec2:DescribeInstances "
        "because no identity-based policy allows the ec2:DescribeInstances action"
    )


def test_services_may_spell_actions_and_resources_their_own_way() -> None:
    asked = request()

    text = denial_text(decide(asked, Layers()), asked, action="S3:getobject", quotes_resource=True)

    assert text == (
        f'User: {ANAYA} is not authorized to perform: S3:getobject on resource: "{OBJECT}" '
        "because no identity-based policy allows the S3:getobject action"
    )


def test_strangers_are_given_no_reason() -> None:
    asked = request()

    assert denial_text(decide(asked, Layers()), asked, gives_reason=False) == PREFIX


@pytest.mark.parametrize("identity", [[], [policy(ALLOW)], [policy(DENY)]], ids=["nothing", "no trust", "deny"])
def test_assuming_a_role_is_denied_without_a_reason_whatever_it_is(identity: list[Document]) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/any"
    asked = request(action="sts:AssumeRole", resource=role)

    text = denial_text(decide(asked, Layers(identity=identity)), asked)

    assert text == f"User: {ANAYA} is not authorized to perform: sts:AssumeRole on resource: {role}"


def test_root_that_assumes_a_role_is_given_no_reason() -> None:
    asked = request(
        principal=f"arn:aws:iam::{ACCOUNT}:root", action="sts:AssumeRole", resource=f"arn:aws:iam::{ACCOUNT}:role/any"
    )

    decision = decide(asked, Layers())

    assert decision.sentence == "the root user cannot assume roles"
    assert "because" not in denial_text(decision, asked)
