"""The words of a denial, service by service."""

from __future__ import annotations

import json
import re

import pytest

from mfacli.emulator.callers import ANONYMOUS, Caller
from mfacli.emulator.contracts import NamedPolicy
from tests.doubles import NOON
from tests.emulator.authorisation.gate import Gate, Organization, SmallSeal
from tests.emulator.authorisation.small_book import (
    A,
    B,
    SmallBook,
    allow,
    deny,
    long_term,
    policy,
    role,
    role_session,
    session_of,
    user,
)

ANN = user(A, "Ann", "/staff/")
BEN = user(B, "Ben")
READER = role(A, "Reader", "/app/")
BUCKET = "arn:aws:s3:::books"
INSTANCE = f"arn:aws:ec2:us-east-1:{A}:instance/i-1"
QUEUE = f"arn:aws:sqs:us-east-1:{A}:orders"
TOPIC = f"arn:aws:sns:us-east-1:{A}:news"
EVERYTHING = policy(allow("*"))
WHO = f"User: arn:aws:iam::{A}:user/staff/Ann is not authorized to perform:"
NO_DYNAMO = deny("dynamodb:*", principal="*")
MANAGED = f"arn:aws:iam::{A}:policy/NoTables"


@pytest.mark.parametrize(
    ("service", "name", "parameters", "action", "resource"),
    [
        ("dynamodb", "ListTables", {}, "dynamodb:ListTables", ""),
        (
            "dynamodb",
            "GetItem",
            {"TableName": "T"},
            "dynamodb:GetItem",
            f" on resource: arn:aws:dynamodb:us-east-1:{A}:table/T",
        ),
        ("s3", "GetObject", {"Bucket": "books", "Key": "k"}, "s3:GetObject", f' on resource: "{BUCKET}/k"'),
        (
            "sqs",
            "SendMessageBatch",
            {"QueueUrl": f"http://localhost/{A}/orders"},
            "sqs:sendmessage",
            f" on resource: {QUEUE}",
        ),
        ("sns", "Publish", {"TopicArn": TOPIC}, "SNS:Publish", f" on resource: {TOPIC}"),
        ("iam", "GetUser", {"UserName": "Ben"}, "iam:GetUser", f" on resource: arn:aws:iam::{A}:user/Ben"),
        (
            "sts",
            "GetFederationToken",
            {"Name": "guest"},
            "sts:GetFederationToken",
            f" on resource: arn:aws:sts::{A}:federated-user/guest",
        ),
    ],
)
def test_each_service_words_an_implicit_denial_in_its_way(
    service: str, name: str, parameters: dict[str, object], action: str, resource: str
) -> None:
    refusal = Gate(SmallBook(owners={BUCKET: A})).refusal(long_term(ANN), service, name, parameters)

    assert refusal.message == f"{WHO} {action}{resource} because no identity-based policy allows the {action} action"


@pytest.mark.parametrize(
    ("book", "controls", "caller", "ending"),
    [
        (
            SmallBook(identity={ANN.arn: [EVERYTHING, policy(deny("dynamodb:*"))]}),
            None,
            long_term(ANN),
            "with an explicit deny in an identity-based policy",
        ),
        (
            SmallBook(identity={ANN.arn: [EVERYTHING, policy(deny("dynamodb:*"), name="NoTables", arn=MANAGED)]}),
            None,
            long_term(ANN),
            f"with an explicit deny in an identity-based policy: {MANAGED}",
        ),
        (
            SmallBook(
                identity={ANN.arn: [EVERYTHING]},
                on_resources={f"arn:aws:dynamodb:us-east-1:{A}:table/T": policy(NO_DYNAMO)},
            ),
            None,
            long_term(ANN),
            "with an explicit deny in a resource-based policy",
        ),
        (
            SmallBook(identity={ANN.arn: [EVERYTHING]}, boundaries={ANN.arn: policy(allow("s3:*"))}),
            None,
            long_term(ANN),
            "because no permissions boundary allows the dynamodb:GetItem action",
        ),
        (
            SmallBook(identity={READER.role_arn: [EVERYTHING]}),
            None,
            role_session(READER, policy(allow("s3:*"))),
            "because no session policy allows the dynamodb:GetItem action",
        ),
        (
            SmallBook(identity={ANN.arn: [EVERYTHING]}),
            Organization(scps={A: [[policy(allow("s3:*"))]]}),
            long_term(ANN),
            "because no service control policy allows the dynamodb:GetItem action",
        ),
    ],
)
def test_the_layer_that_denies_is_named(
    book: SmallBook, controls: Organization | None, caller: Caller, ending: str
) -> None:
    refusal = Gate(book, controls=controls).refusal(caller, "dynamodb", "GetItem", {"TableName": "T"})

    assert refusal.message.endswith(f"table/T {ending}")


def test_a_roles_session_goes_by_its_name_without_the_path() -> None:
    refusal = Gate(SmallBook()).refusal(role_session(READER), "dynamodb", "ListTables")

    assert refusal.message.startswith(f"User: arn:aws:sts::{A}:assumed-role/Reader/work is not authorized")


def test_s3_explains_nothing_to_another_account() -> None:
    book = SmallBook(identity={BEN.arn: [EVERYTHING]}, owners={BUCKET: A})

    refusal = Gate(book).refusal(long_term(BEN), "s3", "GetObject", {"Bucket": "books", "Key": "k"})

    assert refusal.message == "Access Denied"


def test_s3_explains_nothing_to_nobody_not_even_about_a_bucket_that_is_not_there() -> None:
    refusal = Gate(SmallBook()).refusal(ANONYMOUS, "s3", "GetObject", {"Bucket": "nowhere", "Key": "k"})

    assert refusal.message == "Access Denied"


def _decoded(gate: Gate, message: str) -> dict[str, object]:
    opened = gate.authoriser.decode(message.rpartition(": ")[2])
    assert opened is not None
    return dict(json.loads(opened))


def _of_sofia(*policies: NamedPolicy) -> Gate:
    return Gate(SmallBook(identity={ANN.arn: list(policies)}, types={INSTANCE: "t3.micro"}))


def test_ec2_hands_out_an_encoded_message() -> None:
    refusal = _of_sofia().refusal(long_term(ANN), "ec2", "StopInstances", {"InstanceIds": ["i-1"]})

    assert re.fullmatch(
        r"You are not authorized to perform this operation\. "
        + re.escape(f"{WHO} ec2:StopInstances on resource: {INSTANCE}")
        + r" because no identity-based policy allows the ec2:StopInstances action\. "
        r"Encoded authorization failure message: [A-Za-z0-9_-]+",
        refusal.message,
    )


def test_the_encoded_message_of_an_implicit_denial_tells_who_what_and_where() -> None:
    gate = _of_sofia()
    refusal = gate.refusal(session_of(ANN, NOON), "ec2", "StopInstances", {"InstanceIds": ["i-1"]})

    said = _decoded(gate, refusal.message)

    context = said.pop("context")
    assert isinstance(context, dict)
    conditions = {entry["key"]: entry["values"]["items"] for entry in context.pop("conditions")["items"]}
    assert said == {
        "allowed": False,
        "explicitDeny": False,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
    }
    assert context == {
        "principal": {"id": ANN.user_id, "name": "Ann", "arn": ANN.arn},
        "action": "ec2:StopInstances",
        "resource": INSTANCE,
    }
    assert conditions["aws:MultiFactorAuthPresent"] == [{"value": "true"}]
    assert conditions["aws:MultiFactorAuthAge"] == [{"value": "0"}]
    assert conditions["ec2:InstanceType"] == [{"value": "t3.micro"}]
    assert conditions["aws:Type"] == [{"value": "instance"}]
    assert conditions["aws:ID"] == [{"value": "i-1"}]


def test_the_encoded_message_of_an_explicit_denial_shows_the_statement() -> None:
    without_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    gate = _of_sofia(EVERYTHING, policy(deny(["ec2:Stop*", "ec2:T*"], sid="NoMfaNoStop", condition=without_mfa)))
    refusal = gate.refusal(long_term(ANN), "ec2", "StopInstances", {"InstanceIds": ["i-1"]})

    said = _decoded(gate, refusal.message)

    assert said["explicitDeny"] is True
    assert said["matchedStatements"] == {
        "items": [
            {
                "statementId": "NoMfaNoStop",
                "effect": "DENY",
                "principals": {"items": [{"value": ANN.user_id}]},
                "principalGroups": {"items": []},
                "actions": {"items": [{"value": "ec2:Stop*"}, {"value": "ec2:T*"}]},
                "resources": {"items": [{"value": "*"}]},
                "conditions": {
                    "items": [{"key": "aws:MultiFactorAuthPresent", "values": {"items": [{"value": "false"}]}}]
                },
            }
        ]
    }


def test_an_operation_on_the_account_has_no_resource_in_its_message_but_a_star_in_the_encoded_one() -> None:
    gate = _of_sofia()

    refusal = gate.refusal(long_term(ANN), "ec2", "DescribeInstances")

    assert f"{WHO} ec2:DescribeInstances because no identity-based" in refusal.message
    context = _decoded(gate, refusal.message)["context"]
    assert isinstance(context, dict)
    assert context["resource"] == "*"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gibberish",
        SmallSeal(b"another world").seal("authorization-failure:{}"),
        SmallSeal().seal('{"SessionToken": "of the same world"}'),
    ],
)
def test_only_this_worlds_authorization_failures_are_decoded(text: str) -> None:
    assert Gate(SmallBook()).authoriser.decode(text) is None
