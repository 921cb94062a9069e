"""The MFA keys, row by row for every kind of credentials, and what policies then do with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.emulator.authorisation.mfa import mfa_keys
from mfacli.emulator.callers import ANONYMOUS, Caller
from tests.doubles import NOON
from tests.emulator.authorisation.gate import GOOD_CODE, Gate
from tests.emulator.authorisation.small_book import (
    A,
    Condition,
    SmallBook,
    allow,
    deny,
    federated,
    long_term,
    policy,
    role,
    role_session,
    root,
    session_of,
    trust,
    user,
)

PRESENT, AGE = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"
ANN = user(A, "Ann")
READER = role(A, "Reader")
READER_ARN = READER.role_arn
LATER = NOON + timedelta(seconds=90, milliseconds=700)

LONG_TERM = long_term(ANN)
WITH_MFA = session_of(ANN, NOON)
WITHOUT_MFA = session_of(ANN)
TAKEN_ROLE = role_session(READER)
INHERITING_ROLE = role_session(READER, mfa_at=NOON)
GUEST = federated(ANN, "guest", policy(allow("*")))


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(LONG_TERM, {}, id="long-term key of a user"),
        pytest.param(long_term(root(A)), {}, id="long-term key of root"),
        pytest.param(WITH_MFA, {PRESENT: "true", AGE: "90"}, id="GetSessionToken with MFA"),
        pytest.param(WITHOUT_MFA, {PRESENT: "false"}, id="GetSessionToken without MFA"),
        pytest.param(TAKEN_ROLE, {PRESENT: "false"}, id="role session, however it was taken"),
        pytest.param(INHERITING_ROLE, {PRESENT: "true", AGE: "90"}, id="role session of a world where it inherits"),
        pytest.param(GUEST, {PRESENT: "false"}, id="GetFederationToken"),
        pytest.param(session_of(root(A)), {PRESENT: "false"}, id="GetSessionToken of root"),
        pytest.param(session_of(root(A), NOON), {PRESENT: "false"}, id="GetSessionToken of root, with a code"),
        pytest.param(ANONYMOUS, {}, id="nobody"),
    ],
)
def test_mfa_keys_follow_the_kind_of_credentials(caller: Caller, expected: dict[str, str]) -> None:
    assert mfa_keys(caller, now=LATER) == expected


@pytest.mark.parametrize("caller", [LONG_TERM, WITHOUT_MFA, session_of(ANN, NOON - timedelta(hours=1))])
def test_the_call_that_brings_a_code_has_mfa_of_age_zero(caller: Caller) -> None:
    assert mfa_keys(caller, now=LATER, proven_at=LATER) == {PRESENT: "true", AGE: "0"}


def test_age_is_never_negative() -> None:
    assert mfa_keys(WITH_MFA, now=NOON - timedelta(minutes=1))[AGE] == "0"


def _if(operator: str, key: str, value: str) -> Condition:
    return {operator: {key: value}}


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        # Deny + Bool false does not deny long-term keys, as they lack the key; BoolIfExists does.
        (deny("*", condition=_if("Bool", PRESENT, "false")), (True, True, False, False)),
        (deny("*", condition=_if("BoolIfExists", PRESENT, "false")), (False, True, False, False)),
        (deny("*", condition=_if("NumericGreaterThanIfExists", AGE, "3600")), (False, True, False, False)),
        (deny("*", condition=_if("NumericGreaterThan", AGE, "3600")), (True, True, True, True)),
    ],
)
def test_denials_with_mfa_conditions_reach_as_far_as_the_operator_says(
    statement: dict[str, object], allowed: tuple[bool, ...]
) -> None:
    everything = policy(allow("*"), statement)
    gate = Gate(SmallBook(identity={ANN.arn: [everything], READER_ARN: [everything]}))

    answers = tuple(
        gate.lets(caller, "dynamodb", "ListTables") for caller in (LONG_TERM, WITH_MFA, WITHOUT_MFA, TAKEN_ROLE)
    )

    assert answers == allowed


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        # Allow + BoolIfExists true lets long-term keys in; Null false lets any temporary credential in.
        (_if("Bool", PRESENT, "true"), (False, True, False, False)),
        (_if("BoolIfExists", PRESENT, "true"), (True, True, False, False)),
        (_if("Null", PRESENT, "false"), (False, True, True, True)),
        (_if("NumericLessThan", AGE, "3600"), (False, True, False, False)),
        (_if("Null", AGE, "false"), (False, True, False, False)),
    ],
)
def test_allowances_with_mfa_conditions_reach_as_far_as_the_operator_says(
    condition: Condition, allowed: tuple[bool, ...]
) -> None:
    only_if = policy(allow("*", condition=condition))
    gate = Gate(SmallBook(identity={ANN.arn: [only_if], READER_ARN: [only_if]}))

    answers = tuple(
        gate.lets(caller, "dynamodb", "ListTables") for caller in (LONG_TERM, WITH_MFA, WITHOUT_MFA, TAKEN_ROLE)
    )

    assert answers == allowed


def test_a_resource_policy_that_demands_mfa_is_satisfied_only_by_get_session_token_with_a_code() -> None:
    bucket = "arn:aws:s3:::books"
    principals = {"AWS": [ANN.arn, READER_ARN, GUEST.principal.arn]}
    demands = policy(
        allow("s3:PutObject", f"{bucket}/*", principal=principals, condition=_if("Bool", PRESENT, "true"))
    )
    book = SmallBook(on_resources={bucket: demands}, owners={bucket: A})
    gate = Gate(book)

    answers = {
        name: gate.lets(caller, "s3", "PutObject", {"Bucket": "books", "Key": "x"})
        for name, caller in {
            "long-term": LONG_TERM,
            "with MFA": WITH_MFA,
            "without MFA": WITHOUT_MFA,
            "role": TAKEN_ROLE,
            "federated": GUEST,
        }.items()
    }

    assert answers == {
        "long-term": False,
        "with MFA": True,
        "without MFA": False,
        "role": False,
        "federated": False,
    }


@pytest.mark.parametrize(
    ("caller", "parameters", "allowed"),
    [
        pytest.param(LONG_TERM, {}, False, id="long-term, no code"),
        pytest.param(LONG_TERM, {"SerialNumber": "GAHT12345678", "TokenCode": GOOD_CODE}, True, id="long-term, code"),
        pytest.param(WITH_MFA, {}, True, id="MFA from the session"),
        pytest.param(WITHOUT_MFA, {}, False, id="session without MFA"),
        pytest.param(TAKEN_ROLE, {}, False, id="chained role"),
        pytest.param(INHERITING_ROLE, {}, True, id="chained role that inherits"),
    ],
)
def test_a_trust_policy_that_demands_fresh_mfa_sees_the_code_or_the_session(
    caller: Caller, parameters: dict[str, object], allowed: bool
) -> None:
    demands = {"Bool": {PRESENT: "true"}, "NumericLessThan": {AGE: "3600"}}
    target = role(A, "Target").role_arn
    book = SmallBook(
        trusts={target: trust({"AWS": A}, condition=demands)},
        identity={ANN.arn: [policy(allow("sts:*"))], READER_ARN: [policy(allow("sts:*"))]},
    )

    taken = Gate(book).lets(caller, "sts", "AssumeRole", {"RoleArn": target, "RoleSessionName": "work", **parameters})

    assert taken is allowed


def test_the_callers_identity_policy_sees_the_code_of_assume_role_as_well() -> None:
    target = role(A, "Target").role_arn
    book = SmallBook(
        trusts={target: trust({"AWS": A})},
        identity={ANN.arn: [policy(allow("*"), deny("*", condition=_if("BoolIfExists", PRESENT, "false")))]},
    )
    gate = Gate(book)
    take = {"RoleArn": target, "RoleSessionName": "work"}

    with_code = gate.lets(
        LONG_TERM, "sts", "AssumeRole", {**take, "SerialNumber": "GAHT12345678", "TokenCode": GOOD_CODE}
    )
    without = gate.lets(LONG_TERM, "sts", "AssumeRole", take)

    assert (with_code, without) == (True, False)
