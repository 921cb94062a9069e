"""Users who manage their own devices: lock-outs, removal without MFA, security keys."""

from __future__ import annotations

import pytest

from mfacli.policy.check.device_rules import NEEDED_TO_ENROL
from tests.policy.check.subjects import (
    ALLOW_ALL,
    PRESENT,
    WITH_MFA,
    Carries,
    Statement,
    allow,
    cure,
    document,
    names,
    only,
    report_on,
    who_may,
)

NO_MFA = {"BoolIfExists": {PRESENT: "false"}}
OWN_USER = "arn:aws:iam::*:user/${aws:username}"
SOFIA = "arn:aws:iam::111122223333:user/sofia"
EXEMPT = [*NEEDED_TO_ENROL, "sts:GetSessionToken"]


def gate(*exempt: str, **more: object) -> Statement:
    """Return a Deny of all but some actions without MFA."""
    return {"Effect": "Deny", "NotAction": list(exempt), "Resource": "*", "Condition": NO_MFA, **more}


def test_a_denial_that_leaves_out_what_enrolling_needs_is_clean() -> None:
    assert not report_on(document(gate(*EXEMPT))).findings
    assert not report_on(document(gate(*EXEMPT, "iam:ListUsers"))).findings


def test_what_is_missing_for_enrolling_is_listed_and_added() -> None:
    exempt = [action for action in EXEMPT if action not in ("iam:CreateVirtualMFADevice", "iam:ResyncMFADevice")]

    found = only(report_on(document(gate(*exempt))), "self-management-locked-out")

    assert "`iam:CreateVirtualMFADevice`, `iam:ResyncMFADevice`" in found.what
    assert "create the device" in found.who
    assert Carries.NOTHING not in who_may(ALLOW_ALL, gate(*exempt), action="iam:CreateVirtualMFADevice")
    assert Carries.NOTHING in who_may(ALLOW_ALL, cure(found), action="iam:CreateVirtualMFADevice")
    assert who_may(ALLOW_ALL, cure(found), action="s3:GetObject") == WITH_MFA


def test_a_denial_of_everything_locks_out_and_gets_its_exceptions() -> None:
    everything: Statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": NO_MFA}

    found = only(report_on(document(everything)), "self-management-locked-out")

    assert cure(found)["NotAction"] == EXEMPT
    assert "Action" not in cure(found)
    assert not [
        name for name in names(report_on(document(cure(found)))) if name != "get-session-token-not-controlled"
    ]


def test_a_denial_by_name_loses_the_names() -> None:
    named: Statement = {
        "Effect": "Deny",
        "Action": ["iam:EnableMFADevice", "iam:CreateUser"],
        "Resource": "*",
        "Condition": NO_MFA,
    }

    found = only(report_on(document(named)), "self-management-locked-out")

    assert cure(found)["Action"] == ["iam:CreateUser"]


def test_a_denial_by_a_pattern_has_no_simple_cure() -> None:
    pattern: Statement = {"Effect": "Deny", "Action": ["iam:*"], "Resource": "*", "Condition": NO_MFA}

    found = only(report_on(document(pattern)), "self-management-locked-out")

    assert found.mended == ()


@pytest.mark.parametrize(
    "statement",
    [
        gate("s3:*", Resource="arn:aws:s3:::*"),
        gate("s3:*", Condition={**NO_MFA, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    ],
)
def test_denials_that_do_not_bind_everybodys_devices_lock_nobody_out(statement: Statement) -> None:
    assert "self-management-locked-out" not in names(report_on(document(statement)))


def test_removal_left_out_of_the_denial_is_found_and_taken_back() -> None:
    exempt = [*EXEMPT, "iam:DeleteVirtualMFADevice"]

    found = only(report_on(document(gate(*exempt))), "removal-without-mfa")

    assert cure(found)["NotAction"] == EXEMPT
    assert Carries.NOTHING in who_may(ALLOW_ALL, gate(*exempt), action="iam:DeleteVirtualMFADevice")
    assert who_may(ALLOW_ALL, cure(found), action="iam:DeleteVirtualMFADevice") == WITH_MFA


def test_removal_left_out_by_a_pattern_is_denied_beside_it() -> None:
    statement = gate("iam:*", "sts:GetSessionToken")

    found = only(report_on(document(statement)), "removal-without-mfa")

    assert found.mended[0].place == "beside the others"
    assert who_may(ALLOW_ALL, statement, cure(found), action="iam:DeactivateMFADevice") == WITH_MFA
    assert names(report_on(document(statement, cure(found)))) == []


def test_removal_of_ones_own_device_without_mfa_is_found_and_denied() -> None:
    statement = allow(["iam:EnableMFADevice", "iam:DeactivateMFADevice"], OWN_USER)

    found = only(report_on(document(statement)), "removal-without-mfa")

    assert Carries.NOTHING in who_may(statement, action="iam:DeactivateMFADevice", resource=SOFIA)
    assert who_may(statement, cure(found), action="iam:DeactivateMFADevice", resource=SOFIA) == WITH_MFA
    assert Carries.NOTHING in who_may(statement, cure(found), action="iam:EnableMFADevice", resource=SOFIA)


@pytest.mark.parametrize(
    "statements",
    [
        (allow("iam:DeactivateMFADevice", OWN_USER), gate(*EXEMPT)),
        (allow("iam:DeactivateMFADevice", OWN_USER, Condition={"Bool": {PRESENT: "true"}}),),
        (allow("*", "*"),),
        (allow("iam:DeactivateMFADevice", "arn:aws:iam::*:user/*"),),
    ],
)
def test_guarded_removal_and_administrators_are_let_be(statements: tuple[Statement, ...]) -> None:
    assert "removal-without-mfa" not in names(report_on(document(*statements)))


@pytest.mark.parametrize(
    "statement",
    [
        allow("iam:EnableMFADevice", ["arn:aws:iam::*:u2f/user/${aws:username}/*", OWN_USER]),
        allow("iam:EnableMFADevice", OWN_USER, Condition={"StringEquals": {"iam:RegisterSecurityKey": "Activate"}}),
    ],
)
def test_users_of_security_keys_alone_are_told(statement: Statement) -> None:
    report = report_on(document(statement))

    assert names(report) == ["security-keys-only"]


def test_users_who_may_also_create_virtual_devices_are_not_told() -> None:
    statements = (
        allow("iam:EnableMFADevice", ["arn:aws:iam::*:u2f/user/*", OWN_USER]),
        allow("iam:CreateVirtualMFADevice", "arn:aws:iam::*:mfa/*"),
    )

    assert "security-keys-only" not in names(report_on(document(*statements)))
