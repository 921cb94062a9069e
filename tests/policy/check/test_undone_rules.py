"""An Allow without MFA beside one that demands it."""

from __future__ import annotations

import pytest

from tests.policy.check.subjects import (
    AGE,
    PRESENT,
    WITH_MFA,
    Carries,
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
    who_may_in_tencent,
)

MFA = {"Bool": {PRESENT: "true"}}
GUARDED = allow(["ec2:StopInstances", "ec2:TerminateInstances"], Sid="Guarded", Condition=MFA)


@pytest.mark.parametrize(
    "other",
    [
        allow("ec2:*"),
        allow("*"),
        allow("EC2:terminateINSTANCES"),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "ec2:*", "NotResource": "arn:aws:s3:::*"},
    ],
)
def test_a_wider_allow_undoes_the_demand_until_a_denial_stands_beside_it(other: Statement) -> None:
    report = report_on(document(GUARDED, other))

    found = only(report, "undone-elsewhere")

    assert found.statement == 1
    assert Carries.NOTHING in who_may(GUARDED, other, action="ec2:TerminateInstances")
    assert who_may(GUARDED, other, cure(found), action="ec2:TerminateInstances") == WITH_MFA
    assert "undone-elsewhere" not in names(report_on(document(GUARDED, other, cure(found))))


@pytest.mark.parametrize(
    "other",
    [
        allow("ec2:Describe*"),
        allow("ec2:*", Condition=MFA),
        {"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"},
        deny("ec2:TerminateInstances"),
    ],
)
def test_an_allow_of_something_else_undoes_nothing(other: Statement) -> None:
    assert not report_on(document(GUARDED, other)).findings


def test_an_allow_on_other_resources_undoes_nothing() -> None:
    guarded = allow("s3:*", "arn:aws:s3:::books/*", Condition=MFA)

    assert not report_on(document(guarded, allow("s3:*", "arn:aws:s3:::films/*"))).findings
    assert names(report_on(document(guarded, allow("s3:*", "arn:aws:s3:::b*")))) == ["undone-elsewhere"]


def test_the_age_is_kept_in_the_denial() -> None:
    guarded = allow("ec2:StopInstances", Condition={**MFA, "NumericLessThan": {AGE: "3600"}})

    found = only(report_on(document(guarded, allow("ec2:*"))), "undone-elsewhere")

    assert who_may(guarded, allow("ec2:*"), cure(found), action="ec2:StopInstances") == {Carries.FRESH}


def test_two_patterns_are_both_named() -> None:
    guarded = allow("ec2:Term*", Condition=MFA)
    other = allow("ec2:*Instances", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})

    found = only(report_on(document(guarded, other)), "undone-elsewhere")

    assert "what is both `ec2:Term*` and `ec2:*Instances`" in found.what
    assert "where its own conditions hold" in found.what


def test_other_principals_undo_nothing() -> None:
    def statement(account: str, **more: object) -> Statement:
        return allow("s3:PutObject", "arn:aws:s3:::books/*", Principal={"AWS": account}, **more)

    guarded = statement("111122223333", Condition=MFA)

    assert "undone-elsewhere" not in names(report_on(document(guarded, statement("444455556666"))))
    assert "undone-elsewhere" in names(report_on(document(guarded, statement("arn:aws:iam::111122223333:root"))))
    everyone = allow("s3:PutObject", "arn:aws:s3:::books/*", Principal="*")
    assert "undone-elsewhere" in names(report_on(document(guarded, everyone)))


def test_tencents_allows_are_compared_alike() -> None:
    guarded = {
        "effect": "allow",
        "action": "name/cvm:TerminateInstances",
        "resource": "*",
        "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
    }
    other = {"effect": "allow", "action": "cvm:*", "resource": "*"}

    found = only(report_on(tencent(guarded, other)), "undone-elsewhere")

    assert Carries.NOTHING in who_may_in_tencent(guarded, other)
    assert who_may_in_tencent(guarded, other, cure(found)) == {Carries.FRESH}
