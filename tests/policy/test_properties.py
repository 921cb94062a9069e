"""What must hold for every request and all policies, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.errors import PolicyMalformed
from mfacli.policy.batch import Batch
from mfacli.policy.document import Dialect, PolicyKind, parse_document
from mfacli.policy.verdict import Verdict
from tests.policy.made_cases import (
    FULL,
    LAYERS,
    MadeCase,
    aws_cases,
    aws_statements,
    documents,
    resource_statements,
    tencent_cases,
    with_full_access,
)

WORST_FIRST = [Verdict.EXPLICITLY_DENIED.value, Verdict.IMPLICITLY_DENIED.value, Verdict.ALLOWED.value]
CASES = aws_cases() | tencent_cases()


def _verdict(case: Mapping[str, object]) -> str:
    answer = Batch().answer(json.dumps(case))
    assert "error" not in answer, answer
    return str(answer["decision"])


def _badness(case: Mapping[str, object]) -> int:
    return WORST_FIRST.index(_verdict(case))


some = settings(max_examples=30, deadline=None)
"""A case costs some milliseconds to make."""


@some
@given(case=CASES)
def test_every_case_is_decided_the_same_each_time(case: MadeCase) -> None:
    assert _verdict(case.line) == _verdict(case.line)


@some
@given(case=aws_cases(), denial=aws_statements(effect="Deny"), layer=st.sampled_from(LAYERS))
def test_adding_a_deny_never_makes_it_better(case: MadeCase, denial: dict[str, object], layer: str) -> None:
    denied = case.with_statement(layer, denial)

    assert _badness(denied.line) <= _badness(case.line)


@some
@given(case=aws_cases(), denial=resource_statements(effect="Deny"))
def test_adding_a_deny_to_the_resource_never_makes_it_better(case: MadeCase, denial: dict[str, object]) -> None:
    denied = case.with_statement("resourcePolicy", denial)

    assert _badness(denied.line) <= _badness(case.line)


@some
@given(case=aws_cases(), level=st.lists(documents(), max_size=2))
def test_another_level_of_control_policies_never_makes_it_better(case: MadeCase, level: list[object]) -> None:
    limited = {**case.line, "scps": [*case.levels("scps"), level]}

    assert _badness(limited) <= _badness(case.line)


@some
@given(case=aws_cases(), boundary=documents())
def test_another_boundary_never_makes_it_better(case: MadeCase, boundary: object) -> None:
    limited = {**case.line, "boundaries": [*case.policies("boundaries"), boundary]}

    assert _badness(limited) <= _badness(case.line)


@some
@given(case=aws_cases(principals=("role",)), session=documents())
def test_a_session_policy_never_makes_a_role_better(case: MadeCase, session: object) -> None:
    without = {**case.line, "sessionPolicy": None}

    assert _badness({**case.line, "sessionPolicy": session}) <= _badness(without)


@some
@given(case=aws_cases())
def test_full_access_in_a_limiting_layer_changes_nothing(case: MadeCase) -> None:
    assert _verdict({**case.line, "scps": [*case.levels("scps"), [FULL]]}) == _verdict(case.line)


@some
@given(case=aws_cases())
def test_full_access_of_ones_own_never_makes_it_worse(case: MadeCase) -> None:
    assert _badness(with_full_access(case).line) >= _badness(case.line)


@some
@given(case=CASES, data=st.data())
def test_the_order_of_policies_and_statements_never_matters(case: MadeCase, data: st.DataObject) -> None:
    shuffled = case.reordered(lambda items: data.draw(st.permutations(items)))

    assert _verdict(shuffled.line) == _verdict(case.line)


@some
@given(case=CASES, indent=st.sampled_from([None, 1]))
def test_a_case_survives_a_round_trip_through_json(case: MadeCase, indent: int | None) -> None:
    once = json.dumps(case.line, indent=indent)
    again = json.dumps(json.loads(once), sort_keys=True)

    assert Batch().answer(again)["decision"] == Batch().answer(once)["decision"]


@some
@given(case=aws_cases(), data=st.data())
def test_the_case_of_actions_and_keys_never_matters(case: MadeCase, data: st.DataObject) -> None:
    swapped = {
        **case.line,
        "action": data.draw(st.sampled_from([str.upper, str.lower]))(str(case.line["action"])),
        "context": {key.upper(): value for key, value in case.context.items()},
    }

    assert _verdict(swapped) == _verdict(case.line)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        ["*", "Allow", "allow", "s3:*", "cvm:*", "2012-10-17", "2.0", "arn:aws:s3:::b", "${a", "111111111111"]
    )
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "Version",
                        "Statement",
                        "Effect",
                        "Action",
                        "NotAction",
                        "Resource",
                        "Principal",
                        "Condition",
                        "Sid",
                    ),
                    *("version", "statement", "effect", "action", "resource", "principal", "condition", "qcs", "AWS"),
                    *("Bool", "bool_equal", "StringLike", "string_equal", "aws:username", "qcs:ip", "NotPrincipal"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=200)
@given(tree=_JSON, kind=st.sampled_from(PolicyKind), dialect=st.sampled_from(Dialect))
def test_no_document_raises_anything_but_its_own_error(tree: object, kind: PolicyKind, dialect: Dialect) -> None:
    text = json.dumps(tree)

    try:
        document = parse_document(text, kind=kind, dialect=dialect, name="p")
    except PolicyMalformed as error:
        message = error.message
    else:
        message = ""
        assert document.statements

    assert message == "" or message.startswith("policy `p`, line 1, column ")


@some
@given(
    case=CASES,
    name=st.sampled_from(
        ["principal", "action", "resource", "context", "identityPolicies", "resourcePolicy", "scps", "rcps"]
    ),
    value=_JSON,
)
def test_no_case_raises_anything(case: MadeCase, name: str, value: object) -> None:
    answer = Batch().answer(json.dumps({**case.line, name: value}))

    assert "decision" in answer or "error" in answer


@given(
    operator=st.sampled_from(
        ["StringLike", "NumericLessThan", "DateGreaterThan", "Bool", "BinaryEquals", "IpAddress", "ArnLike", "Null"]
    ),
    wanted=st.text() | st.sampled_from(["1e999999999", "9" * 50, "0001-01-01T00:00:00+23:59", "::1%x", "1.2.3.4/99"]),
    found=st.text()
    | st.sampled_from(["1e999999999", "-" + "9" * 50, "9999-12-31T23:59:59-23:59", "fe80::1%eth0", "==="]),
)
def test_no_value_raises_anything(operator: str, wanted: str, found: str) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"aws:k": wanted}}}
    case = {
        "principal": "arn:aws:iam::111111111111:user/anaya",
        "action": "s3:GetObject",
        "resource": "*",
        "context": {"aws:k": found},
        "identityPolicies": [{"Version": "2012-10-17", "Statement": statement}],
    }

    assert _verdict(case) in WORST_FIRST


@pytest.mark.parametrize("dialect", Dialect)
def test_both_languages_are_made(dialect: Dialect) -> None:
    made = aws_cases() if dialect is Dialect.AWS else tencent_cases()

    @settings(max_examples=5, database=None, deadline=None)
    @given(case=made)
    def is_decided(case: MadeCase) -> None:
        assert _verdict(case.line) in WORST_FIRST
        assert case.line.get("dialect", "aws") == dialect.value

    is_decided()
