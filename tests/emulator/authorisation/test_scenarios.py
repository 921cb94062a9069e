"""The documents' own scenarios, as far as authorisation decides them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.emulator.callers import Caller, UserPrincipal
from mfacli.emulator.refusals import RefusalKind
from tests.doubles import NOON
from tests.emulator.authorisation.gate import GOOD_CODE, WRONG_CODE, Gate
from tests.emulator.authorisation.small_book import (
    A,
    B,
    C,
    SmallBook,
    allow,
    deny,
    long_term,
    policy,
    role,
    role_session,
    session_of,
    trust,
    user,
)

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
NO_MFA_IF_EXISTS = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
INSTANCE = {"InstanceIds": ["i-0123456789abcdef0"]}

ANAYA, SOFIA = user(A, "Anaya"), user(A, "Sofia")
RICHARD, NIKHIL, SELF = user(B, "Richard"), user(C, "Nikhil"), user(A, "Selma")
CROSS = role(A, "CrossAccountRole", session="Richard")
UPLOADER = role(C, "Uploader", session="Nikhil")
BUCKET = "arn:aws:s3:::account-a-bucket"
QUEUE = f"arn:aws:sqs:us-east-1:{A}:orders"
TOPIC = f"arn:aws:sns:us-east-1:{A}:alarms"
ALL_ACCOUNTS = {"AWS": [A, B, C]}
PUT = {"Bucket": "account-a-bucket", "Key": "report.txt"}

SELF_MANAGED = policy(
    allow("iam:ListVirtualMFADevices"),
    allow("iam:CreateVirtualMFADevice", "arn:aws:iam::*:mfa/*"),
    allow(
        [
            "iam:DeactivateMFADevice",
            "iam:EnableMFADevice",
            "iam:GetUser",
            "iam:GetMFADevice",
            "iam:ListMFADevices",
            "iam:ResyncMFADevice",
        ],
        "arn:aws:iam::*:user/${aws:username}",
    ),
    {
        "Sid": "DenyAllExceptListedIfNoMFA",
        "Effect": "Deny",
        "NotAction": [
            "iam:CreateVirtualMFADevice",
            "iam:EnableMFADevice",
            "iam:GetUser",
            "iam:ListMFADevices",
            "iam:ListVirtualMFADevices",
            "iam:ResyncMFADevice",
            "sts:GetSessionToken",
        ],
        "Resource": "*",
        "Condition": NO_MFA_IF_EXISTS,
    },
    name="ManageOwnDevice",
)


def _world() -> SmallBook:
    sends = ["sqs:SendMessage", "sns:Publish"]
    return SmallBook(
        identity={
            ANAYA.arn: [policy(allow("*"), name="AdministratorAccess")],
            SOFIA.arn: [
                policy(allow("ec2:DescribeInstances"), name="Look"),
                policy(allow(["ec2:StopInstances", "ec2:TerminateInstances"], condition=MFA), name="EC2-Admins"),
            ],
            RICHARD.arn: [policy(allow("sts:AssumeRole", CROSS.role_arn)), policy(allow(sends))],
            CROSS.role_arn: [
                policy(
                    allow("dynamodb:*", f"arn:aws:dynamodb:*:{A}:table/Books"),
                    allow("dynamodb:ListTables"),
                    name="BooksAccess",
                )
            ],
            NIKHIL.arn: [policy(allow(["s3:PutObject", "s3:DeleteObject"], f"{BUCKET}/*")), policy(allow(sends))],
            UPLOADER.role_arn: [policy(allow("s3:*"))],
            SELF.arn: [SELF_MANAGED, policy(allow(["ec2:DescribeInstances", "s3:ListAllMyBuckets"]))],
        },
        trusts={CROSS.role_arn: trust({"AWS": B}, condition=MFA), UPLOADER.role_arn: trust({"AWS": C})},
        on_resources={
            BUCKET: policy(
                allow(["s3:PutObject", "s3:DeleteObject"], f"{BUCKET}/*", principal=ALL_ACCOUNTS, condition=MFA)
            ),
            QUEUE: policy(allow("sqs:SendMessage", QUEUE, principal=ALL_ACCOUNTS, condition=MFA)),
            TOPIC: policy(allow("sns:Publish", TOPIC, principal=ALL_ACCOUNTS, condition=MFA)),
        },
        owners={BUCKET: A, QUEUE: A, TOPIC: A},
    )


@pytest.fixture
def gate() -> Gate:
    return Gate(_world())


@pytest.mark.parametrize("name", ["StopInstances", "TerminateInstances"])
@pytest.mark.parametrize(
    ("caller", "allowed"),
    [(long_term(SOFIA), False), (session_of(SOFIA), False), (session_of(SOFIA, NOON), True)],
)
def test_sofia_stops_and_terminates_only_with_mfa(gate: Gate, name: str, caller: Caller, allowed: bool) -> None:
    assert gate.lets(caller, "ec2", name, INSTANCE) is allowed


def test_sofia_looks_without_mfa_but_does_not_launch(gate: Gate) -> None:
    assert gate.lets(long_term(SOFIA), "ec2", "DescribeInstances")
    assert not gate.lets(session_of(SOFIA, NOON), "ec2", "RunInstances", {"ImageId": "ami-1"})


TAKE_CROSS = {"RoleArn": CROSS.role_arn, "RoleSessionName": "Richard"}
CODE = {"SerialNumber": f"arn:aws:iam::{B}:mfa/Richard", "TokenCode": GOOD_CODE}


@pytest.mark.parametrize(
    ("caller", "parameters", "allowed"),
    [
        (long_term(RICHARD), TAKE_CROSS, False),
        (session_of(RICHARD), TAKE_CROSS, False),
        (long_term(RICHARD), {**TAKE_CROSS, **CODE}, True),
        (session_of(RICHARD, NOON), TAKE_CROSS, True),
        (long_term(NIKHIL), {**TAKE_CROSS, **CODE}, False),
    ],
)
def test_richard_takes_the_role_only_with_mfa(
    gate: Gate, caller: Caller, parameters: dict[str, object], allowed: bool
) -> None:
    assert gate.lets(caller, "sts", "AssumeRole", parameters) is allowed


def test_richard_acts_in_the_account_of_the_role_and_his_code_is_spent(gate: Gate) -> None:
    taken = gate.ask(long_term(RICHARD), "sts", "AssumeRole", {**TAKE_CROSS, **CODE})

    again = gate.refusal(long_term(RICHARD), "sts", "AssumeRole", {**TAKE_CROSS, **CODE})

    assert (taken.account_id, taken.mfa_at) == (A, NOON)
    assert (again.kind, again.message) == (RefusalKind.ACCESS_DENIED, WRONG_CODE)


@pytest.mark.parametrize(
    ("name", "parameters", "allowed"),
    [
        ("GetItem", {"TableName": "Books"}, True),
        ("PutItem", {"TableName": "Books"}, True),
        ("BatchWriteItem", {"RequestItems": {"Books": []}}, True),
        ("BatchWriteItem", {"RequestItems": {"Books": [], "Salaries": []}}, False),
        ("GetItem", {"TableName": "Salaries"}, False),
        ("ListTables", {}, True),
    ],
)
def test_the_roles_session_works_on_books_only(
    gate: Gate, name: str, parameters: dict[str, object], allowed: bool
) -> None:
    assert gate.lets(role_session(CROSS), "dynamodb", name, parameters) is allowed


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        pytest.param(long_term(NIKHIL), False, id="long-term keys"),
        pytest.param(session_of(NIKHIL), False, id="GetSessionToken without MFA"),
        pytest.param(session_of(NIKHIL, NOON), True, id="GetSessionToken with MFA"),
        pytest.param(role_session(UPLOADER), False, id="AssumeRole, with or without MFA"),
        pytest.param(session_of(SOFIA, NOON), False, id="the account is trusted, the user not allowed"),
        pytest.param(session_of(user("444444444444", "Mallory"), NOON), False, id="another account"),
    ],
)
@pytest.mark.parametrize("name", ["PutObject", "DeleteObject"])
def test_nikhil_uses_the_bucket_only_with_a_session_that_has_mfa(
    gate: Gate, caller: Caller, allowed: bool, name: str
) -> None:
    assert gate.lets(caller, "s3", name, PUT) is allowed


def test_the_bucket_is_acted_on_in_its_owners_account(gate: Gate) -> None:
    assert gate.ask(session_of(NIKHIL, NOON), "s3", "PutObject", PUT).account_id == A


def test_nikhil_reads_nothing_as_neither_side_allows_it(gate: Gate) -> None:
    assert not gate.lets(session_of(NIKHIL, NOON), "s3", "GetObject", PUT)


@pytest.mark.parametrize(
    ("service", "name", "parameters"),
    [
        ("sqs", "SendMessage", {"QueueUrl": f"http://127.0.0.1:4566/{A}/orders", "MessageBody": "x"}),
        ("sqs", "SendMessageBatch", {"QueueUrl": f"http://127.0.0.1:4566/{A}/orders"}),
        ("sns", "Publish", {"TopicArn": TOPIC, "Message": "x"}),
        ("sns", "PublishBatch", {"TopicArn": TOPIC}),
    ],
)
@pytest.mark.parametrize("who", [NIKHIL, RICHARD], ids=["Nikhil", "Richard"])
def test_queue_and_topic_take_messages_only_with_mfa(
    gate: Gate, service: str, name: str, parameters: dict[str, object], who: UserPrincipal
) -> None:
    callers = (long_term(who), session_of(who), session_of(who, NOON))

    answers = [gate.lets(caller, service, name, parameters) for caller in callers]

    assert answers == [False, False, True]


def test_age_of_mfa_runs_out() -> None:
    fresh = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    gate = Gate(SmallBook(identity={SOFIA.arn: [policy(allow("ec2:TerminateInstances", condition=fresh))]}))
    caller = session_of(SOFIA, NOON)

    gate.time.advance(timedelta(seconds=3599))
    in_time = gate.lets(caller, "ec2", "TerminateInstances", INSTANCE)
    gate.time.advance(timedelta(seconds=1))
    too_late = gate.lets(caller, "ec2", "TerminateInstances", INSTANCE)
    never = gate.lets(session_of(SOFIA), "ec2", "TerminateInstances", INSTANCE)

    assert (in_time, too_late, never) == (True, False, False)


OWN = {"UserName": "Selma", "SerialNumber": f"arn:aws:iam::{A}:mfa/Selma"}
OTHERS = {"UserName": "Sofia", "SerialNumber": f"arn:aws:iam::{A}:mfa/Sofia"}


@pytest.mark.parametrize(
    ("service", "name", "parameters", "without_mfa", "with_mfa"),
    [
        ("iam", "ListVirtualMFADevices", {}, True, True),
        ("iam", "CreateVirtualMFADevice", {"VirtualMFADeviceName": "any-name"}, True, True),
        ("iam", "EnableMFADevice", OWN, True, True),
        ("iam", "ResyncMFADevice", OWN, True, True),
        ("iam", "ListMFADevices", {}, True, True),
        ("iam", "ListMFADevices", {"UserName": "Selma"}, True, True),
        ("iam", "GetUser", {}, True, True),
        ("sts", "GetSessionToken", {}, True, None),
        ("sts", "GetCallerIdentity", {}, True, True),
        ("iam", "DeactivateMFADevice", OWN, False, True),
        ("iam", "GetMFADevice", {"SerialNumber": OWN["SerialNumber"]}, False, True),
        ("iam", "EnableMFADevice", OTHERS, False, False),
        ("iam", "ResyncMFADevice", OTHERS, False, False),
        ("iam", "DeactivateMFADevice", OTHERS, False, False),
        ("iam", "ListMFADevices", {"UserName": "Sofia"}, False, False),
        ("iam", "GetUser", {"UserName": "Sofia"}, False, False),
        ("iam", "DeleteVirtualMFADevice", {"SerialNumber": OWN["SerialNumber"]}, False, False),
        ("iam", "ListUsers", {}, False, False),
        ("ec2", "DescribeInstances", {}, False, True),
        ("s3", "ListBuckets", {}, False, True),
    ],
)
def test_the_self_managed_user_has_without_mfa_only_the_listed_actions(
    gate: Gate, service: str, name: str, parameters: dict[str, object], without_mfa: bool, with_mfa: bool | None
) -> None:
    assert gate.lets(long_term(SELF), service, name, parameters) is without_mfa
    if with_mfa is not None:
        assert gate.lets(session_of(SELF, NOON), service, name, parameters) is with_mfa


def test_a_session_without_mfa_calls_no_iam_even_for_what_its_policy_lists(gate: Gate) -> None:
    refusal = gate.refusal(session_of(SELF), "iam", "ListMFADevices")

    assert (refusal.code, refusal.message) == (
        "InvalidClientTokenId",
        "The security token included in the request is invalid",
    )


def test_get_session_token_is_beyond_an_explicit_deny() -> None:
    gate = Gate(SmallBook(identity={SELF.arn: [policy(deny("*"))]}))

    assert gate.lets(long_term(SELF), "sts", "GetSessionToken")
    assert gate.lets(long_term(SELF), "sts", "GetCallerIdentity")
    assert not gate.lets(long_term(SELF), "sts", "GetFederationToken", {"Name": "guest"})
