"""The front and the world together: what the gate has read is what is done, byte for byte."""

from __future__ import annotations

import base64
import os
import subprocess
import urllib.request
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import get_session

from mfacli.domain.secret import Secret
from mfacli.emulator.signing.signature import Scope, Signer
from tests.emulator.town import Town, refusal_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

OWNER = "A:root"
BUCKET = "kept-as-sent"
KEYS = [
    "a b+c/é~..//x%2F",
    "..",
    "a/../b",
    "//",
    "folder/",
    "100%",
    "日本語/キー",
    "q?a=b&c#d",
    "moto-api/reset",
    "a\\b",
]
DEBIANS_CLI = Path("/usr/bin/aws")


@pytest.fixture(scope="module")
def bucket(town: Town) -> S3Client:
    """A client of the owner of an empty bucket."""
    client = town.s3(OWNER)
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.mark.parametrize("key", KEYS)
def test_an_object_comes_back_under_its_own_key(key: str, bucket: S3Client) -> None:
    bucket.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"my_key": "v  w", "a-b": "c"})

    found = bucket.get_object(Bucket=BUCKET, Key=key)
    listed = bucket.list_objects_v2(Bucket=BUCKET, Prefix=key)["Contents"]
    assert (found["Body"].read(), found["Metadata"]) == (key.encode(), {"my_key": "v  w", "a-b": "c"})
    assert key in [entry["Key"] for entry in listed]


def test_parts_of_objects_are_sent_and_put_together(bucket: S3Client) -> None:
    upload = bucket.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
    part = bucket.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=1, Body=b"x" * 6_000_000)
    bucket.complete_multipart_upload(
        Bucket=BUCKET,
        Key="big",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )

    ranged = bucket.get_object(Bucket=BUCKET, Key="big", Range="bytes=5999998-")

    assert bucket.head_object(Bucket=BUCKET, Key="big")["ContentLength"] == 6_000_000
    assert ranged["Body"].read() == b"xx"


def test_a_missing_object_is_told_with_and_without_a_body(bucket: S3Client) -> None:
    told = refusal_of(lambda: bucket.get_object(Bucket=BUCKET, Key="missing"))
    headed = refusal_of(lambda: bucket.head_object(Bucket=BUCKET, Key="missing"))

    assert (told.code, told.status) == ("NoSuchKey", 404)
    assert (headed.code, headed.status) == ("404", 404)


def _presigner(town: Town) -> S3Client:
    keys = town.control.environment_of(OWNER)
    client = get_session().create_client(
        "s3",
        endpoint_url=town.url,
        region_name="us-east-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key.reveal(),
        config=Config(signature_version="s3v4"),
    )
    return cast("S3Client", client)


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    request = urllib.request.Request(url, method=method, data=body, headers=dict(headers))
    with urllib.request.urlopen(request, timeout=30) as response:
        status: int = response.status
        return status


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_presigned_upload_keeps_its_body_whatever_its_type(content_type: str, town: Town, bucket: S3Client) -> None:
    url = _presigner(town).generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "pre signed"})

    status = _send("PUT", url, b"key=value&file=x", {"Content-Type": content_type})

    assert status == 200
    assert bucket.get_object(Bucket=BUCKET, Key="pre signed")["Body"].read() == b"key=value&file=x"


class _ChunkedAuth(S3SigV4Auth):
    """botocore's signer for a body that is sent in chunks."""

    def __init__(self, credentials: Credentials, form: str) -> None:
        super().__init__(credentials, "s3", "us-east-1")
        self._form = form

    def payload(self, request: AWSRequest) -> str:
        """Return what stands for the body."""
        return self._form


def _chunked_headers(town: Town, key: str, form: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return address and signed headers of an upload in chunks."""
    keys = town.control.environment_of(OWNER)
    url = f"{town.url}/{BUCKET}/{key}"
    chunked = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": "5"}
    request = AWSRequest("PUT", url, headers={**chunked, **headers})
    _ChunkedAuth(Credentials(keys.access_key_id, keys.secret_access_key.reveal()), form).add_auth(request)
    return url, {name: str(value) for name, value in request.headers.items()}


def test_an_upload_in_unsigned_chunks_is_kept_without_its_frames(town: Town, bucket: S3Client) -> None:
    checksum = base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big")).decode()
    body = f"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n".encode()
    form = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    url, headers = _chunked_headers(town, "unsigned-chunks", form, {"x-amz-trailer": "x-amz-checksum-crc32"})

    status = _send("PUT", url, body, headers)

    assert status == 200
    assert bucket.get_object(Bucket=BUCKET, Key="unsigned-chunks")["Body"].read() == b"hello"


def test_an_upload_in_signed_chunks_is_kept_without_its_frames(town: Town, bucket: S3Client) -> None:
    # botocore signs the request; the chunks' arithmetic is the one that AWS's published example vouches for.
    url, headers = _chunked_headers(town, "signed-chunks", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", {})
    stamp, previous = headers["X-Amz-Date"], headers["Authorization"].rpartition("=")[2]
    secret = Secret(town.control.environment_of(OWNER).secret_access_key.reveal())
    scope = Scope(date=stamp[:8], region="us-east-1", service="s3", terminator="aws4_request")
    signer, body = Signer(secret, scope=scope, stamp=stamp), b""
    for chunk in (b"hello", b""):
        previous = signer.chunk_signature(previous, chunk)
        body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + b"\r\n"

    status = _send("PUT", url, body, headers)

    assert status == 200
    assert bucket.get_object(Bucket=BUCKET, Key="signed-chunks")["Body"].read() == b"hello"


def test_a_text_that_looks_like_an_order_is_only_a_text(town: Town) -> None:
    queues, topics, tables = town.sqs(OWNER), town.sns(OWNER), town.dynamodb(OWNER)
    queue = queues.create_queue(QueueName="texts")["QueueUrl"]
    topic = topics.create_topic(Name="texts")["TopicArn"]

    queues.send_message(QueueUrl=queue, MessageBody="a&Action=DeleteQueue&b")
    topics.publish(TopicArn=topic, Message="a&Action=DeleteTopic&b")
    tables.put_item(TableName="Books", Item={"ISBN": {"S": "a&Action=DeleteTable&b"}})

    assert queues.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "a&Action=DeleteQueue&b"
    assert topic in [entry["TopicArn"] for entry in topics.list_topics()["Topics"]]
    assert "Books" in tables.list_tables()["TableNames"]


@pytest.mark.parametrize(
    "path", ["moto-api/reset", "moto-api/data.json", "latest/meta-data/iam/info", "%6doto-api/reset"]
)
def test_motos_controls_are_out_of_reach(path: str, town: Town) -> None:
    with pytest.raises(urllib.request.HTTPError) as caught:
        _send("POST", f"{town.url}/{path}", b"", {})

    with caught.value as answer:
        assert answer.code == 404


@pytest.mark.real
@pytest.mark.skipif(not DEBIANS_CLI.exists() and "CI" not in os.environ, reason="needs Debian's AWS CLI")
def test_an_old_clients_queue_protocol_is_understood(town: Town) -> None:
    keys = town.control.environment_of(OWNER)
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ["HOME"],
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key.reveal(),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PAGER": "",
    }

    def cli(*arguments: str) -> str:
        command = [str(DEBIANS_CLI), "--endpoint-url", town.url, "sqs", *arguments, "--output", "text"]
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return finished.stdout.strip() if finished.returncode == 0 else finished.stderr

    url = cli("create-queue", "--queue-name", "old", "--attributes", "VisibilityTimeout=5", "--query", "QueueUrl")
    sent = cli("send-message", "--queue-url", url, "--message-body", "from of old", "--query", "MessageId")
    received = cli("receive-message", "--queue-url", url, "--query", "Messages[0].Body")
    missing = cli("send-message", "--queue-url", f"{url}-missing", "--message-body", "x")

    assert (len(sent), received) == (36, "from of old")
    assert "AWS.SimpleQueueService.NonExistentQueue" in missing
