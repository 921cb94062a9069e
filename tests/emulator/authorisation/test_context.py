"""The condition context."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mfacli.emulator.authorisation.actions.needs import Need
from mfacli.emulator.authorisation.context import need_keys, request_keys
from mfacli.emulator.callers import ANONYMOUS, Caller
from tests.doubles import NOON
from tests.emulator.authorisation.small_book import (
    A,
    B,
    SmallBook,
    call,
    federated,
    incoming,
    long_term,
    role,
    role_session,
    root,
    session_of,
    user,
)

ANN = user(A, "Ann", "/staff/")
RUNNER = role(A, "Runner", "/app/", "nightly")


def _keys(service: str, name: str, parameters: dict[str, object]) -> dict[str, object]:
    return dict(request_keys(call(service, name, parameters), incoming(), now=NOON))


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (
            long_term(ANN),
            {
                "aws:PrincipalType": "User",
                "aws:PrincipalArn": f"arn:aws:iam::{A}:user/staff/Ann",
                "aws:userid": "AIDAANNXXXXXXXXXXXXX",
                "aws:username": "Ann",
                "aws:PrincipalAccount": A,
            },
        ),
        (
            role_session(RUNNER),
            {
                "aws:PrincipalType": "AssumedRole",
                "aws:PrincipalArn": f"arn:aws:iam::{A}:role/app/Runner",
                "aws:userid": "AROARUNNERXXXXXXXXXX:nightly",
                "aws:username": None,
                "aws:PrincipalAccount": A,
            },
        ),
        (
            federated(ANN, "guest"),
            {
                "aws:PrincipalType": "FederatedUser",
                "aws:PrincipalArn": f"arn:aws:sts::{A}:federated-user/guest",
                "aws:userid": f"{A}:guest",
                "aws:username": None,
                "aws:PrincipalAccount": A,
            },
        ),
        (
            long_term(root(A)),
            {
                "aws:PrincipalType": "Account",
                "aws:PrincipalArn": f"arn:aws:iam::{A}:root",
                "aws:userid": A,
                "aws:username": None,
                "aws:PrincipalAccount": A,
            },
        ),
        (
            ANONYMOUS,
            {
                "aws:PrincipalType": "Anonymous",
                "aws:PrincipalArn": None,
                "aws:userid": "anonymous",
                "aws:username": None,
                "aws:PrincipalAccount": None,
            },
        ),
    ],
)
def test_principal_keys_follow_the_kind_of_principal(caller: Caller, expected: dict[str, str | None]) -> None:
    keys = request_keys(call("s3", "ListBuckets", caller=caller), incoming(), now=NOON)

    assert {key: keys.get(key) for key in expected} == expected


def test_the_surroundings_of_the_request_are_told() -> None:
    keys = request_keys(
        call("s3", "ListBuckets"), incoming(user_agent="aws-cli/2", referer="https://x.example"), now=NOON
    )

    assert {key: value for key, value in keys.items() if not key.startswith(("aws:Principal", "aws:user"))} == {
        "aws:CurrentTime": "2026-11-21T12:00:00Z",
        "aws:EpochTime": str(int(NOON.timestamp())),
        "aws:Referer": "https://x.example",
        "aws:RequestedRegion": "us-east-1",
        "aws:SecureTransport": "false",
        "aws:SourceIp": "127.0.0.1",
        "aws:UserAgent": "aws-cli/2",
        "aws:ViaAWSService": "false",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
    }


def test_a_request_without_region_has_none_in_its_context() -> None:
    nowhere = call("sts", "AssumeRole")
    nowhere = replace(nowhere, operation=replace(nowhere.operation, region=""))

    assert "aws:RequestedRegion" not in request_keys(nowhere, incoming(), now=NOON)


def test_only_temporary_credentials_have_a_time_of_issue() -> None:
    keys = [
        request_keys(call("s3", "ListBuckets", caller=caller), incoming(), now=NOON)
        for caller in (long_term(ANN), session_of(ANN), role_session(RUNNER))
    ]

    assert [each.get("aws:TokenIssueTime") for each in keys] == [None, "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"]


def test_session_tags_win_over_the_tags_of_user_role_and_issuer() -> None:
    book = SmallBook(tags={ANN.arn: {"team": "red", "floor": "2"}, RUNNER.role_arn: {"team": "red", "floor": "2"}})
    tagged = [replace(caller, tags=(("team", "blue"),)) for caller in (role_session(RUNNER), federated(ANN, "guest"))]

    for caller in tagged:
        keys = request_keys(call("s3", "ListBuckets", caller=caller, book=book), incoming(), now=NOON)

        assert (keys["aws:PrincipalTag/team"], keys["aws:PrincipalTag/floor"]) == ("blue", "2")


def test_source_identity_stays_with_the_session() -> None:
    caller = replace(role_session(RUNNER), source_identity="ann")

    assert request_keys(call("s3", "ListBuckets", caller=caller), incoming(), now=NOON)["aws:SourceIdentity"] == "ann"


@pytest.mark.parametrize(
    ("service", "name", "parameters", "expected"),
    [
        (
            "sts",
            "AssumeRole",
            {
                "ExternalId": "x-1",
                "RoleSessionName": "work",
                "SourceIdentity": "ann",
                "TransitiveTagKeys": ["team"],
                "Tags": [{"Key": "team", "Value": "red"}],
            },
            {
                "sts:ExternalId": "x-1",
                "sts:RoleSessionName": "work",
                "sts:SourceIdentity": "ann",
                "sts:TransitiveTagKeys": ("team",),
                "aws:RequestTag/team": "red",
                "aws:TagKeys": ("team",),
            },
        ),
        (
            "s3",
            "ListObjectsV2",
            {"Bucket": "b", "Prefix": "a/", "Delimiter": "/", "MaxKeys": 10},
            {"s3:prefix": "a/", "s3:delimiter": "/", "s3:max-keys": "10"},
        ),
        (
            "s3",
            "PutObject",
            {
                "Bucket": "b",
                "Key": "k",
                "ACL": "public-read",
                "Tagging": "team=red&x=",
                "ServerSideEncryption": "AES256",
                "ObjectLockRetainUntilDate": datetime(2027, 1, 1, tzinfo=UTC),
            },
            {
                "s3:x-amz-acl": "public-read",
                "s3:x-amz-server-side-encryption": "AES256",
                "s3:RequestObjectTag/team": "red",
                "s3:RequestObjectTagKeys": ("team", "x"),
                "s3:object-lock-retain-until-date": "2027-01-01T00:00:00Z",
            },
        ),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "7"}, {"s3:VersionId": "7"}),
        (
            "s3",
            "CopyObject",
            {"Bucket": "b", "Key": "k", "CopySource": "/from/x"},
            {"s3:x-amz-copy-source": "from/x"},
        ),
        (
            "s3",
            "CopyObject",
            {"Bucket": "b", "Key": "k", "CopySource": {"Bucket": "from", "Key": "x"}},
            {"s3:x-amz-copy-source": "from/x"},
        ),
        (
            "s3",
            "CreateBucket",
            {"Bucket": "b", "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}},
            {"s3:locationconstraint": "eu-central-1"},
        ),
        (
            "s3",
            "PutBucketTagging",
            {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "team", "Value": "red"}]}},
            {"aws:RequestTag/team": "red", "aws:TagKeys": ("team",)},
        ),
        (
            "sns",
            "Subscribe",
            {"Protocol": "email", "Endpoint": "a@x"},
            {"sns:Protocol": "email", "sns:Endpoint": "a@x"},
        ),
        (
            "iam",
            "AttachUserPolicy",
            {"UserName": "Ann", "PolicyArn": "arn:aws:iam::aws:policy/X"},
            {"iam:PolicyARN": "arn:aws:iam::aws:policy/X"},
        ),
        ("iam", "UntagUser", {"UserName": "Ann", "TagKeys": ["team"]}, {"aws:TagKeys": ("team",)}),
        ("sqs", "TagQueue", {"QueueUrl": "q", "Tags": {"team": "red"}}, {"aws:RequestTag/team": "red"}),
        (
            "dynamodb",
            "GetItem",
            {
                "TableName": "T",
                "Key": {"Id": {"S": "1"}},
                "ProjectionExpression": "Title, #a.b, List[0]",
                "ExpressionAttributeNames": {"#a": "Author"},
                "ReturnConsumedCapacity": "TOTAL",
            },
            {
                "dynamodb:Attributes": ("Id", "Title", "Author", "List"),
                "dynamodb:ReturnConsumedCapacity": "TOTAL",
            },
        ),
        ("dynamodb", "Scan", {"TableName": "T", "Select": "COUNT"}, {"dynamodb:FullTableScan": "true"}),
        (
            "ec2",
            "RunInstances",
            {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "red"}]}]},
            {"ec2:Region": "us-east-1", "aws:RequestTag/team": "red", "aws:TagKeys": ("team",)},
        ),
        (
            "ec2",
            "ModifyInstanceAttribute",
            {"InstanceId": "i-1", "DisableApiTermination": {"Value": False}},
            {"ec2:Attribute/DisableApiTermination": "false"},
        ),
        (
            "ec2",
            "ModifyImageAttribute",
            {"ImageId": "ami-1", "LaunchPermission": {"Add": [{"UserId": B}], "Remove": [{"Group": "all"}]}},
            {"ec2:Add/userId": B, "ec2:Remove/group": "all"},
        ),
    ],
)
def test_parameters_become_condition_keys(
    service: str, name: str, parameters: dict[str, object], expected: dict[str, object]
) -> None:
    keys = _keys(service, name, parameters)

    assert {key: keys.get(key) for key in expected} == expected


def test_what_is_not_asked_is_not_in_the_context() -> None:
    keys = _keys("s3", "ListObjectsV2", {"Bucket": "b"})

    assert not {"s3:prefix", "aws:TagKeys", "aws:SourceIdentity", "aws:CalledVia", "aws:UserAgent"} & keys.keys()


def test_resource_keys_belong_to_one_permission() -> None:
    instance = f"arn:aws:ec2:us-east-1:{A}:instance/i-1"
    book = SmallBook(tags={instance: {"team": "red"}}, types={instance: "t3.micro"})
    stop = call("ec2", "StopInstances", {"InstanceIds": ["i-1"]}, book=book)

    keys = need_keys(stop, Need(action="ec2:StopInstances", resource=instance), A, {"x": "y"})

    assert keys == {
        "x": "y",
        "aws:ResourceAccount": A,
        "aws:ResourceTag/team": "red",
        "ec2:ResourceTag/team": "red",
        "ec2:InstanceType": "t3.micro",
    }


def test_the_type_of_an_instance_to_be_launched_is_the_one_asked_for() -> None:
    launch = call("ec2", "RunInstances", {"InstanceType": "m7i.large"})
    resources = [f"arn:aws:ec2:us-east-1:{A}:{kind}/*" for kind in ("instance", "volume")]

    keys = [need_keys(launch, Need(action="ec2:RunInstances", resource=arn), A, {}) for arn in resources]

    assert [each.get("ec2:InstanceType") for each in keys] == ["m7i.large", None]


def test_tags_of_objects_have_their_own_key() -> None:
    arn = "arn:aws:s3:::b/k"
    book = SmallBook(tags={arn: {"class": "secret"}})

    keys = need_keys(call("s3", "GetObject", book=book), Need(action="s3:GetObject", resource=arn), B, {})

    assert keys == {
        "aws:ResourceAccount": B,
        "s3:ResourceAccount": B,
        "s3:ExistingObjectTag/class": "secret",
    }


def test_the_account_as_a_whole_has_no_resource_keys() -> None:
    assert need_keys(call("s3", "ListBuckets"), Need(action="s3:ListAllMyBuckets"), A, {}) == {}


def test_leading_keys_are_multivalued() -> None:
    table = f"arn:aws:dynamodb:us-east-1:{A}:table/T"
    book = SmallBook(partition_keys={table: "Id"})
    get = call("dynamodb", "GetItem", {"TableName": "T", "Key": {"Id": {"S": "ann"}}}, book=book)

    keys = need_keys(get, Need(action="dynamodb:GetItem", resource=table), A, {})

    assert keys["dynamodb:LeadingKeys"] == ("ann",)
