"""What a demand for MFA means on a role, in a trust policy, on a resource, in an organization, for calls of STS."""

from __future__ import annotations

import json

import pytest

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.check.findings import Severity
from mfacli.policy.check.subject import Attachment
from mfacli.policy.decision import decide
from mfacli.policy.document import PolicyKind, parse_document
from mfacli.policy.principals import parse_principal
from tests.policy.check.subjects import (
    AGE,
    ALLOW_ALL,
    CONTEXTS,
    PRESENT,
    Carries,
    Member,
    Statement,
    allow,
    cure,
    deny,
    document,
    names,
    only,
    report_on,
    tencent,
    who_may,
)

MFA = {"Bool": {PRESENT: "true"}}
NO_MFA = {"BoolIfExists": {PRESENT: "false"}}
BUCKET = "arn:aws:s3:::books/*"
ROLE_SESSION = "arn:aws:sts::111122223333:assumed-role/Ops/me"
ROLE = "arn:aws:iam::111122223333:role/Ops"


def trust(principal: Member, **more: Member) -> Statement:
    """Return a statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def may_assume(caller: str, carries: Carries, *statements: Member) -> bool:
    """Ask the engine whether a trust policy, and an identity policy that allows all, let a caller assume the role."""
    layers = Layers(
        identity=(parse_document(document(ALLOW_ALL), kind=PolicyKind.IDENTITY),),
        resource=parse_document(document(*statements), kind=PolicyKind.TRUST),
    )
    request = AccessRequest(
        principal=parse_principal(caller), action="sts:AssumeRole", resource=ROLE, context=CONTEXTS[carries]
    )
    return decide(request, layers).is_allowed


def test_a_roles_own_demand_moves_to_its_trust_policy() -> None:
    condition = {**MFA, "NumericLessThan": {AGE: "3600"}}
    report = report_on(document(allow(Condition=condition)), attached_to=Attachment.ROLE)

    found = only(report, "role-never-has-mfa")

    assert names(report) == ["role-never-has-mfa"]
    assert not report.demands
    assert "may never `s3:GetObject`" in found.who
    assert Carries.NO_MFA in who_may(cure(found, 0))
    assert may_assume("arn:aws:iam::111122223333:user/sofia", Carries.FRESH, cure(found, 1))
    assert not may_assume("arn:aws:iam::111122223333:user/sofia", Carries.STALE, cure(found, 1))
    assert not may_assume("arn:aws:iam::111122223333:user/sofia", Carries.NOTHING, cure(found, 1))


def test_a_denial_on_a_role_always_refuses_and_goes() -> None:
    report = report_on(document(ALLOW_ALL, deny("*", Condition=NO_MFA)), attached_to=Attachment.ROLE)

    found = only(report, "role-never-has-mfa")

    assert "always refused everything" in found.who
    assert [mended.place for mended in found.mended] == ["in the role's trust policy; this statement goes"]


@pytest.mark.parametrize(
    ("statement", "who"),
    [
        (allow(Condition={"Null": {PRESENT: "false"}}), "may always"),
        (deny(Condition={"Null": {PRESENT: "true"}}), "never refused anything"),
    ],
)
def test_conditions_without_effect_on_a_role_are_found(statement: Statement, who: str) -> None:
    found = only(report_on(document(statement), attached_to=Attachment.ROLE), "role-never-has-mfa")

    assert who in found.who


def test_a_session_policy_can_demand_no_mfa_either() -> None:
    found = only(report_on(document(allow(Condition=MFA)), kind=PolicyKind.SESSION), "role-never-has-mfa")

    assert "AssumeRole and GetFederationToken" in found.who
    assert len(found.mended) == 1


def test_on_a_user_the_same_policy_is_clean() -> None:
    report = report_on(document(allow(Condition=MFA)), attached_to=Attachment.USER)

    assert not report.findings


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        ({"Service": "ec2.amazonaws.com"}, "ec2.amazonaws.com"),
        ({"AWS": ROLE}, ROLE_SESSION),
    ],
)
def test_a_trust_in_what_never_has_mfa_is_found_and_mended(principal: Member, caller: str) -> None:
    statement = trust(principal, Condition=MFA)
    report = report_on(document(statement))

    found = only(report, "principal-never-has-mfa")

    assert not report.demands[0].satisfied_by
    assert not may_assume(caller, Carries.NO_MFA, statement)
    assert may_assume(caller, Carries.NO_MFA, cure(found))


def test_a_federated_principal_never_has_mfa() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/Okta"},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": MFA,
    }

    found = only(report_on(document(statement)), "principal-never-has-mfa")

    assert "`arn:aws:iam::111122223333:saml-provider/Okta`" in found.what
    assert "Condition" not in cure(found)


def test_people_keep_their_demand_where_a_service_stands_beside_them() -> None:
    principal = {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/sofia"], "Service": "ec2.amazonaws.com"}
    statement = trust(principal, Sid="All", Condition=MFA)

    found = only(report_on(document(statement)), "principal-never-has-mfa")

    people, service = cure(found, 0), cure(found, 1)
    assert people["Principal"] == {"AWS": principal["AWS"]}
    assert service["Principal"] == {"Service": "ec2.amazonaws.com"}
    sofia = "arn:aws:iam::111122223333:user/sofia"
    assert may_assume(sofia, Carries.FRESH, people, service)
    assert not may_assume(sofia, Carries.NOTHING, people, service)
    assert may_assume("ec2.amazonaws.com", Carries.NOTHING, people, service)


def test_a_leak_is_mended_for_people_and_left_to_those_without_devices() -> None:
    principal = {"AWS": ["arn:aws:iam::111122223333:user/sofia", ROLE], "Service": "ec2.amazonaws.com"}
    statement = trust(principal, Condition={"BoolIfExists": MFA["Bool"]})

    found = only(report_on(document(statement)), "allow-lets-keys-in")

    cured = (cure(found, 0), cure(found, 1))
    sofia = "arn:aws:iam::111122223333:user/sofia"
    assert may_assume(sofia, Carries.NOTHING, statement)
    assert not may_assume(sofia, Carries.NOTHING, *cured)
    assert may_assume(sofia, Carries.FRESH, *cured)
    assert may_assume(ROLE_SESSION, Carries.NO_MFA, *cured)
    assert may_assume("ec2.amazonaws.com", Carries.NOTHING, *cured)
    assert not report_on(document(*cured)).findings


def test_a_trust_of_a_user_by_its_unique_id_counts_as_people() -> None:
    report = report_on(document(trust({"AWS": "AIDAVPJWVQ5YTFOFAK6U7"}, Condition=MFA)))

    assert "principal-never-has-mfa" not in names(report)


def test_trust_in_an_account_is_trust_in_its_devices() -> None:
    report = report_on(document(trust({"AWS": "arn:aws:iam::444455556666:root"}, Condition=MFA)))

    assert names(report) == ["trusts-their-devices"]
    assert report.findings[0].rule.severity is Severity.NOTE
    assert [call.value for call in report.demands[0].satisfied_by] == ["GetSessionToken", "AssumeRole"]


def test_a_resources_demand_excludes_role_sessions() -> None:
    statement = allow("s3:PutObject", BUCKET, Principal={"AWS": "111122223333"}, Condition=MFA)

    report = report_on(document(statement))

    assert names(report) == ["excludes-role-sessions"]
    assert report.findings[0].rule.severity is Severity.NOTE
    assert [call.value for call in report.demands[0].satisfied_by] == ["GetSessionToken"]


@pytest.mark.parametrize(
    ("kind", "rule", "severity"),
    [
        (PolicyKind.RESOURCE, "deny-hits-role-sessions", Severity.NOTE),
        (PolicyKind.RCP, "scp-hits-role-sessions", Severity.WARNING),
    ],
)
def test_a_resources_denial_hits_role_sessions_until_mended(kind: PolicyKind, rule: str, severity: Severity) -> None:
    statement = deny("s3:PutObject", "*", Principal="*", Condition=NO_MFA)

    found = only(report_on(document(statement), kind=kind), rule)

    assert found.rule.severity is severity
    assert not is_allowed_beside(statement, ROLE_SESSION, {"aws:PrincipalArn": ROLE, PRESENT: "false"})
    assert is_allowed_beside(cure(found), ROLE_SESSION, {"aws:PrincipalArn": ROLE, PRESENT: "false"})
    user = "arn:aws:iam::111122223333:user/sofia"
    assert not is_allowed_beside(cure(found), user, {"aws:PrincipalArn": user})


def is_allowed_beside(statement: Statement, caller: str, context: dict[str, str]) -> bool:
    """Ask the engine whether a caller who may do all is refused by a statement of the resource's policy."""
    layers = Layers(
        identity=(parse_document(document(ALLOW_ALL), kind=PolicyKind.IDENTITY),),
        resource=parse_document(document(statement), kind=PolicyKind.RESOURCE),
    )
    request = AccessRequest(
        principal=parse_principal(caller),
        action="s3:PutObject",
        resource="arn:aws:s3:::books/a",
        resource_account="111122223333",
        context=context,
    )
    return decide(request, layers).is_allowed


def test_an_organizations_denial_hits_role_sessions() -> None:
    report = report_on(document(deny("*", Condition=NO_MFA)), kind=PolicyKind.SCP)

    found = only(report, "scp-hits-role-sessions")

    assert cure(found)["Condition"] == {**NO_MFA, "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:user/*"}}
    assert "scp-hits-role-sessions" not in names(report_on(document(cure(found)), kind=PolicyKind.SCP))


@pytest.mark.parametrize("element", ["Allow", "Deny"])
def test_get_session_token_is_beyond_policies(element: str) -> None:
    statement = {"Effect": element, "Action": ["sts:GetSessionToken", "s3:*"], "Resource": "*"}

    report = report_on(document(statement))

    assert names(report) == ["get-session-token-not-controlled"]
    assert cure(report.findings[0])["Action"] == ["s3:*"]


def test_a_statement_about_get_session_token_alone_has_no_cure() -> None:
    report = report_on(document(allow("sts:GetSessionToken")))

    assert report.findings[0].mended == ()


def test_a_denial_that_reaches_for_get_session_token_is_noted() -> None:
    needed = ["iam:*"]
    statement = {"Effect": "Deny", "NotAction": needed, "Resource": "arn:aws:s3:::*", "Condition": NO_MFA}

    report = report_on(document(statement))

    assert cure(only(report, "get-session-token-not-controlled"))["NotAction"] == ["iam:*", "sts:GetSessionToken"]


def test_calls_that_sessions_cannot_make_are_found() -> None:
    report = report_on(document(allow(["sts:GetFederationToken", "sts:AssumeRole"], Condition=MFA)))

    assert names(report) == ["session-cannot-call"]
    assert "`sts:GetFederationToken`" in report.findings[0].what


def test_tencents_sts_probably_has_no_mfa_key() -> None:
    statement = {
        "effect": "allow",
        "action": ["cvm:StopInstances", "name/sts:AssumeRole"],
        "resource": "*",
        "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
    }

    report = report_on(tencent(statement))

    assert names(report) == ["mfa-key-not-offered"]
    assert json.loads(tencent(statement))["statement"][0]["action"][1] in report.findings[0].what


def test_a_tencent_role_is_not_judged_by_the_rules_of_aws() -> None:
    statement = {
        "effect": "allow",
        "action": "cvm:StopInstances",
        "resource": "*",
        "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
    }

    report = report_on(tencent(statement), attached_to=Attachment.ROLE)

    assert not report.findings
