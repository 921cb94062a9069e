from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mfacli.emulator.data_plane import MotoPlane
from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.plane.environ import environ_for
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Incoming
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from tests.doubles import NOON
from tests.emulator.town import ACCOUNT_A, ACCOUNT_C, Town, refusal_of

LIST_BUCKETS = Operation(
    service="s3", name="ListBuckets", protocol=WireProtocol.REST_XML, region="us-east-1", parameters={}
)
INCOMING = Incoming(
    method="GET",
    target="/",
    headers=(("host", "127.0.0.1:4566"),),
    body=b"",
    received_at=NOON,
    request_id="1",
)


@pytest.fixture(scope="module")
def plane() -> MotoPlane:
    return MotoPlane(MotoWorld(default_world(), WorldKey.ephemeral()))


def test_it_acts_in_the_account_that_the_gate_says(plane: MotoPlane) -> None:
    in_a = plane.forward(LIST_BUCKETS, INCOMING, ACCOUNT_A)
    in_c = plane.forward(LIST_BUCKETS, INCOMING, ACCOUNT_C)

    assert b"account-a-bucket" in in_a.body
    assert b"account-a-bucket" not in in_c.body


@pytest.mark.parametrize("name", ["x-moto-account-id", "x_moto_account_id", "x-moto_account-id"])
def test_a_client_cannot_choose_the_account(plane: MotoPlane, name: str) -> None:
    sneaky = replace(INCOMING, headers=(*INCOMING.headers, (name, ACCOUNT_A)))

    answer = plane.forward(LIST_BUCKETS, sneaky, ACCOUNT_C)

    assert b"account-a-bucket" not in answer.body


def test_the_region_is_the_one_that_was_signed() -> None:
    incoming = replace(INCOMING, headers=(*INCOMING.headers, ("user-agent", "Boto3 region/eu-west-1")))

    environ = environ_for(replace(LIST_BUCKETS, service="sqs", region="us-west-2"), incoming, ACCOUNT_A)

    assert "HTTP_USER_AGENT" not in environ
    assert "/us-west-2/sqs/" in str(environ["HTTP_AUTHORIZATION"])


@pytest.mark.parametrize("host", ["bucket.s3.amazonaws.com", "bucket.localhost:4566", "account-a-bucket.example", ""])
def test_no_host_names_a_bucket(host: str) -> None:
    environ = environ_for(LIST_BUCKETS, replace(INCOMING, headers=(("host", host),)), ACCOUNT_A)

    assert environ["HTTP_HOST"] in ("localhost", "localhost:4566")


def test_a_header_with_underscores_does_not_stand_in_for_one_with_dashes() -> None:
    headers = (
        ("x_amz_copy_source", "/evil"),
        ("x-amz-meta-my_key", "kept"),
        ("x-amz-meta-a-b", "dash"),
        ("x-amz-meta-a_b", "no"),
    )

    environ = environ_for(LIST_BUCKETS, replace(INCOMING, headers=headers), ACCOUNT_A)

    assert "HTTP_X_AMZ_COPY_SOURCE" not in environ
    assert environ["HTTP_X_AMZ_META_MY_KEY"] == "kept"
    assert environ["HTTP_X_AMZ_META_A_B"] == "dash"


def test_a_service_that_is_not_emulated_is_unknown(plane: MotoPlane) -> None:
    with pytest.raises(Refusal) as caught:
        plane.forward(replace(LIST_BUCKETS, service="lambda"), INCOMING, ACCOUNT_A)

    assert caught.value.kind is RefusalKind.UNKNOWN_OPERATION


@pytest.mark.parametrize(
    ("service", "region"), [("sqs", "mars-north-1"), ("s3", "cn-north-1"), ("iam", "us-gov-west-1")]
)
def test_a_region_that_the_world_does_not_have_is_refused(plane: MotoPlane, service: str, region: str) -> None:
    with pytest.raises(Refusal) as caught:
        plane.forward(replace(LIST_BUCKETS, service=service, region=region), INCOMING, ACCOUNT_A)

    assert caught.value.message == f"Credential should be scoped to a valid Region, not '{region}'. "


def test_nothing_is_delivered_over_the_network(town: Town) -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT_A}:announcements"

    told = refusal_of(
        lambda: town.sns("Anaya").subscribe(TopicArn=topic, Protocol="http", Endpoint="http://192.0.2.1/")
    )

    assert (told.code, told.status) == ("InvalidParameter", 400)


def test_a_denying_bucket_policy_is_judged_by_the_gate_alone(town: Town) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::guarded/*"],
                "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            }
        ],
    }
    s3 = town.s3("Anaya")
    s3.create_bucket(Bucket="guarded")
    s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps(policy))

    told = refusal_of(lambda: s3.put_object(Bucket="guarded", Key="k", Body=b"1"))
    with_mfa = town.s3(town.session("Anaya"))
    with_mfa.put_object(Bucket="guarded", Key="k", Body=b"1")
    read = with_mfa.get_object(Bucket="guarded", Key="k")["Body"].read()

    assert told.code == "AccessDenied"
    assert read == b"1"
    assert json.loads(s3.get_bucket_policy(Bucket="guarded")["Policy"]) == policy


@pytest.mark.parametrize("key", ["a b+c/é~..//x", "folder/", "%2F", "=&?#", "/leading"])
def test_object_keys_arrive_as_they_were_sent(town: Town, key: str) -> None:
    s3 = town.s3("Anaya")
    s3.put_object(Bucket="account-a-bucket", Key=key, Body=key.encode(), Metadata={"my_name": "x", "other-name": "y"})

    found = s3.get_object(Bucket="account-a-bucket", Key=key)

    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket="account-a-bucket")["Contents"]]
    assert found["Body"].read() == key.encode()
    assert found["Metadata"] == {"my_name": "x", "other-name": "y"}
    assert key in listed


def test_heads_tell_the_length(town: Town) -> None:
    s3 = town.s3("Anaya")
    s3.put_object(Bucket="account-a-bucket", Key="long", Body=b"12345")

    assert s3.head_object(Bucket="account-a-bucket", Key="long")["ContentLength"] == 5


def test_a_presigned_address_works_as_long_as_its_session(town: Town) -> None:
    s3 = town.s3(town.session("Anaya"))
    s3.put_object(Bucket="account-a-bucket", Key="shared", Body=b"for you")
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "account-a-bucket", "Key": "shared"})

    with urllib.request.urlopen(address) as answer:
        body = answer.read()

    assert body == b"for you"


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("s3", "MalformedPolicy"),
        ("sqs", "InvalidAttributeValue"),
        ("sns", "InvalidParameter"),
        ("dynamodb", "ValidationException"),
    ],
)
def test_resources_take_no_malformed_policies(town: Town, service: str, code: str) -> None:
    bad = '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}'
    arn = f"arn:aws:{service}:us-east-1:{ACCOUNT_A}"
    calls = {
        "s3": lambda: town.s3("Anaya").put_bucket_policy(Bucket="account-a-bucket", Policy=bad),
        "sqs": lambda: town.sqs("Anaya").set_queue_attributes(
            QueueUrl=f"{town.url}/{ACCOUNT_A}/orders", Attributes={"Policy": bad}
        ),
        "sns": lambda: town.sns("Anaya").set_topic_attributes(
            TopicArn=f"{arn}:announcements", AttributeName="Policy", AttributeValue=bad
        ),
        "dynamodb": lambda: town.dynamodb("Anaya").put_resource_policy(ResourceArn=f"{arn}:table/Books", Policy=bad),
    }

    told = refusal_of(calls[service])

    assert (told.code, told.status) == (code, 400)


def test_other_topic_attributes_are_not_read_as_policies(town: Town) -> None:
    sns, topic = town.sns("Anaya"), f"arn:aws:sns:us-east-1:{ACCOUNT_A}:announcements"

    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="{")

    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "{"


def test_a_table_policy_counts(town: Town) -> None:
    arn = f"arn:aws:dynamodb:us-east-1:{ACCOUNT_A}:table/Films"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_A}:user/Jorge"},
                "Action": "dynamodb:Scan",
                "Resource": arn,
            }
        ],
    }
    before = refusal_of(lambda: town.dynamodb("Jorge").scan(TableName="Films"))

    town.dynamodb("Anaya").put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))

    assert before.code == "AccessDeniedException"
    assert town.dynamodb("Jorge").scan(TableName="Films")["Count"] == 0


def test_instances_are_stopped_and_terminated_with_mfa_only(town: Town) -> None:
    long_term = town.ec2("Sofia")
    reservations = long_term.describe_instances()["Reservations"]
    web = next(
        instance["InstanceId"]
        for reservation in reservations
        for instance in reservation["Instances"]
        if {"Key": "Name", "Value": "web"} in instance["Tags"]
    )

    with_key = refusal_of(lambda: long_term.stop_instances(InstanceIds=[web]))
    without_mfa = refusal_of(
        lambda: town.ec2(town.session("Sofia", with_mfa=False)).terminate_instances(InstanceIds=[web])
    )
    with_mfa = town.ec2(town.session("Sofia"))
    stopped = with_mfa.stop_instances(InstanceIds=[web])["StoppingInstances"]
    terminated = with_mfa.terminate_instances(InstanceIds=[web])["TerminatingInstances"]

    assert (with_key.code, without_mfa.code) == ("UnauthorizedOperation", "UnauthorizedOperation")
    assert [stopped[0]["InstanceId"], terminated[0]["InstanceId"]] == [web, web]


def test_many_threads_at_once_lose_nothing(town: Town) -> None:
    s3 = town.s3("Anaya")
    s3.create_bucket(Bucket="crowded")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: s3.put_object(Bucket="crowded", Key=f"k{n}", Body=b"1"), range(40)))

    assert s3.list_objects_v2(Bucket="crowded")["KeyCount"] == 40


def test_objects_are_gone_after_a_reset(town: Town) -> None:
    s3 = town.s3("Anaya")
    s3.put_object(Bucket="account-a-bucket", Key="passing", Body=b"1")
    s3.create_multipart_upload(Bucket="account-a-bucket", Key="half")

    town.control.reset()

    assert "Contents" not in s3.list_objects_v2(Bucket="account-a-bucket")
