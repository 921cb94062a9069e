"""Cases are decided line by line; what is no case gets an error line."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.errors import PolicyMalformed, RequestMalformed
from mfacli.policy.batch import Batch
from mfacli.policy.verdict import Verdict
from tests.policy.asking import ACCOUNT, ANAYA, OBJECT

FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
CASE = {"id": 1, "principal": ANAYA, "action": "s3:GetObject", "resource": OBJECT, "identityPolicies": [FULL]}


def _line(**changes: object) -> str:
    return json.dumps({**CASE, **changes})


def _answer(line: str) -> dict[str, object]:
    (answer,) = Batch().answers([line])
    loaded: dict[str, object] = json.loads(answer)
    return loaded


def test_a_decision_is_written_with_its_statement() -> None:
    assert _answer(_line()) == {
        "id": 1,
        "decision": "Allowed",
        "reason": "an identity-based policy allows it",
        "statement": {
            "policy": "identityPolicies[0]",
            "kind": "identity-based policy",
            "index": 0,
            "sid": "",
            "line": 1,
            "column": json.dumps(FULL).index('{"Effect') + 1,
        },
    }


def test_an_implicit_denial_has_no_statement() -> None:
    answer = _answer(_line(identityPolicies=[]))

    assert answer == {
        "id": 1,
        "decision": "ImplicitlyDenied",
        "reason": "no identity-based policy allows it",
        "statement": None,
    }


def test_lines_are_answered_in_order_and_a_bad_one_is_not_the_end() -> None:
    lines = [_line(id="a"), "nonsense", "", "  \n", _line(id="b")]

    answers = [json.loads(answer) for answer in Batch().answers(lines)]

    assert [answer["id"] for answer in answers] == ["a", None, "b"]
    assert set(answers[1]) == {"id", "error"}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"identityPolicies": [{"name": "full", "policy": FULL}]}, "Allowed"),
        ({"identityPolicies": [{"policy": FULL}]}, "Allowed"),
        ({"identityPolicies": FULL}, "Allowed"),
        ({"identityPolicies": None}, "ImplicitlyDenied"),
        ({"resource": {"resource": OBJECT, "accountId": ACCOUNT}}, "Allowed"),
        ({"resource": {"resource": OBJECT, "accountId": "222222222222"}}, "ImplicitlyDenied"),
        ({"resourceAccount": "222222222222"}, "ImplicitlyDenied"),
        ({"resource": "*", "action": "ec2:DescribeInstances"}, "Allowed"),
        ({"sessionPolicy": None}, "Allowed"),
        ({"sessionPolicy": OTHER}, "ImplicitlyDenied"),
        ({"sessionPolicy": []}, "ImplicitlyDenied"),
        ({"sessionPolicy": [OTHER, FULL]}, "Allowed"),
        ({"boundaries": [OTHER]}, "ImplicitlyDenied"),
        ({"scps": []}, "Allowed"),
        ({"scps": None}, "Allowed"),
        ({"scps": [OTHER]}, "ImplicitlyDenied"),
        ({"scps": [OTHER, FULL]}, "Allowed"),
        ({"scps": [[OTHER], [FULL]]}, "ImplicitlyDenied"),
        ({"scps": [{"orgIdentifier": "root", "policies": [{"name": "full", "policy": FULL}]}]}, "Allowed"),
        ({"rcps": [[]]}, "Allowed"),
        ({"context": None}, "Allowed"),
        ({"dialect": None}, "Allowed"),
        ({"principal": {"type": "Anonymous"}, "identityPolicies": []}, "ImplicitlyDenied"),
        ({"expected": "Allowed"}, "Allowed"),
        ({"id": None}, "Allowed"),
    ],
)
def test_every_form_of_a_case_is_taken(changes: dict[str, object], verdict: str) -> None:
    assert _answer(_line(**changes)).get("decision") == verdict


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("[]", "a case is a JSON object"),
        ('{"id":1', "no JSON: expected `,` or `}` at character 8"),
        ('{"id":1]', "no JSON: expected `,` or `}`"),
        ('{"id" 1}', "no JSON: expected a name and a colon"),
        ("{1:1}", "no JSON: expected a name and a colon"),
        ('{"id":}', "no JSON: Expecting value"),
        ('{"id":1,}', "no JSON: Expecting value"),
        ('{"id":NaN}', "no JSON: NaN is no JSON"),
        ('{"id":' + "9" * 5_000 + "}", "no JSON: a number of 5,000 digits"),
        ('{"id":1e999}', "`id` is neither text nor number"),
        ('{"id":-1e999}', "`id` is neither text nor number"),
        (_line(id=True), "`id` is neither text nor number"),
        ('{"id":1} x', "no JSON: something follows the object"),
        ('{"id":1,"id":2}', "`id` occurs twice"),
        ('{"id":' + "[" * 100_000, "brackets too deep"),
        ("{}", "`resource` is missing; `*`, or an ARN"),
        (_line(id=[]), "`id` is neither text nor number"),
        (_line(dialect="azure"), '`dialect` is `"azure"`; known: aws, tencent'),
        (_line(principal=None), "`principal` is missing"),
        (_line(principal={"type": "Service"}), "`principal` is an object"),
        (_line(principal=["x"]), "`principal` is a list"),
        (_line(principal="nobody"), "`nobody` is no caller"),
        (_line(action="GetObject"), '`action` is `"GetObject"`; one action'),
        (_line(action="s3:*"), '`action` is `"s3:*"`'),
        (_line(action=5), "`action` is `5`"),
        (_line(resource="bucket"), '`resource` is `"bucket"`'),
        (_line(resource={"accountId": ACCOUNT}), "`resource` is missing"),
        (_line(resourceAccount="1"), '`resourceAccount` is `"1"`; an account id of 12 digits'),
        (_line(resourceAccount=111111111111), "`resourceAccount` is `111111111111`"),
        (_line(resource={"resource": OBJECT, "accountId": ACCOUNT}, resourceAccount="2" * 12), "differ"),
        (_line(resource={"resource": OBJECT, "acountId": ACCOUNT}), "neither text nor an object of `resource` and"),
        (_line(resource=None)[:-1] + ',"principal":0}', "`principal` occurs twice"),
        (
            f'{{"resource":{{"resource":"*","resource":"{OBJECT}"}},"action":"s3:GetObject"}}',
            "`resource` occurs twice",
        ),
        (
            '{"principal":{"type":"Anonymous","type":"Anonymous"},"action":"s3:GetObject","resource":"*"}',
            "`type` occurs twice",
        ),
        (_line(context=[]), "`context` is a list; an object of keys and values"),
        (_line(context={"a:b": 1}), "`context` has no text for `a:b`"),
        (_line(context={"a:b": ["x", 1]}), "`context` has no text for `a:b`"),
        (_line(context={"a:b": "1", "A:B": "2"}), "`context` has `A:B` twice"),
        (_line(identityPolicies=["x"]), "`identityPolicies[0]` is no policy"),
        (_line(identityPolicies=[{"name": 1, "policy": FULL}]), "is neither a policy nor an object of `name` and"),
        (_line(identityPolicies=[{"nam": "x", "policy": FULL}]), "is neither a policy nor an object of `name` and"),
        (_line(identityPolicies=[{"name": "x", "policy": "y"}]), "`x` is no policy"),
        (
            _line(identityPolicies=[{"name": "x", "policy": {}}]),
            "policy `x`, line 1, column 1: found a policy without",
        ),
        (_line(resourcePolicy=[]), "`resourcePolicy` is one policy, not a list"),
        (_line(resourcePolicy=FULL), "policy `resourcePolicy`, line 1, column"),
        (_line(scps={}), "`scps` is a list of policies or of levels"),
        (_line(scps=[FULL, [FULL]]), "`scps` mixes policies and levels"),
        (_line(identityPolicy=[]), "a case has no `identityPolicy`; did you mean `identityPolicies`?"),
        (_line(scp=[]), "did you mean `scps`?"),
        (
            '{"identityPolicies":[{"name":"a","name":"b","policy":{}}],' + _line()[1:],
            "`identityPolicies` occurs twice",
        ),
        (
            _line(dialect="tencent", principal="qcs::cam::uin/1:root", action="cvm:X", resource="ins"),
            '`resource` is `"ins"`; `*`, or a six-segment qcs name',
        ),
        (
            _line(dialect="tencent", principal="qcs::cam::uin/1:root", action="cvm", resource="*"),
            '`action` is `"cvm"`',
        ),
        (
            _line(
                dialect="tencent", principal="qcs::cam::uin/1:root", action="cvm:X", resource="*", resourceAccount="x"
            ),
            "the owner's uin as text",
        ),
    ],
)
def test_what_is_no_case_gets_an_error(line: str, error: str) -> None:
    answer = _answer(line)

    assert set(answer) == {"id", "error"}
    assert error in str(answer["error"])


def test_an_error_line_keeps_the_id_where_there_is_one() -> None:
    assert _answer(_line(id="mine", action=""))["id"] == "mine"


def test_duplicates_inside_a_policy_are_not_lost() -> None:
    line = _line()[:-1] + ',"boundaries":[{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}]}'

    assert "`Version` a second time" in str(_answer(line)["error"])


def test_escaped_names_are_the_names_they_spell() -> None:
    assert _answer(_line().replace('"action"', '"\\u0061ction"'))["decision"] == "Allowed"


def test_the_policy_of_an_assumed_role_is_its_trust_policy() -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": ANAYA}, "Action": "sts:AssumeRole"}}
    asked = {"action": "sts:AssumeRole", "resource": f"arn:aws:iam::{ACCOUNT}:role/app", "identityPolicies": []}

    answer = _answer(_line(**asked, resourcePolicy=trust))

    assert answer["decision"] == "Allowed"


def test_the_path_of_a_role_is_taken_from_the_callers_arn_in_the_context() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/team/app"
    bucket_policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"},
            "Action": "s3:*",
            "Resource": "*",
        },
    }
    session = {"principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one", "identityPolicies": []}

    with_path = _answer(_line(**session, resourcePolicy=bucket_policy, context={"AWS:PrincipalArn": role}))
    without = _answer(_line(**session, resourcePolicy=bucket_policy))

    assert (with_path["decision"], without["decision"]) == ("ImplicitlyDenied", "Allowed")


def test_one_case_may_be_read_alone() -> None:
    case = Batch().case(_line())

    assert case.id == 1
    assert case.request.principal.arn == ANAYA
    with pytest.raises(RequestMalformed):
        Batch().case("{}")
    with pytest.raises(PolicyMalformed):
        Batch().case(_line(identityPolicies=[{}]))


def test_policies_too_long_to_be_kept_are_decided_all_the_same() -> None:
    batch = Batch(kept_characters=100)
    long = {**FULL, "Id": "x" * 200}

    answers = [batch.answer(_line(identityPolicies=[long], scps=[[long]])) for _ in range(2)]

    assert [answer["decision"] for answer in answers] == [Verdict.ALLOWED.value] * 2


def test_a_batch_takes_constant_memory() -> None:
    def lines(count: int) -> Iterator[str]:
        for number in range(count):
            yield _line(id=number, identityPolicies=[{**FULL, "Id": f"{number:0>2000}"}])

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in Batch(kept_characters=40_000).answers(lines(count)):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    # Without a bound it would be ten times as much.
    assert peak(600) < peak(60) * 3


@given(line=st.text() | st.text(alphabet='{}[]",:\\ \n01eatruei'))
def test_no_line_breaks_a_batch(line: str) -> None:
    for answer in Batch().answers([line]):
        assert set(json.loads(answer)) == {"id", "error"}
