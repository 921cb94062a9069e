"""SQS, SNS and STS: what their operations take."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.actions import sns, sqs, sts
from mfacli.emulator.authorisation.actions.services import needs_of
from tests.emulator.authorisation.small_book import A, B, call, long_term, role, role_session, user

QUEUE = f"arn:aws:sqs:us-east-1:{B}:orders"
OWN_QUEUE = f"arn:aws:sqs:us-east-1:{A}:orders"
AT_QUEUE = {"QueueUrl": f"http://127.0.0.1:4566/{B}/orders"}
TOPIC = f"arn:aws:sns:us-east-1:{A}:news"
ROLE = f"arn:aws:iam::{B}:role/path/Reader"
TAKE = {"RoleArn": ROLE, "RoleSessionName": "x"}


@pytest.mark.parametrize(
    ("service", "name", "parameters", "expected"),
    [
        ("sqs", "SendMessage", AT_QUEUE, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "SendMessageBatch", AT_QUEUE, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "DeleteMessageBatch", AT_QUEUE, [("sqs:DeleteMessage", QUEUE)]),
        ("sqs", "ChangeMessageVisibilityBatch", AT_QUEUE, [("sqs:ChangeMessageVisibility", QUEUE)]),
        ("sqs", "SendMessage", {"QueueUrl": "orders"}, [("sqs:SendMessage", OWN_QUEUE)]),
        ("sqs", "SendMessage", {"QueueUrl": f"/{B}/orders"}, [("sqs:SendMessage", QUEUE)]),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": f"http://127.0.0.1/{A}/orders?x=/{B}/secret"},
            [("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{B}:secret")],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": f"{B}/orders"},
            [("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{A}:{B}/orders")],
        ),
        ("sqs", "ListQueues", {}, [("sqs:ListQueues", "*")]),
        ("sqs", "CreateQueue", {"QueueName": "orders"}, [("sqs:CreateQueue", OWN_QUEUE)]),
        (
            "sqs",
            "CreateQueue",
            {"QueueName": "orders", "tags": {"a": "b"}},
            [("sqs:CreateQueue", OWN_QUEUE), ("sqs:TagQueue", OWN_QUEUE)],
        ),
        (
            "sqs",
            "GetQueueUrl",
            {"QueueName": "orders", "QueueOwnerAWSAccountId": B},
            [("sqs:GetQueueUrl", QUEUE)],
        ),
        ("sqs", "ListMessageMoveTasks", {"SourceArn": QUEUE}, [("sqs:ListMessageMoveTasks", QUEUE)]),
        (
            "sqs",
            "StartMessageMoveTask",
            {"SourceArn": QUEUE, "DestinationArn": OWN_QUEUE},
            [
                ("sqs:StartMessageMoveTask", QUEUE),
                ("sqs:ReceiveMessage", QUEUE),
                ("sqs:DeleteMessage", QUEUE),
                ("sqs:GetQueueAttributes", QUEUE),
                ("sqs:SendMessage", OWN_QUEUE),
            ],
        ),
        ("sns", "Publish", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "Publish", {"TargetArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "Publish", {"PhoneNumber": "+1"}, [("sns:Publish", "*")]),
        (
            "sns",
            "Publish",
            {"TopicArn": TOPIC, "TargetArn": f"{TOPIC}2", "PhoneNumber": "+1"},
            [("sns:Publish", TOPIC), ("sns:Publish", f"{TOPIC}2"), ("sns:Publish", "*")],
        ),
        ("sns", "PublishBatch", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "ListTopics", {}, [("sns:ListTopics", "*")]),
        ("sns", "Unsubscribe", {"SubscriptionArn": f"{TOPIC}:1-2"}, [("sns:Unsubscribe", TOPIC)]),
        ("sns", "TagResource", {"ResourceArn": TOPIC}, [("sns:TagResource", TOPIC)]),
        (
            "sns",
            "CreateTopic",
            {"Name": "news", "Tags": [{"Key": "a", "Value": "b"}]},
            [("sns:CreateTopic", TOPIC), ("sns:TagResource", TOPIC)],
        ),
        ("sts", "GetSessionToken", {}, []),
        ("sts", "GetCallerIdentity", {}, []),
        ("sts", "AssumeRole", TAKE, [("sts:AssumeRole", ROLE)]),
        (
            "sts",
            "AssumeRole",
            {**TAKE, "Tags": [{"Key": "a", "Value": "b"}], "SourceIdentity": "ann"},
            [("sts:AssumeRole", ROLE), ("sts:TagSession", ROLE), ("sts:SetSourceIdentity", ROLE)],
        ),
        (
            "sts",
            "GetFederationToken",
            {"Name": "guest"},
            [("sts:GetFederationToken", f"arn:aws:sts::{A}:federated-user/guest")],
        ),
        ("sts", "DecodeAuthorizationMessage", {}, [("sts:DecodeAuthorizationMessage", "*")]),
        ("sts", "AssumeRoot", {"TargetPrincipal": B}, [("sts:AssumeRoot", f"arn:aws:iam::{B}:root")]),
    ],
)
def test_operation_takes_actions_on_resources(
    service: str, name: str, parameters: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = needs_of(call(service, name, parameters))

    assert [(need.action, need.resource) for need in found] == expected


def test_a_chained_role_takes_the_source_identity_along_and_needs_the_permission_for_it() -> None:
    from dataclasses import replace

    caller = replace(role_session(role(A, "Reader")), source_identity="ann")

    found = sts.needs(call("sts", "AssumeRole", TAKE, caller=caller))

    assert [need.action for need in found] == ["sts:AssumeRole", "sts:SetSourceIdentity"]


def test_a_queue_and_a_topic_that_are_made_belong_to_the_caller() -> None:
    caller = long_term(user(B, "Richard"))

    queue = sqs.needs(call("sqs", "CreateQueue", {"QueueName": "orders"}, caller=caller))
    topic = sns.needs(call("sns", "CreateTopic", {"Name": "news"}, caller=caller))

    assert queue[0].resource == QUEUE
    assert topic[0].resource == f"arn:aws:sns:us-east-1:{B}:news"
