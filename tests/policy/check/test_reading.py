"""Policies found in files, or in the answers of a cloud's command line, with positions in the file."""

from __future__ import annotations

import json

import pytest

from mfacli.errors import PolicyMalformed
from mfacli.policy.check.check import check
from mfacli.policy.check.reading import Reading, read_subjects
from mfacli.policy.check.subject import Attachment, Subject
from mfacli.policy.document import Dialect, PolicyKind
from tests.policy.check.subjects import PRESENT, allow, document, tencent

ROLE_ACTION = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
LEAKING = allow(Condition={"BoolIfExists": {PRESENT: "true"}})


def subjects(text: str, reading: Reading | None = None) -> tuple[Subject, ...]:
    """Read a file."""
    return read_subjects(text, name="file.json", reading=reading or Reading())


def policy(*statements: object) -> dict[str, object]:
    """Return a document as an answer holds it."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("text", "kind", "dialect"),
    [
        (document(allow()), PolicyKind.IDENTITY, Dialect.AWS),
        (document(ROLE_ACTION), PolicyKind.TRUST, Dialect.AWS),
        (document({**ROLE_ACTION, "Action": ["sts:AssumeRole", "sts:TagSession"]}), PolicyKind.TRUST, Dialect.AWS),
        (document(allow(Principal="*")), PolicyKind.RESOURCE, Dialect.AWS),
        (document({**ROLE_ACTION, "Resource": "*"}), PolicyKind.RESOURCE, Dialect.AWS),
        (
            tencent({"effect": "allow", "action": "cvm:StopInstances", "resource": "*"}),
            PolicyKind.IDENTITY,
            Dialect.TENCENT,
        ),
        (
            tencent(
                {"effect": "allow", "action": "name/sts:AssumeRole", "principal": {"qcs": ["qcs::cam::uin/1:root"]}}
            ),
            PolicyKind.TRUST,
            Dialect.TENCENT,
        ),
        (
            json.dumps(
                {
                    "version": "2.0",
                    "Statement": [
                        {
                            "Effect": "allow",
                            "Principal": {"qcs": ["qcs::cam::uin/1:uin/2"]},
                            "Action": "name/cos:GetObject",
                            "Resource": "*",
                        }
                    ],
                }
            ),
            PolicyKind.RESOURCE,
            Dialect.TENCENT,
        ),
    ],
)
def test_kind_and_language_are_told_by_the_content(text: str, kind: PolicyKind, dialect: Dialect) -> None:
    (subject,) = subjects(text)

    assert (subject.document.kind, subject.document.dialect) == (kind, dialect)


def test_the_caller_knows_better() -> None:
    reading = Reading(kind=PolicyKind.BOUNDARY, attached_to=Attachment.ROLE, dialect=Dialect.AWS)

    (subject,) = subjects(document(allow()), reading)

    assert subject.document.kind is PolicyKind.BOUNDARY
    assert subject.attached_to is Attachment.ROLE


def test_an_attachment_means_nothing_for_a_resources_policy() -> None:
    (subject,) = subjects(document(allow(Principal="*")), Reading(attached_to=Attachment.ROLE))

    assert subject.attached_to is Attachment.UNKNOWN


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "3", '{"Policy": "not json"}', '{"Document": 3}'])
def test_a_file_without_a_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyMalformed, match="expected a policy document"):
        subjects(text)


def test_a_policy_that_the_cloud_would_refuse_is_refused() -> None:
    with pytest.raises(PolicyMalformed) as refusal:
        subjects('{"Version": "2012-10-17",\n "Statment": []}')

    assert (refusal.value.line, refusal.value.column) == (2, 2)


@pytest.mark.parametrize(
    "answer",
    [
        {"PolicyVersion": {"Document": policy(LEAKING), "VersionId": "v1", "IsDefaultVersion": True}},
        {"PolicyVersion": {"Document": policy(LEAKING), "VersionId": "v1"}},
        {"PolicyDocument": policy(LEAKING), "PolicyName": "p"},
        {"Policy": json.dumps(policy(LEAKING))},
        {"Attributes": {"Policy": json.dumps(policy(LEAKING))}},
    ],
)
def test_answers_about_one_policy_are_read(answer: dict[str, object]) -> None:
    (subject,) = subjects(json.dumps(answer))

    assert [finding.rule.name for finding in check(subject).findings] == ["allow-lets-keys-in"]


ACCOUNT = {
    "UserDetailList": [
        {"UserName": "sofia", "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(allow())}]}
    ],
    "GroupDetailList": [{"GroupName": "dev", "GroupPolicyList": [], "AttachedManagedPolicies": []}],
    "RoleDetailList": [
        {
            "RoleName": "Ops",
            "AssumeRolePolicyDocument": policy(ROLE_ACTION),
            "InstanceProfileList": [
                {"Roles": [{"RoleName": "Ops", "AssumeRolePolicyDocument": policy(ROLE_ACTION)}]}
            ],
            "AttachedManagedPolicies": [
                {"PolicyName": "Shared", "PolicyArn": "arn:aws:iam::1:policy/Shared"},
                {"PolicyName": "Roles", "PolicyArn": "arn:aws:iam::1:policy/Roles"},
            ],
        },
        {"RoleName": "Other", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::1:policy/Roles"}]},
        {"UserName": "nikhil", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::1:policy/Shared"}]},
    ],
    "Policies": [
        {
            "PolicyName": name,
            "Arn": f"arn:aws:iam::1:policy/{name}",
            "PolicyVersionList": [
                {"Document": policy(allow("old:Action")), "IsDefaultVersion": False},
                {"Document": policy(allow()), "IsDefaultVersion": True},
            ],
        }
        for name in ("Shared", "Roles")
    ],
}


def test_an_account_is_read_whole_with_who_has_what() -> None:
    found = subjects(json.dumps(ACCOUNT))

    assert [(subject.label, subject.document.kind, subject.attached_to) for subject in found] == [
        ("user `sofia`, policy `own`", PolicyKind.IDENTITY, Attachment.USER),
        ("role `Ops`, trust", PolicyKind.TRUST, Attachment.UNKNOWN),
        ("policy `Shared`", PolicyKind.IDENTITY, Attachment.UNKNOWN),
        ("policy `Roles`", PolicyKind.IDENTITY, Attachment.ROLE),
    ]


def test_a_policy_in_a_string_has_its_positions_in_the_file() -> None:
    inner = (
        '{"Version": "2012-10-17",\n\t"Id": "é😀\\u0041",\n"Statement": '
        + json.dumps([{**LEAKING, "Principal": "*"}])
        + "}"
    )
    text = '{\n  "Policy": ' + json.dumps(inner) + "\n}"

    (subject,) = subjects(text)
    found = check(subject).findings[0]

    line = text.split("\n")[found.position.line - 1]
    assert found.position.line == 2
    assert line[found.position.column - 1 :].startswith('\\"aws:MultiFactorAuthPresent\\"')


def test_what_is_wrong_in_a_string_is_shown_in_the_file() -> None:
    inner = json.dumps(policy({**LEAKING, "Effect": "Maybe"}))
    text = '{"Policy": ' + json.dumps(inner) + "}"

    with pytest.raises(PolicyMalformed) as refusal:
        subjects(text)

    assert text[refusal.value.column - 1 :].startswith('\\"Maybe\\"')


def test_a_string_that_is_broken_json_is_shown_in_the_file() -> None:
    text = '{"Policy": "{\\"Statement\\": nothing}"}'

    with pytest.raises(PolicyMalformed) as refusal:
        subjects(text)

    assert text[refusal.value.column - 1 :].startswith("nothing")


def test_all_kinds_of_values_survive_a_string() -> None:
    inner = policy(allow(Condition={"Bool": {PRESENT: True}, "NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}))
    text = json.dumps({"Note": None, "Policy": json.dumps({**inner})})

    (subject,) = subjects(text)

    assert check(subject).demands[0].younger_than_seconds == 3600
