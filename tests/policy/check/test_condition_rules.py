"""Who really meets an MFA condition, and that each mended statement does what it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.policy.check.findings import Severity
from mfacli.policy.statement import PolicyKind
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
    ("condition", "rule"),
    [
        ({"BoolIfExists": {PRESENT: "true"}}, "allow-lets-keys-in"),
        ({"ForAllValues:Bool": {PRESENT: "true"}}, "allow-lets-keys-in"),
        ({"StringNotEquals": {PRESENT: "false"}}, "allow-lets-keys-in"),
        ({"NumericLessThanIfExists": {AGE: "3600"}}, "allow-lets-everyone-in"),
        ({"Null": {PRESENT: "false"}}, "allow-lets-sessions-in"),
        ({"Bool": {PRESENT: ["true", "false"]}}, "allow-lets-sessions-in"),
        ({"BoolIfExists": {PRESENT: ["true", "false"]}}, "allow-lets-everyone-in"),
    ],
)
def test_an_allow_that_lets_others_in_is_found_and_mended(condition: Member, rule: str) -> None:
    report = report_on(document(allow(Condition=condition)))

    found = only(report, rule)

    assert found.rule.severity is Severity.ERROR
    assert not report.demands
    assert not who_may(allow(Condition=condition)) <= WITH_MFA
    assert who_may(cure(found)) in (WITH_MFA, {Carries.FRESH})


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ({"Bool": {PRESENT: "false"}}, "deny-misses-keys"),
        ({"StringEquals": {PRESENT: "false"}}, "deny-misses-keys"),
        ({"Null": {AGE: "true"}, "Bool": {PRESENT: "false"}}, "deny-misses-keys"),
        ({"Null": {PRESENT: "true"}}, "deny-misses-sessions"),
        ({"NumericGreaterThan": {AGE: "3600"}}, "deny-old-misses-none"),
    ],
)
def test_a_deny_that_lets_others_through_is_found_and_mended(condition: Member, rule: str) -> None:
    report = report_on(document(deny(Condition=condition)))

    found = only(report, rule)

    assert not report.demands
    assert not who_may(ALLOW_ALL, deny(Condition=condition)) <= WITH_MFA
    assert who_may(ALLOW_ALL, cure(found)) in (WITH_MFA, {Carries.FRESH})


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {PRESENT: "true"}},
        {"Bool": {PRESENT: True}},
        {"Bool": {PRESENT: "true"}, "NumericLessThan": {AGE: "3600"}},
        {"Bool": {PRESENT: "true"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"ForAnyValue:Bool": {PRESENT: "true"}},
    ],
)
def test_an_allow_that_demands_mfa_is_clean(condition: Member) -> None:
    report = report_on(document(allow(Condition=condition)))

    assert not report.findings
    assert len(report.demands) == 1


@pytest.mark.parametrize(
    "condition",
    [
        {"BoolIfExists": {PRESENT: "false"}},
        {"NumericGreaterThanIfExists": {AGE: "3600"}},
        {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}, "BoolIfExists": {PRESENT: False}},
    ],
)
def test_a_deny_that_demands_mfa_is_clean(condition: Member) -> None:
    report = report_on(document(deny(Condition=condition)))

    assert not report.findings
    assert len(report.demands) == 1


def test_two_denials_that_are_whole_only_together_are_clean() -> None:
    statements = (deny(Condition={"Bool": {PRESENT: "false"}}), deny(Condition={"Null": {PRESENT: "true"}}))

    report = report_on(document(*statements))

    assert who_may(ALLOW_ALL, *statements) == WITH_MFA
    assert not report.findings
    assert len(report.demands) == 2


def test_a_denial_of_other_actions_does_not_make_another_whole() -> None:
    report = report_on(
        document(
            deny("s3:*", Condition={"Bool": {PRESENT: "false"}}),
            deny("s3:Get*", Condition={"Null": {PRESENT: "true"}}),
        )
    )

    assert names(report) == ["deny-misses-keys"]


def test_a_denial_of_old_mfa_needs_only_a_denial_of_none_beside_it() -> None:
    statements = (
        deny("s3:Get*", Condition={"NumericGreaterThan": {AGE: "3600"}}),
        deny("*", Condition={"BoolIfExists": {PRESENT: "false"}}),
    )

    report = report_on(document(*statements))

    assert who_may(ALLOW_ALL, *statements) == {Carries.FRESH}
    assert "deny-old-misses-none" not in names(report)


def test_an_allow_that_a_denial_makes_safe_is_clean() -> None:
    statements = (
        allow(Condition={"BoolIfExists": {PRESENT: "true"}}),
        deny("*", Condition={"BoolIfExists": {PRESENT: "false"}}),
    )

    report = report_on(document(*statements))

    assert who_may(*statements) == WITH_MFA
    assert "allow-lets-keys-in" not in names(report)


@pytest.mark.parametrize(
    "condition",
    [{"Bool": {PRESENT: "false"}}, {"Null": {PRESENT: "true"}}, {"BoolIfExists": {PRESENT: "false"}}],
)
def test_an_allow_the_wrong_way_round_is_found_and_mended(condition: Member) -> None:
    report = report_on(document(allow(Condition=condition)))

    found = only(report, "allow-only-without-mfa")

    assert not who_may(allow(Condition=condition)) & WITH_MFA
    assert who_may(cure(found)) == WITH_MFA


@pytest.mark.parametrize(
    "condition",
    [{"Bool": {PRESENT: "true"}}, {"Null": {PRESENT: "false"}}, {"BoolIfExists": {PRESENT: ["true", "false"]}}],
)
def test_a_deny_that_hits_mfa_is_found_and_mended(condition: Member) -> None:
    report = report_on(document(deny(Condition=condition)))

    found = only(report, "deny-hits-mfa")

    assert not who_may(ALLOW_ALL, deny(Condition=condition)) & WITH_MFA
    assert who_may(ALLOW_ALL, cure(found)) == WITH_MFA


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {PRESENT: "yes"}},
        {"StringEquals": {PRESENT: "True"}},
        {"Bool": {PRESENT: "false"}, "NumericLessThan": {AGE: "3600"}},
        {"Null": {PRESENT: "true"}, "Bool": {PRESENT: "true"}},
    ],
)
def test_conditions_that_never_hold_are_found_and_mended(condition: Member) -> None:
    allowing = only(report_on(document(allow(Condition=condition))), "never-holds")
    denying = only(report_on(document(deny(Condition=condition))), "never-holds")

    assert not who_may(allow(Condition=condition))
    assert Carries.FRESH in who_may(cure(allowing)) <= WITH_MFA
    assert who_may(ALLOW_ALL, deny(Condition=condition)) == set(Carries)
    assert Carries.FRESH in who_may(ALLOW_ALL, cure(denying)) <= WITH_MFA


def test_an_allow_of_old_mfa_only_is_found_and_mended() -> None:
    condition = {"Bool": {PRESENT: "true"}, "NumericGreaterThan": {AGE: "3600"}}

    found = only(report_on(document(allow(Condition=condition))), "age-reversed")

    assert who_may(allow(Condition=condition)) == {Carries.STALE}
    assert who_may(cure(found)) == {Carries.FRESH}


def test_a_deny_of_fresh_mfa_is_found_and_mended() -> None:
    condition = {"NumericLessThan": {AGE: "3600"}}

    found = only(report_on(document(deny(Condition=condition))), "age-reversed")

    assert Carries.FRESH not in who_may(ALLOW_ALL, deny(Condition=condition))
    assert who_may(ALLOW_ALL, cure(found)) == {Carries.FRESH}


def test_a_finding_stands_where_the_key_stands() -> None:
    text = """{"Version": "2012-10-17",
 "Statement": {"Sid": "Stop", "Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*",
  "Condition": {
   "BoolIfExists": {
     "aws:MultiFactorAuthPresent": "true"}}}}"""

    found = only(report_on(text), "allow-lets-keys-in")

    assert (found.position.line, found.position.column) == (5, 6)
    assert (found.statement, found.sid) == (0, "Stop")
    assert "`ec2:StopInstances`" in found.who


def test_what_is_not_about_mfa_stays_in_a_mended_statement() -> None:
    condition = {
        "BoolIfExists": {PRESENT: "true", "aws:SecureTransport": "true"},
        "IpAddress": {"aws:SourceIp": "::1"},
    }

    mended = cure(only(report_on(document(allow(Sid="A", Condition=condition))), "allow-lets-keys-in"))

    assert mended == allow(
        Sid="A",
        Condition={
            "BoolIfExists": {"aws:SecureTransport": "true"},
            "IpAddress": {"aws:SourceIp": "::1"},
            "Bool": {PRESENT: "true"},
        },
    )


def test_denials_and_long_lists_are_named_in_words() -> None:
    many = report_on(document(allow(["a:A", "a:B", "a:C", "a:D", "a:E"], Condition={"Null": {PRESENT: "false"}})))
    rest = report_on(
        document(
            {
                "Effect": "Deny",
                "NotAction": ["iam:*", "sts:*"],
                "Resource": "*",
                "Condition": {"Null": {PRESENT: "true"}},
            }
        )
    )
    every = report_on(document(allow("*", Condition={"BoolIfExists": {PRESENT: "true"}})))

    assert "`a:A`, `a:B`, `a:C` and 2 more" in only(many, "allow-lets-sessions-in").who
    assert "everything but `iam:*` and `sts:*`" in only(rest, "deny-misses-sessions").who
    assert only(every, "allow-lets-keys-in").who.startswith("whoever has an access key may do everything")


OPERATORS = [
    "Bool",
    "BoolIfExists",
    "ForAllValues:Bool",
    "ForAnyValue:Bool",
    "StringEquals",
    "StringNotEquals",
    "StringLikeIfExists",
    "Null",
]
AGE_OPERATORS = [
    prefix + suffix
    for prefix in ("NumericLessThan", "NumericGreaterThan", "NumericLessThanEquals", "NumericEquals")
    for suffix in ("", "IfExists")
]
present_conditions = st.dictionaries(
    st.sampled_from(OPERATORS), st.sampled_from(["true", "false"]).map(lambda value: {PRESENT: value}), max_size=2
)
age_conditions = st.dictionaries(
    st.sampled_from(AGE_OPERATORS), st.sampled_from(["900", "3600"]).map(lambda value: {AGE: value}), max_size=1
)


@settings(max_examples=150, deadline=None)
@given(present_conditions, age_conditions)
def test_whatever_the_conditions_of_an_allow_it_is_clean_or_its_cure_demands_mfa(
    present: dict[str, dict[str, str]], age: dict[str, dict[str, str]]
) -> None:
    statement = allow(Condition={**present, **age})
    report = report_on(document(statement))
    may = who_may(statement)

    serious = [finding for finding in report.findings if finding.rule.severity > Severity.NOTE]

    assert bool(report.demands) == (bool(present or age) and Carries.FRESH in may <= WITH_MFA)
    assert bool(serious) == (bool(present or age) and not report.demands)
    for finding in serious:
        assert Carries.FRESH in who_may(cure(finding)) <= WITH_MFA


@settings(max_examples=150, deadline=None)
@given(present_conditions, age_conditions)
def test_whatever_the_conditions_of_a_deny_it_is_clean_or_its_cure_demands_mfa(
    present: dict[str, dict[str, str]], age: dict[str, dict[str, str]]
) -> None:
    statement = deny(Condition={**present, **age})
    report = report_on(document(statement))
    may = who_may(ALLOW_ALL, statement)

    serious = [finding for finding in report.findings if finding.rule.severity > Severity.NOTE]

    assert bool(report.demands) == (bool(present or age) and Carries.FRESH in may <= WITH_MFA)
    assert bool(serious) == (bool(present or age) and not report.demands)
    for finding in serious:
        assert Carries.FRESH in who_may(ALLOW_ALL, cure(finding)) <= WITH_MFA


def test_the_same_holds_for_tencent_clouds_key() -> None:
    statement = {"effect": "allow", "action": "cvm:TerminateInstances", "resource": "*"}
    leaking = {**statement, "condition": {"bool_equal_if_exist": {"qcs:mfaPresent": "true"}}}

    found = only(report_on(tencent(leaking)), "allow-lets-keys-in")

    assert Carries.NOTHING in who_may_in_tencent(leaking)
    assert who_may_in_tencent(cure(found)) == {Carries.FRESH}
    assert cure(found) == {**statement, "condition": {"bool_equal": {"qcs:mfaPresent": "true"}}}


def test_a_tencent_denial_says_that_the_clouds_habit_is_not_documented() -> None:
    everything = {"effect": "allow", "action": "*", "resource": "*"}
    leaking = {
        "effect": "deny",
        "action": "cvm:TerminateInstances",
        "resource": "*",
        "condition": {"bool_equal": {"qcs:mfaPresent": "false"}},
    }

    found = only(report_on(tencent(leaking)), "deny-misses-keys")

    assert "not documented" in found.what
    assert who_may_in_tencent(everything, cure(found)) == {Carries.FRESH}


def test_a_permissions_boundary_is_judged_like_a_policy_of_users() -> None:
    report = report_on(document(allow(Condition={"BoolIfExists": {PRESENT: "true"}})), kind=PolicyKind.BOUNDARY)

    assert names(report) == ["allow-lets-keys-in"]
