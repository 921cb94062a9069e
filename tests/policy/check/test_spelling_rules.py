"""Misspelt keys, odd operators, ages in the wrong unit, variables in the old version."""

from __future__ import annotations

import pytest

from mfacli.policy.check.findings import Severity
from tests.policy.check.subjects import (
    AGE,
    ALLOW_ALL,
    PRESENT,
    WITH_MFA,
    Carries,
    Member,
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


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"Bool": {"aws:MFAPresent": "true"}}, "nobody may"),
        ({"BoolIfExists": {"aws:MFAPresent": "true"}}, "everybody may"),
        ({"Null": {"aws:MFAPresent": "true"}}, "everybody may"),
        ({"Null": {"aws:MFAPresent": "false"}}, "nobody may"),
        ({"StringNotEquals": {"aws:MFAPresent": "false"}}, "everybody may"),
    ],
)
def test_a_misspelt_key_in_an_allow_is_found_and_mended(condition: Member, who: str) -> None:
    report = report_on(document(allow(Condition=condition)))

    found = only(report, "misspelt-key")

    assert found.rule.severity is Severity.ERROR
    assert found.who.startswith(who)
    assert (who == "everybody may") == (who_may(allow(Condition=condition)) == set(Carries))
    assert who_may(cure(found)) == WITH_MFA


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"Bool": {"aws:MultifactorAuthenticationPresent": "false"}}, "nobody is refused"),
        ({"BoolIfExists": {"aws:MultifactorAuthenticationPresent": "false"}}, "everybody is refused"),
    ],
)
def test_a_misspelt_key_in_a_deny_is_found_and_mended(condition: Member, who: str) -> None:
    found = only(report_on(document(deny(Condition=condition))), "misspelt-key")

    assert found.who.startswith(who)
    assert who_may(ALLOW_ALL, cure(found)) == WITH_MFA


def test_a_misspelt_age_keeps_its_limit() -> None:
    condition = {"Bool": {PRESENT: "true"}, "NumericLessThanEquals": {"aws:MultiFactorAge": "3600"}}

    found = only(report_on(document(allow(Condition=condition))), "misspelt-key")

    assert cure(found)["Condition"] == {"Bool": {PRESENT: "true"}, "NumericLessThanEquals": {AGE: "3600"}}
    assert who_may(cure(found)) == {Carries.FRESH}


def test_tencents_misspelt_keys_are_found_and_mended() -> None:
    statement = {"effect": "allow", "action": "cvm:TerminateInstances", "resource": "*"}
    misspelt = {**statement, "condition": {"bool_equal": {"qcs:MFAPresent": "true"}}}

    found = only(report_on(tencent(misspelt)), "misspelt-key")

    assert not who_may_in_tencent(misspelt)
    assert who_may_in_tencent(cure(found)) == {Carries.FRESH}


def test_tencents_old_key_is_noted() -> None:
    old = {"effect": "allow", "action": "cvm:*", "resource": "*", "condition": {"string_equal": {"mfa": "0"}}}

    found = only(report_on(tencent(old)), "legacy-key")

    assert found.rule.severity is Severity.NOTE
    assert not who_may_in_tencent(old)
    assert who_may_in_tencent(cure(found)) == {Carries.FRESH}


def test_another_case_is_noted_and_mended() -> None:
    condition = {"Bool": {"aws:multifactorauthpresent": "true"}}

    report = report_on(document(allow(Condition=condition)))

    assert names(report) == ["key-case"]
    assert cure(report.findings[0])["Condition"] == {"Bool": {PRESENT: "true"}}


@pytest.mark.parametrize(
    "statement",
    [
        allow(Condition={"StringEquals": {PRESENT: "true"}}),
        deny(Condition={"StringEqualsIfExists": {PRESENT: "false"}}),
    ],
)
def test_text_operators_on_the_key_are_noted_and_mended(statement: dict[str, object]) -> None:
    report = report_on(document(statement))

    assert names(report) == ["not-bool"]
    assert who_may(ALLOW_ALL, statement) & WITH_MFA == WITH_MFA
    assert who_may(*([ALLOW_ALL] if statement["Effect"] == "Deny" else []), cure(report.findings[0])) == WITH_MFA


def test_an_age_alone_is_noted_and_gets_its_presence() -> None:
    report = report_on(document(allow(Condition={"NumericLessThan": {AGE: "3600"}})))

    found = only(report, "age-without-presence")

    assert found.rule.severity is Severity.NOTE
    assert who_may(cure(found)) == {Carries.FRESH}


@pytest.mark.parametrize(
    ("written", "seconds", "unit"),
    [
        ("30", "1800", "minutes"),
        ("12", "43200", "hours"),
        ("1", "3600", "hours"),
        ("3600000", "3600", "milliseconds"),
    ],
)
def test_an_age_in_another_unit_is_found_and_mended(written: str, seconds: str, unit: str) -> None:
    condition = {"Bool": {PRESENT: "true"}, "NumericLessThan": {AGE: written}}

    found = only(report_on(document(allow(Condition=condition))), "age-unit")

    assert f"{unit} were probably meant" in found.what
    assert cure(found)["Condition"] == {"Bool": {PRESENT: "true"}, "NumericLessThan": {AGE: seconds}}


def test_a_denials_age_in_another_unit_is_mended_as_a_denial() -> None:
    found = only(report_on(document(deny(Condition={"NumericGreaterThanIfExists": {AGE: "15"}}))), "age-unit")

    assert cure(found)["Condition"] == {"NumericGreaterThanIfExists": {AGE: "900"}}
    assert "is refused again" in found.who


def test_an_age_that_no_session_reaches_is_found() -> None:
    condition = {"Bool": {PRESENT: "true"}, "NumericLessThan": {AGE: "200001"}}

    found = only(report_on(document(allow(Condition=condition))), "age-unit")

    assert "longer than the longest session" in found.what
    assert cure(found)["Condition"] == {"Bool": {PRESENT: "true"}}


def test_variables_in_the_old_version_are_found() -> None:
    own = allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}")

    report = report_on(document(own, version="2008-10-17"))

    assert names(report) == ["variables-are-text"]
    assert '"Version": "2012-10-17"' in report.findings[0].who
    assert not report_on(document(own)).findings


def test_a_variable_in_a_condition_counts_as_well() -> None:
    own = allow(Condition={"StringLike": {"s3:prefix": "${aws:username}/*"}, "Bool": {"aws:SecureTransport": "${x}"}})

    report = report_on(document(own, version="2008-10-17"))

    assert names(report) == ["variables-are-text"]
