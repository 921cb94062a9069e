"""boto3, whose signer and parsers are its own: what it signs verifies, and what the emulator answers it reads."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mfacli.emulator.log import Outcome
from mfacli.emulator.server import running
from tests.emulator.stand_ins import (
    KEY_ID,
    SECRET,
    SESSION_KEY_ID,
    SESSION_TOKEN,
    STALE_KEY_ID,
    Front,
    front,
)
from tests.emulator.stand_ins import request as request_by_hand

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

# boto3's clients have as many types as there are services.
Client = Any
Call = Callable[[Client], object]
SERVICES: dict[str, Call] = {
    "sts": lambda client: client.get_caller_identity(),
    "iam": lambda client: client.list_users(),
    "ec2": lambda client: client.describe_instances(),
    "s3": lambda client: client.list_buckets(),
    "dynamodb": lambda client: client.list_tables(),
    "sqs": lambda client: client.list_queues(),
    "sns": lambda client: client.list_topics(),
}
TABLE = [pytest.param(service, call, id=service) for service, call in SERVICES.items()]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Front, str]]:
    """One emulator for the tests that leave it as it was."""
    parts = front(denied=("DeleteObject", "TerminateInstances", "DeleteTable", "DeleteQueue", "DeleteTopic"))
    with running(parts.emulator) as url:
        yield parts, url


@pytest.fixture
def parts(shared: tuple[Front, str]) -> Front:
    """What the shared emulator is built from, its records cleared."""
    shared[0].log.clear()
    shared[0].plane.seen.clear()
    return shared[0]


@pytest.fixture
def url(shared: tuple[Front, str]) -> str:
    """The shared emulator's address."""
    return shared[1]


PLAIN = Config(retries={"total_max_attempts": 1})
V4 = PLAIN.merge(Config(signature_version="s3v4"))


@cache
def _client(
    service: str,
    url: str,
    *,
    key_id: str = KEY_ID,
    secret: str = SECRET,
    token: str | None = None,
    config: Config = PLAIN,
) -> Client:
    return boto3.client(  # type: ignore[call-overload]  # the service is a parameter here
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=config,
    )


def _s3(url: str, *, key_id: str = KEY_ID, secret: str = SECRET, token: str | None = None) -> S3Client:
    client: S3Client = _client("s3", url, key_id=key_id, secret=secret, token=token, config=V4)
    return client


def _error(call: Call, client: Client) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(client)
    response = caught.value.response
    return (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )


@pytest.mark.parametrize(("service", "call"), TABLE)
def test_a_long_term_keys_signature_verifies(service: str, call: Call, url: str, parts: Front) -> None:
    call(_client(service, url))

    (record,) = parts.log.records()
    assert (record.outcome, record.access_key_id, record.service) == (Outcome.ALLOWED, KEY_ID, service)


@pytest.mark.parametrize(("service", "call"), TABLE)
def test_a_sessions_signature_verifies(service: str, call: Call, url: str, parts: Front) -> None:
    call(_client(service, url, key_id=SESSION_KEY_ID, token=SESSION_TOKEN))

    assert [record.access_key_id for record in parts.log.records()] == [SESSION_KEY_ID]


INVALID_TOKEN = "The security token included in the request is invalid."
NO_KEY = "The AWS Access Key Id you provided does not exist in our records."
NOT_VALIDATED = "AWS was not able to validate the provided access credentials"
EXPIRED = "The security token included in the request is expired"


@pytest.mark.parametrize(
    ("service", "code", "status", "message"),
    [
        ("sts", "InvalidClientTokenId", 403, INVALID_TOKEN),
        ("iam", "InvalidClientTokenId", 403, INVALID_TOKEN),
        ("sns", "InvalidClientTokenId", 403, INVALID_TOKEN),
        ("sqs", "InvalidClientTokenId", 403, INVALID_TOKEN),
        ("dynamodb", "UnrecognizedClientException", 400, INVALID_TOKEN),
        ("ec2", "AuthFailure", 401, NOT_VALIDATED),
        ("s3", "InvalidAccessKeyId", 403, NO_KEY),
    ],
)
def test_an_unknown_key_and_a_foreign_token_are_told_alike(
    service: str, code: str, status: int, message: str, url: str
) -> None:
    unknown = _error(SERVICES[service], _client(service, url, key_id="AKIAUNKNOWN"))
    foreign = _error(SERVICES[service], _client(service, url, key_id=SESSION_KEY_ID, token="another"))

    assert unknown == foreign == (code, status, message)


@pytest.mark.parametrize(
    ("service", "code", "status", "message"),
    [
        ("sts", "ExpiredToken", 403, EXPIRED),
        ("iam", "ExpiredToken", 403, EXPIRED),
        ("sns", "ExpiredToken", 403, EXPIRED),
        ("sqs", "ExpiredToken", 403, EXPIRED),
        ("dynamodb", "ExpiredTokenException", 400, EXPIRED),
        ("ec2", "RequestExpired", 400, "Request has expired."),
        ("s3", "ExpiredToken", 400, "The provided token has expired."),
    ],
)
def test_an_expired_session_is_told(service: str, code: str, status: int, message: str, url: str) -> None:
    found = _error(SERVICES[service], _client(service, url, key_id=STALE_KEY_ID, token=SESSION_TOKEN))

    assert found == (code, status, message)


MISMATCH = "The request signature we calculated does not match the signature you provided. Check your"


@pytest.mark.parametrize(
    ("service", "code", "status", "message"),
    [
        ("sts", "SignatureDoesNotMatch", 403, MISMATCH),
        ("iam", "SignatureDoesNotMatch", 403, MISMATCH),
        ("sns", "SignatureDoesNotMatch", 403, MISMATCH),
        ("sqs", "SignatureDoesNotMatch", 403, MISMATCH),
        ("dynamodb", "InvalidSignatureException", 400, MISMATCH),
        ("ec2", "AuthFailure", 401, NOT_VALIDATED),
        ("s3", "SignatureDoesNotMatch", 403, MISMATCH),
    ],
)
def test_a_wrong_secret_is_told(service: str, code: str, status: int, message: str, url: str) -> None:
    found = _error(SERVICES[service], _client(service, url, secret="wrong"))

    assert found[:2] == (code, status)
    assert found[2].startswith(message)


@pytest.mark.parametrize(
    ("service", "call", "code", "status"),
    [
        ("ec2", lambda client: client.terminate_instances(InstanceIds=["i-1"]), "UnauthorizedOperation", 403),
        ("dynamodb", lambda client: client.delete_table(TableName="Books"), "AccessDeniedException", 400),
        ("sqs", lambda client: client.delete_queue(QueueUrl="http://h/111122223333/q"), "AccessDenied", 403),
        ("sns", lambda client: client.delete_topic(TopicArn="arn:aws:sns:::t"), "AuthorizationError", 403),
        ("s3", lambda client: client.delete_object(Bucket="bucket", Key="key"), "AccessDenied", 403),
    ],
)
def test_a_policys_no_is_told(service: str, call: Call, code: str, status: int, url: str, parts: Front) -> None:
    found = _error(call, _client(service, url))

    assert found == (code, status, "User: arn:aws:iam::111122223333:user/Anaya is not authorized")
    assert [record.outcome for record in parts.log.records()] == [Outcome.DENIED]
    assert not parts.plane.seen


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [
        ("sts", "SignatureDoesNotMatch", 403),
        ("dynamodb", "InvalidSignatureException", 400),
        ("s3", "RequestTimeTooSkewed", 403),
        ("ec2", "AuthFailure", 401),
    ],
)
def test_a_skewed_clock_is_told(service: str, code: str, status: int) -> None:
    parts = front()
    parts.clock.set_skew(timedelta(hours=2))

    with running(parts.emulator) as url:
        found = _error(SERVICES[service], _client(service, url))

    assert found[:2] == (code, status)


KEYS = [
    "plain",
    "a b+c/é~..//x%2F",
    "..",
    "a/../b",
    "//",
    "folder/",
    "100%",
    "日本語/キー",
    "q?a=b&c#d",
    "*'()!@$,;:=",
]


@pytest.mark.parametrize("key", KEYS)
def test_an_object_keys_every_character_is_signed_and_read(key: str, url: str, parts: Front) -> None:
    _s3(url).put_object(Bucket="bucket", Key=key, Body=b"content", Metadata={"my_key": "v  w"})

    ((operation, incoming, account_id),) = parts.plane.seen
    assert (operation.name, operation.parameters["Bucket"], operation.parameters["Key"]) == (
        "PutObject",
        "bucket",
        key,
    )
    assert operation.parameters["Metadata"] == {"my_key": "v  w"}
    assert (incoming.body, account_id) == (b"content", "111122223333")


@pytest.mark.parametrize(
    "config",
    [Config(request_checksum_calculation="when_required"), Config(s3={"payload_signing_enabled": False})],
    ids=["no checksum", "unsigned payload"],
)
def test_other_ways_to_sign_a_body_verify(config: Config, url: str, parts: Front) -> None:
    _client("s3", url, config=V4.merge(config)).put_object(Bucket="bucket", Key="key", Body=b"content")

    assert [operation.name for operation, _, _ in parts.plane.seen] == ["PutObject"]


class _Caught(Exception):
    """Carries a request that botocore was about to send."""

    def __init__(self, request: Any) -> None:
        super().__init__()
        self.request = request


def _catch(request: object, **_: object) -> None:
    raise _Caught(request)


def test_what_is_sent_over_https_verifies_too() -> None:
    # Over https botocore sends the body in unsigned chunks, with its checksum in a trailer.
    parts, url = front(), "https://127.0.0.1:1"
    client = _client("s3", url, config=V4)
    client.meta.events.register("before-send.s3.PutObject", _catch)
    with pytest.raises(_Caught) as caught:
        client.put_object(Bucket="bucket", Key="key", Body=b"content")
    sent = caught.value.request
    headers = {"host": "127.0.0.1:1"} | {str(name): _text(value) for name, value in sent.headers.items()}

    answer = parts.emulator.handle(
        request_by_hand(sent.method, sent.url.removeprefix(url), headers, sent.body.read(), at=parts.clock.wire_now())
    )

    ((_, incoming, _),) = parts.plane.seen
    assert answer.status == 200
    assert incoming.header("x-amz-content-sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    assert incoming.body.startswith(b"7\r\ncontent\r\n0\r\nx-amz-checksum-")


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _fetch(url: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            status: int = response.status
            return status
    except HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("key", ["plain", "a b+c/é~..//x%2F"])
@pytest.mark.parametrize("token", [None, SESSION_TOKEN])
def test_a_presigned_object_address_verifies(key: str, token: str | None, url: str, parts: Front) -> None:
    key_id = KEY_ID if token is None else SESSION_KEY_ID
    address = _s3(url, key_id=key_id, token=token).generate_presigned_url(
        "get_object", Params={"Bucket": "bucket", "Key": key}, ExpiresIn=60
    )

    status = _fetch(address)

    assert status == 200
    assert [(op.name, op.parameters["Key"]) for op, _, _ in parts.plane.seen] == [("GetObject", key)]


def test_a_presigned_upload_verifies_with_its_signed_header_only(url: str, parts: Front) -> None:
    address = _s3(url).generate_presigned_url(
        "put_object", Params={"Bucket": "bucket", "Key": "key", "ContentType": "text/plain"}, ExpiresIn=60
    )

    right = _fetch(address, method="PUT", body=b"x", headers={"Content-Type": "text/plain"})
    wrong = _fetch(address, method="PUT", body=b"x", headers={"Content-Type": "text/html"})
    unsigned = _fetch(
        address, method="PUT", body=b"x", headers={"Content-Type": "text/plain", "x-amz-acl": "public-read"}
    )

    assert (right, wrong, unsigned) == (200, 403, 403)
    assert len(parts.plane.seen) == 1


@pytest.mark.parametrize("token", [None, SESSION_TOKEN])
def test_a_presigned_sts_address_verifies(token: str | None, url: str) -> None:
    client = _client("sts", url, key_id=SESSION_KEY_ID if token else KEY_ID, token=token)
    by_get = client.generate_presigned_url("get_caller_identity", HttpMethod="GET")
    by_post = client.generate_presigned_url("get_caller_identity")

    assert (_fetch(by_get), _fetch(by_post, method="POST"), _fetch(by_post)) == (200, 200, 403)


def test_an_unsigned_s3_request_is_nobodys(url: str, parts: Front) -> None:
    status = _fetch(f"{url}/bucket/key")

    assert status == 200
    assert [record.caller for record in parts.log.records()] == ["anonymous"]


def test_an_unsigned_call_elsewhere_is_told(url: str) -> None:
    from botocore import UNSIGNED

    found = _error(SERVICES["sts"], _client("sts", url, config=PLAIN.merge(Config(signature_version=UNSIGNED))))

    assert found == ("MissingAuthenticationToken", 403, "Request is missing Authentication Token")


def test_the_request_id_is_the_logs(url: str, parts: Front) -> None:
    of_sts = _client("sts", url).get_caller_identity()["ResponseMetadata"]["RequestId"]
    of_s3 = _s3(url).list_buckets()["ResponseMetadata"]["RequestId"]

    assert [record.request_id for record in parts.log.records()] == [of_sts, of_s3]


def test_the_date_header_is_wire_time() -> None:
    parts = front()
    parts.clock.set_skew(timedelta(days=-3))

    with running(parts.emulator) as url, pytest.raises(ClientError) as caught:
        _client("sts", url).get_caller_identity()

    from email.utils import parsedate_to_datetime

    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert abs(parsedate_to_datetime(headers["date"]) - parts.clock.wire_now()) < timedelta(minutes=1)


def test_a_wrong_secret_at_s3_is_told_with_details(url: str) -> None:
    with pytest.raises(ClientError) as caught:
        _s3(url, secret="wrong").list_buckets()

    error: dict[str, object] = dict(caught.value.response["Error"])
    assert error["AWSAccessKeyId"] == KEY_ID
    assert str(error["CanonicalRequest"]).startswith("GET\n/\n")
