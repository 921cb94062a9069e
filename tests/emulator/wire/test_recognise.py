"""What botocore writes is read back as it was meant, and what could be read in two ways is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote, urlencode

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Incoming
from mfacli.emulator.wire.models import Models
from mfacli.emulator.wire.recognise import Recogniser, is_reserved, protocol_of, sketch
from mfacli.emulator.wire.services import SERVICES
from tests.emulator.stand_ins import request

RECOGNISER = Recogniser(Models())
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"content-type": "application/x-amz-json-1.0"}
QUEUE = "http://127.0.0.1:5000/111122223333/work"
MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _written(service: str, name: str, parameters: Mapping[str, object]) -> Incoming:
    """Return the request that botocore makes of an operation."""
    model = _model(service)
    made = create_serializer(model.resolved_protocol, False).serialize_to_request(
        dict(parameters), model.operation_model(name)
    )
    body, query = made["body"], made["query_string"]
    if isinstance(body, dict):
        body = urlencode(body)
    if isinstance(query, dict):
        query = urlencode(query, doseq=True, quote_via=quote)
    path = made["url_path"]
    headers = {**FORM, **made["headers"]} if isinstance(made["body"], dict) else made["headers"]
    return request(
        made["method"],
        path + (f"{'&' if '?' in path else '?'}{query}" if query else ""),
        {str(name): str(value) for name, value in headers.items()},
        body.encode() if isinstance(body, str) else body,
    )


def _read(incoming: Incoming, service: str) -> Operation:
    return RECOGNISER.recognise(incoming, service=service, region="eu-west-1")


def _refused(incoming: Incoming, service: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _read(incoming, service)
    return caught.value


CALLS: list[tuple[str, str, dict[str, object]]] = [
    ("sts", "GetCallerIdentity", {}),
    (
        "sts",
        "GetSessionToken",
        {"DurationSeconds": 900, "SerialNumber": "arn:aws:iam::1:mfa/a", "TokenCode": "012345"},
    ),
    (
        "sts",
        "AssumeRole",
        {
            "RoleArn": "arn:aws:iam::111122223333:role/é & ü",
            "RoleSessionName": "s",
            "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"arn": "b"}],
            "Policy": '{"Version": "2012-10-17"}',
            "Tags": [{"Key": "team", "Value": "a+b=c"}, {"Key": "empty", "Value": ""}],
            "TransitiveTagKeys": ["team"],
        },
    ),
    ("iam", "ListUsers", {"PathPrefix": "/", "MaxItems": 5}),
    ("iam", "CreateVirtualMFADevice", {"VirtualMFADeviceName": "a", "Tags": []}),
    (
        "iam",
        "SimulateCustomPolicy",
        {
            "PolicyInputList": ["{}"],
            "ActionNames": ["s3:GetObject", "s3:PutObject"],
            "ContextEntries": [
                {"ContextKeyName": "k", "ContextKeyValues": ["a", "b"], "ContextKeyType": "stringList"}
            ],
        },
    ),
    ("ec2", "StopInstances", {"InstanceIds": ["i-1", "i-2"], "Force": True, "DryRun": False}),
    (
        "ec2",
        "RunInstances",
        {
            "ImageId": "ami-1",
            "MinCount": 1,
            "MaxCount": 2,
            "UserData": "IyEvYmluL3No",
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": True}}],
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
        },
    ),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "tag:a", "Values": ["b", "c"]}]}),
    ("ec2", "DescribeSpotPriceHistory", {"StartTime": MOMENT}),
    (
        "ec2",
        "GetInstanceTypesFromInstanceRequirements",
        {"InstanceRequirements": {"MemoryGiBPerVCpu": {"Min": 0.5}, "VCpuCount": {"Min": 1}}},
    ),
    ("sns", "Publish", {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": "a b\nc&d"}),
    (
        "sns",
        "Publish",
        {"TopicArn": "t", "Message": "m", "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": b"\x00"}}},
    ),
    ("sns", "CreateTopic", {"Name": "t", "Attributes": {"DisplayName": "T", "Policy": "{}"}}),
    ("sqs", "SendMessage", {"QueueUrl": QUEUE, "MessageBody": "a", "DelaySeconds": 0}),
    (
        "sqs",
        "SendMessageBatch",
        {
            "QueueUrl": QUEUE,
            "Entries": [
                {
                    "Id": "1",
                    "MessageBody": "b",
                    "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": b"\xff"}},
                }
            ],
        },
    ),
    ("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"VisibilityTimeout": "5"}, "tags": {"a": "b"}}),
    (
        "dynamodb",
        "PutItem",
        {
            "TableName": "Books",
            "Item": {
                "Isbn": {"S": "日本"},
                "Tags": {"L": [{"N": "1"}, {"BOOL": True}, {"NULL": True}]},
                "B": {"B": b"x"},
            },
        },
    ),
    ("dynamodb", "Scan", {"TableName": "Books", "Limit": 5, "ConsistentRead": True}),
    ("s3", "ListBuckets", {}),
    ("s3", "ListObjectsV2", {"Bucket": "bucket", "Prefix": "a b+c/é", "MaxKeys": 5, "Delimiter": "/"}),
    ("s3", "GetObject", {"Bucket": "bucket", "Key": "a b+c/é~..//x%2F", "VersionId": "v", "Range": "bytes=0-1"}),
    (
        "s3",
        "PutObject",
        {"Bucket": "bucket", "Key": "k", "Body": b"\x00\xff", "ACL": "private", "Metadata": {"a_b": "c"}},
    ),
    ("s3", "CopyObject", {"Bucket": "bucket", "Key": "k", "CopySource": "other/key"}),
    ("s3", "UploadPart", {"Bucket": "bucket", "Key": "k", "PartNumber": 3, "UploadId": "u", "Body": b"x"}),
    ("s3", "UploadPartCopy", {"Bucket": "bucket", "Key": "k", "PartNumber": 3, "UploadId": "u", "CopySource": "o/k"}),
    ("s3", "DeleteObject", {"Bucket": "bucket", "Key": "k", "BypassGovernanceRetention": True}),
    (
        "s3",
        "DeleteObjects",
        {
            "Bucket": "bucket",
            "Delete": {"Objects": [{"Key": " a<&>"}, {"Key": "b", "VersionId": "v"}], "Quiet": True},
        },
    ),
    ("s3", "GetObjectAttributes", {"Bucket": "b-1", "Key": "k", "ObjectAttributes": ["ETag", "ObjectSize"]}),
    ("s3", "PutBucketPolicy", {"Bucket": "bucket", "Policy": '{"Statement": "é"}'}),
    (
        "s3",
        "PutBucketTagging",
        {"Bucket": "bucket", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]}},
    ),
    (
        "s3",
        "PutBucketAcl",
        {
            "Bucket": "bucket",
            "AccessControlPolicy": {
                "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "1"}, "Permission": "READ"}],
                "Owner": {"ID": "2"},
            },
        },
    ),
    ("s3", "CreateBucket", {"Bucket": "bucket", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
]


@pytest.mark.parametrize(("service", "name", "parameters"), CALLS, ids=[f"{call[0]}-{call[1]}" for call in CALLS])
def test_a_call_is_read_as_botocore_wrote_it(service: str, name: str, parameters: dict[str, object]) -> None:
    operation = _read(_written(service, name, parameters), service)

    assert (operation.service, operation.name, operation.region) == (service, name, "eu-west-1")
    assert operation.parameters == parameters


@pytest.mark.parametrize("service", SERVICES)
def test_the_protocol_is_the_one_that_todays_botocore_speaks(service: str) -> None:
    assert SERVICES[service].protocols[0].value == _model(service).resolved_protocol
    assert SERVICES[service].version == _model(service).api_version


# The older clients' spelling, as in botocore before 1.31.81.
OLD_SQS = [
    (
        {"Action": "SendMessage", "MessageBody": "a", "MessageAttribute.1.Name": "k"}
        | {"MessageAttribute.1.Value.DataType": "String", "MessageAttribute.1.Value.StringValue": "v"},
        {"MessageBody": "a", "MessageAttributes": {"k": {"DataType": "String", "StringValue": "v"}}},
    ),
    (
        {"Action": "ReceiveMessage", "AttributeName.1": "All", "MaxNumberOfMessages": "10"},
        {"AttributeNames": ["All"], "MaxNumberOfMessages": 10},
    ),
    (
        {"Action": "SetQueueAttributes", "Attribute.1.Name": "Policy", "Attribute.1.Value": "{}"},
        {"Attributes": {"Policy": "{}"}},
    ),
    (
        {"Action": "TagQueue", "Tag.1.Key": "a", "Tag.1.Value": "b", "Tag.2.Key": "c", "Tag.2.Value": "d"},
        {"Tags": {"a": "b", "c": "d"}},
    ),
    (
        {"Action": "DeleteMessageBatch", "DeleteMessageBatchRequestEntry.1.Id": "1"}
        | {"DeleteMessageBatchRequestEntry.1.ReceiptHandle": "r"},
        {"Entries": [{"Id": "1", "ReceiptHandle": "r"}]},
    ),
]


@pytest.mark.parametrize(("form", "parameters"), OLD_SQS, ids=[form["Action"] for form, _ in OLD_SQS])
def test_sqs_is_also_read_in_its_query_protocol(form: dict[str, str], parameters: dict[str, object]) -> None:
    sent = {**form, "Version": "2012-11-05", "QueueUrl": QUEUE}

    operation = _read(request("POST", "/111122223333/work", FORM, urlencode(sent).encode()), "sqs")

    assert (operation.name, operation.protocol) == (form["Action"], WireProtocol.QUERY)
    assert operation.parameters == {"QueueUrl": QUEUE, **parameters}


def test_a_queue_may_be_named_by_the_path_alone() -> None:
    sent = {"x-amz-target": "AmazonSQS.PurgeQueue", **JSON}

    operation = _read(request("POST", "/111122223333/work", sent, b"{}"), "sqs")

    assert operation.parameters == {"QueueUrl": "/111122223333/work"}


def test_a_queue_named_by_path_and_parameter_must_be_one() -> None:
    sent = {"x-amz-target": "AmazonSQS.PurgeQueue", **JSON}
    body = json.dumps({"QueueUrl": QUEUE}).encode()

    refusal = _refused(request("POST", "/111122223333/other", sent, body), "sqs")

    assert refusal.code == "InvalidAddress"


def _form(**parameters: str) -> bytes:
    return urlencode({"Version": "2011-06-15", **parameters}).encode()


def _post(body: bytes, *, target: str = "/", headers: Mapping[str, str] = FORM) -> Incoming:
    return request("POST", target, headers, body)


@pytest.mark.parametrize(
    ("incoming", "service", "code"),
    [
        (_post(_form(Action="GetCallerIdentity") + b"&Action=GetSessionToken"), "sts", "MalformedInput"),
        (_post(_form(Action="GetCallerIdentity"), target="/?Action=GetSessionToken"), "sts", "MalformedInput"),
        (_post(_form(Action="GetCallerIdentity"), headers={"content-type": "text/plain"}), "sts", "MalformedInput"),
        (_post(_form(Action="GetCallerIdentity"), headers={}), "sts", "MalformedInput"),
        (_post(b"Action=GetCallerIdentity&Version=2011-06-15&a=%FF"), "sts", "MalformedInput"),
        (_post(b"&".join(b"a%d=1" % index for index in range(10_001))), "sts", "MalformedInput"),
        (_post(_form(Action="GetCallerIdentity", **{"a" * 1025: "1"})), "sts", "MalformedInput"),
        (_post(_form(Action="GetCallerIdentity", **{"a." * 40: "1"})), "sts", "MalformedInput"),
        (_post(_form()), "sts", "MissingAction"),
        (_post(b""), "sts", "MissingAction"),
        (_post(_form(Action="GetSessionToken", DurationSeconds="soon")), "sts", "MalformedInput"),
        (_post(_form(Action="GetSessionToken", DurationSeconds="9" * 30)), "sts", "MalformedInput"),
        (_post(_form(Action="AssumeRole", **{"RoleArn.x": "1"})), "sts", "MalformedInput"),
        (request("PUT", "/", FORM, _form(Action="GetCallerIdentity")), "sts", "MalformedInput"),
        (_post(b"Action=StopInstances&Version=2016-11-15&InstanceId.2=i-1"), "ec2", "UnknownParameter"),
        (_post(b"Action=StopInstances&Version=2016-11-15&InstanceId.01=i-1"), "ec2", "UnknownParameter"),
        (_post(b"Action=StopInstances&Version=2016-11-15&InstanceId=i-1"), "ec2", "UnknownParameter"),
        (_post(b"Action=StopInstances&Version=2016-11-15&Force=perhaps"), "ec2", "InvalidParameterValue"),
        (_post(b"Action=DescribeSpotPriceHistory&StartTime=later"), "ec2", "InvalidParameterValue"),
        (
            _post(
                b"Action=GetInstanceTypesFromInstanceRequirements&Version=2016-11-15"
                b"&InstanceRequirements.MemoryGiBPerVCpu.Min=half"
            ),
            "ec2",
            "InvalidParameterValue",
        ),
        (_post(b"Action=ListUsers&Version=2010-05-08&UserName=a"), "iam", "UnknownParameter"),
        (_post(b"Action=CreateTopic&Version=2010-03-31&Name=t&Attributes.entry.1.key=a"), "sns", "MalformedInput"),
        (
            _post(
                b"Action=CreateTopic&Version=2010-03-31&Name=t&Attributes.entry.1.key=a&Attributes.entry.1.value=1"
                b"&Attributes.entry.2.key=a&Attributes.entry.2.value=2"
            ),
            "sns",
            "MalformedInput",
        ),
        (
            _post(
                b"Action=Publish&Version=2010-03-31&MessageAttributes.entry.1.Name=a"
                b"&MessageAttributes.entry.1.Value.BinaryValue=*"
            ),
            "sns",
            "MalformedInput",
        ),
    ],
)
def test_a_query_request_that_cannot_be_read_for_sure_is_refused(incoming: Incoming, service: str, code: str) -> None:
    assert _refused(incoming, service).code == code


def test_sts_ignores_what_it_does_not_know() -> None:
    operation = _read(_post(_form(Action="GetCallerIdentity", Nonsense="1")), "sts")

    assert operation.parameters == {}


def test_a_get_is_read_from_the_address_without_its_signature() -> None:
    target = "/?Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900&X-Amz-Signature=0&X-Amz-Expires=60"

    operation = _read(request("GET", target), "sts")

    assert operation.parameters == {"DurationSeconds": 900}


@pytest.mark.parametrize(
    ("incoming", "service", "message"),
    [
        (_post(_form(Action="Nonsense")), "sts", "Could not find operation Nonsense for version 2011-06-15"),
        (_post(b"Action=GetCallerIdentity"), "sts", "for version NO_VERSION_SPECIFIED"),
        (_post(b"Action=GetCallerIdentity&Version=2010-05-08"), "sts", "for version 2010-05-08"),
        (_post(_form(Action="ListUsers")), "sts", "Could not find operation ListUsers"),
        (_post(b"Action=Nonsense&Version=2016-11-15"), "ec2", "The action Nonsense is not valid"),
        (_post(_form(Action="GetCallerIdentity"), target="/moto-api/reset"), "sts", "no such path"),
        (_post(b"{}", headers={"x-amz-target": "DynamoDB_20120810.Nonsense", **JSON}), "dynamodb", "not recognized"),
        (_post(b"{}", headers={"x-amz-target": "AmazonSQS.ListTables", **JSON}), "dynamodb", "not recognized"),
        (_post(b"{}", headers=JSON), "dynamodb", "not recognized"),
        (_post(b"{}", target="/x", headers={"x-amz-target": "AmazonSQS.ListQueues", **JSON}), "sqs", "no such path"),
        (_post(b"{}", headers={"x-amz-target": "TrentService.Decrypt", **JSON}), "kms", "does not answer for kms"),
        (request("PATCH", "/bucket/key"), "s3", "method is not allowed"),
        (request("POST", "/bucket/key"), "s3", "method is not allowed"),
        (request("POST", "/bucket"), "s3", "method is not allowed"),
        (request("DELETE", "/"), "s3", "method is not allowed"),
    ],
)
def test_an_operation_that_does_not_exist_is_told(incoming: Incoming, service: str, message: str) -> None:
    refusal = _refused(incoming, service)

    assert refusal.kind is RefusalKind.UNKNOWN_OPERATION
    assert message in refusal.message


def test_an_older_version_of_ec2_is_read_as_todays() -> None:
    operation = _read(_post(b"Action=StopInstances&Version=2014-10-01&InstanceId.1=i-1"), "ec2")

    assert operation.parameters == {"InstanceIds": ["i-1"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"TableName": ["Books"]}',
        b'{"TableName": 5}',
        b'{"TableName": {"S": "Books"}}',
        b'{"TableName": "\\ud800"}',
        b'{"Limit": "5"}',
        b'{"Limit": true}',
        b'{"ConsistentRead": "true"}',
        b'{"ExclusiveStartKey": []}',
        b'{"ExclusiveStartKey": {"a": {"B": "*"}}}',
        b'{"ExclusiveStartKey": {"a": {"L": {}}}}',
        b'{"ExclusiveStartKey": ' + b'{"a": {"L": [' * 50_000,
        b'{"ExclusiveStartKey": {"a": ' + b'{"L": [' * 450 + b"{}" + b"]}" * 450 + b"}}",
        b'{"Limit": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_json_body_that_is_not_the_models_is_refused(body: bytes) -> None:
    incoming = _post(body, headers={"x-amz-target": "DynamoDB_20120810.Scan", **JSON})

    if body:
        assert _refused(incoming, "dynamodb").code == "SerializationException"
    else:
        assert _read(incoming, "dynamodb").parameters == {}


def test_json_takes_nulls_and_unknown_members_for_nothing() -> None:
    incoming = _post(b'{"TableName": null, "New": [1]}', headers={"x-amz-target": "DynamoDB_20120810.Scan", **JSON})

    assert _read(incoming, "dynamodb").parameters == {}


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/?Action=DeleteQueue", JSON),
        ("/", {"content-type": "application/x-www-form-urlencoded"}),
        ("/", {"content-type": "application/json"}),
        ("/", {}),
    ],
)
def test_json_with_anything_that_could_say_otherwise_is_refused(target: str, headers: dict[str, str]) -> None:
    incoming = _post(b"{}", target=target, headers={"x-amz-target": "AmazonSQS.ListQueues", **headers})

    assert _refused(incoming, "sqs").code == "SerializationException"


@pytest.mark.parametrize(
    ("incoming", "code"),
    [
        (request("GET", "/bucket?acl&policy"), "InvalidArgument"),
        (request("GET", "/bucket?list-type=2&versions"), "InvalidArgument"),
        (request("PUT", "/bucket/key?acl&uploadId=1"), "InvalidArgument"),
        (request("GET", "/bucket?analytics"), "NotImplemented"),
        (request("GET", "/bucket?list-type=1"), "NotImplemented"),
        (request("GET", "/bucket/key?uploads"), "NotImplemented"),
        (request("GET", "/bucket/key?uploadId="), "NotImplemented"),
        (request("PUT", "/bucket/key?uploadId=1"), "NotImplemented"),
        (request("GET", "/?policy"), "NotImplemented"),
        (request("GET", "/Bucket"), "InvalidBucketName"),
        (request("GET", "/b%75cket"), "InvalidBucketName"),
        (request("GET", "//key"), "InvalidBucketName"),
        (request("GET", "/bu_cket/key"), "InvalidBucketName"),
        (request("GET", "/bucket/%FF"), "InvalidURI"),
        (request("GET", "/bucket?prefix=a&prefix=b"), "MalformedInput"),
        (request("GET", "/bucket?max-keys=many"), "InvalidArgument"),
        (request("GET", "/bucket/key", {}, b"body"), "InvalidRequest"),
        (request("POST", "/bucket/key?uploads", {}, b"body"), "InvalidRequest"),
        (request("PUT", "/bucket?policy", FORM, b"versionId=1"), "InvalidRequest"),
        (request("POST", "/bucket?delete", {}, b"<Delete>"), "MalformedXML"),
        (request("POST", "/bucket?delete", {}, b"\xff"), "MalformedXML"),
        (request("POST", "/bucket?delete", {}, b"<Other/>"), "MalformedXML"),
        (request("POST", "/bucket?delete", {}, b"<!DOCTYPE d [<!ENTITY e 'e'>]><Delete/>"), "MalformedXML"),
        (request("POST", "/bucket?delete", {}, "<!DOCTYPE d><Delete/>".encode("utf-16")), "MalformedXML"),
        (
            request("POST", "/bucket?delete", {}, b"<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>"),
            "MalformedXML",
        ),
        (
            request("POST", "/bucket?delete", {}, b"<Delete><Object><Key>a<b/></Key></Object></Delete>"),
            "MalformedXML",
        ),
        (request("POST", "/bucket?delete", {}, b"<Delete><Quiet>perhaps</Quiet></Delete>"), "MalformedXML"),
        (request("PUT", "/bucket?policy", {}, b"\xff"), "MalformedXML"),
    ],
)
def test_an_s3_request_that_cannot_be_read_for_sure_is_refused(incoming: Incoming, code: str) -> None:
    assert _refused(incoming, "s3").code == code


def test_s3_xml_may_hold_comments_and_literal_sections() -> None:
    body = b"<Delete><!-- two --><Object><Key><![CDATA[a<b]]></Key></Object></Delete>"

    operation = _read(request("POST", "/bucket?delete", {}, body), "s3")

    assert operation.parameters["Delete"] == {"Objects": [{"Key": "a<b"}]}


@pytest.mark.parametrize(
    ("method", "target", "name"),
    [
        ("GET", "/bucket/", "ListObjects"),
        ("GET", "/bucket?inventory", "ListBucketInventoryConfigurations"),
        ("GET", "/bucket?inventory&id=1", "GetBucketInventoryConfiguration"),
        ("GET", "/bucket/key?x-id=GetObject", "GetObject"),
        ("GET", "/bucket/key?partNumber=1", "GetObject"),
        ("HEAD", "/bucket/key", "HeadObject"),
        ("HEAD", "/bucket", "HeadBucket"),
        ("POST", "/bucket/key?uploads", "CreateMultipartUpload"),
        ("POST", "/bucket/key?uploadId=1", "CompleteMultipartUpload"),
        ("DELETE", "/bucket/key?uploadId=1", "AbortMultipartUpload"),
        ("DELETE", "/bucket?policy", "DeleteBucketPolicy"),
    ],
)
def test_s3_operations_are_told_apart(method: str, target: str, name: str) -> None:
    assert _read(request(method, target), "s3").name == name


SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("incoming", "named", "service", "allows_unsigned"),
    [
        (_post(_form(Action="GetCallerIdentity")), "sts", "sts", False),
        (_post(_form(Action="AssumeRoleWithWebIdentity")), "sts", "sts", True),
        (_post(b"Action=StopInstances&Version=2014-10-01"), None, "", False),
        (
            _post(
                b"Action=StopInstances&Version=2014-10-01", headers={**FORM, "authorization": SIGNED.format("ec2")}
            ),
            None,
            "ec2",
            False,
        ),
        (_post(b"{}", headers={"x-amz-target": "DynamoDB_20120810.Scan"}), "dynamodb", "dynamodb", False),
        (_post(b"{}", headers={"x-amz-target": "Trent.Decrypt"}), None, "", False),
        (
            _post(b"{}", headers={"x-amz-target": "Trent.Decrypt", "authorization": SIGNED.format("kms")}),
            None,
            "kms",
            False,
        ),
        (_post(b"a=1&a=2"), None, "s3", True),
        (request("GET", "/bucket/key"), None, "s3", True),
        (
            request("GET", "/bucket/key?X-Amz-Credential=AKIA%2F20261121%2Fus-east-1%2Fs3%2Faws4_request"),
            None,
            "s3",
            True,
        ),
        (request("PUT", "/bucket/key", FORM, _form(Action="GetCallerIdentity")), None, "s3", True),
        (
            _post(b"Action=PurgeQueue&Version=2012-11-05", target="/111122223333/work"),
            "sqs",
            "sqs",
            False,
        ),
    ],
)
def test_an_unchecked_request_is_sketched(
    incoming: Incoming, named: str | None, service: str, allows_unsigned: bool
) -> None:
    found = sketch(incoming)

    assert (found.named, found.service, found.allows_unsigned) == (named, service, allows_unsigned)


@pytest.mark.parametrize(
    ("service", "headers", "protocol"),
    [
        ("sqs", JSON, WireProtocol.JSON),
        ("sqs", {"x-amz-target": "AmazonSQS.ListQueues"}, WireProtocol.JSON),
        ("sqs", FORM, WireProtocol.QUERY),
        ("ec2", JSON, WireProtocol.EC2),
        ("s3", JSON, WireProtocol.REST_XML),
        ("kms", JSON, WireProtocol.JSON),
        ("", FORM, WireProtocol.QUERY),
    ],
)
def test_the_protocol_follows_service_and_client(
    service: str, headers: dict[str, str], protocol: WireProtocol
) -> None:
    assert protocol_of(request("POST", "/", headers), service) is protocol


@pytest.mark.parametrize(
    "target",
    [
        "/moto-api/reset",
        "/moto-api/",
        "/%6doto-api/reset",
        "//moto-api/reset",
        "/./moto-api/reset",
        "/MOTO-API/reset",
        "/moto-apiary",
        "/latest/meta-data/iam/info",
        "/latest%2Fmeta-data/",
        "/latest/api/token",
        "/favicon.ico",
        "/v20180820/accesspoint",
    ],
)
def test_the_data_planes_own_paths_are_reserved(target: str) -> None:
    assert is_reserved(request("GET", target))


@pytest.mark.parametrize("target", ["/", "/bucket/moto-api/reset", "/latest/key", "/bucket?moto-api"])
def test_other_paths_are_not(target: str) -> None:
    assert not is_reserved(request("GET", target))
