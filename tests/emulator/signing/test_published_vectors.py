"""The examples that AWS publishes: the Signature Version 4 test suite, IAM's, and those in S3's API reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.signing.authenticate import authenticate
from tests.emulator.stand_ins import KEY_ID, SECRET, SmallDirectory, request

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
FORM = "application/x-www-form-urlencoded"
FORM_UTF8 = f"{FORM}; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A published request and the signature that it leads to."""

    name: str
    signature: str
    signed: str
    stamp: str
    scope: str
    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    key_id: str = KEY_ID
    secret: str = SECRET

    @property
    def authorization(self) -> str:
        """The header that carries the signature."""
        credential = f"{self.key_id}/{self.stamp[:8]}/{self.scope}/aws4_request"
        return f"AWS4-HMAC-SHA256 Credential={credential},SignedHeaders={self.signed},Signature={self.signature}"


def _suite(
    name: str,
    signature: str,
    *,
    method: str = "GET",
    target: str = "/",
    extra: tuple[tuple[str, str], ...] = (),
    signed: str = "host;x-amz-date",
    body: bytes = b"",
) -> Vector:
    return Vector(
        name=name,
        signature=signature,
        signed=signed,
        stamp="20150830T123600Z",
        scope="us-east-1/service",
        method=method,
        target=target,
        headers=(("Host", "example.amazonaws.com"), *extra, ("X-Amz-Date", "20150830T123600Z")),
        body=body,
        key_id="AKIDEXAMPLE",
        secret=SUITE_SECRET,
    )


def _s3(
    name: str,
    signature: str,
    signed: str,
    *,
    target: str,
    extra: tuple[tuple[str, str], ...] = (),
    method: str = "GET",
    body: bytes = b"",
    payload: str = EMPTY,
    host: str = "examplebucket.s3.amazonaws.com",
) -> Vector:
    return Vector(
        name=name,
        signature=signature,
        signed=signed,
        stamp="20130524T000000Z",
        scope="us-east-1/s3",
        method=method,
        target=target,
        headers=(
            ("Host", host),
            *extra,
            ("x-amz-content-sha256", payload),
            ("x-amz-date", "20130524T000000Z"),
        ),
        body=body,
    )


def _chunk(data: bytes, signature: str) -> bytes:
    return f"{len(data):x};chunk-signature={signature}".encode() + b"\r\n" + data + b"\r\n"


CHUNKED = (
    _chunk(b"a" * 65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648")
    + _chunk(b"a" * 1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497")
    + _chunk(b"", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")
)
CHUNKED_WITH_TRAILER = (
    _chunk(b"a" * 65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2")
    + _chunk(b"a" * 1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7")
    + b"0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
    + b"x-amz-checksum-crc32c:sOO8/Q==\n"
    + b"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"
)

VECTORS = [
    _suite("get-vanilla", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    _suite("post-vanilla", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", method="POST"),
    _suite(
        "get-vanilla-query-order-key-case",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        target="/?Param2=value2&Param1=value1",
    ),
    _suite(
        "get-utf8",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        target="/\u1234".encode().decode("latin-1"),
    ),
    _suite("get-slashes", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84", target="//example//"),
    _suite("get-slash", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", target="//"),
    _suite("get-relative", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", target="/example/.."),
    _suite(
        "get-header-value-trim",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        extra=(("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')),
        signed="host;my-header1;my-header2;x-amz-date",
    ),
    _suite(
        "get-header-key-duplicate",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        extra=(("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")),
        signed="host;my-header1;x-amz-date",
    ),
    _suite(
        "post-x-www-form-urlencoded",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        method="POST",
        extra=(("Content-Type", FORM),),
        signed="content-type;host;x-amz-date",
        body=b"Param1=value1",
    ),
    Vector(
        name="IAM ListUsers",
        signature="5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        signed="content-type;host;x-amz-date",
        stamp="20150830T123600Z",
        scope="us-east-1/iam",
        target="/?Action=ListUsers&Version=2010-05-08",
        headers=(
            ("Host", "iam.amazonaws.com"),
            ("Content-Type", FORM_UTF8),
            ("X-Amz-Date", "20150830T123600Z"),
        ),
        key_id="AKIDEXAMPLE",
        secret=SUITE_SECRET,
    ),
    _s3(
        "S3 GET Object",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        "host;range;x-amz-content-sha256;x-amz-date",
        target="/test.txt",
        extra=(("Range", "bytes=0-9"),),
    ),
    _s3(
        "S3 PUT Object",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        method="PUT",
        target="/test$file.text",
        extra=(("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")),
        body=b"Welcome to Amazon S3.",
        payload="44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    ),
    _s3(
        "S3 GET Bucket Lifecycle",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "host;x-amz-content-sha256;x-amz-date",
        target="/?lifecycle",
    ),
    _s3(
        "S3 List Objects",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        "host;x-amz-content-sha256;x-amz-date",
        target="/?max-keys=2&prefix=J",
    ),
    _s3(
        "S3 chunked upload",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
        "x-amz-storage-class",
        method="PUT",
        host="s3.amazonaws.com",
        target="/examplebucket/chunkObject.txt",
        extra=(
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
            ("Content-Length", "66824"),
        ),
        body=CHUNKED,
        payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ),
    _s3(
        "S3 chunked upload with trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;"
        "x-amz-trailer",
        method="PUT",
        host="s3.amazonaws.com",
        target="/examplebucket/chunkObject.txt",
        extra=(
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
            ("x-amz-trailer", "x-amz-checksum-crc32c"),
        ),
        body=CHUNKED_WITH_TRAILER,
        payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    ),
]


def _authenticate(vector: Vector) -> str:
    year, month, day, hour, minute = (int(vector.stamp[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (9, 11), (11, 13)))
    incoming = request(
        vector.method,
        vector.target,
        (*vector.headers, ("Authorization", vector.authorization)),
        vector.body,
        at=datetime(year, month, day, hour, minute, tzinfo=UTC),
    )
    directory = SmallDirectory(vector.secret, key_id=vector.key_id)
    return authenticate(incoming, directory, service=None, allows_unsigned=False).caller.principal.arn


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_published_signature_verifies(vector: Vector) -> None:
    arn = _authenticate(vector)

    assert arn == "arn:aws:iam::111122223333:user/Anaya"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_published_request_with_another_method_does_not(vector: Vector) -> None:
    changed = replace(vector, method="DELETE")

    with pytest.raises(Refusal) as caught:
        _authenticate(changed)

    assert caught.value.kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize("vector", VECTORS[-2:], ids=lambda vector: vector.name)
def test_published_chunks_with_one_byte_changed_do_not(vector: Vector) -> None:
    changed = replace(vector, body=vector.body.replace(b"aaa", b"aab", 1))

    with pytest.raises(Refusal) as caught:
        _authenticate(changed)

    assert caught.value.kind is RefusalKind.BAD_SIGNATURE


def test_published_trailer_with_another_checksum_does_not() -> None:
    vector = VECTORS[-1]
    changed = replace(vector, body=vector.body.replace(b"sOO8/Q==", b"sOO8/Q=A"))

    with pytest.raises(Refusal) as caught:
        _authenticate(changed)

    assert caught.value.kind is RefusalKind.BAD_SIGNATURE


def _presigned(expires: int = 86400) -> str:
    return (
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        f"&X-Amz-Date=20130524T000000Z&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_published_presigned_address_verifies_on_its_last_second() -> None:
    incoming = request(
        target=_presigned(), headers={"Host": "examplebucket.s3.amazonaws.com"}, at=datetime(2013, 5, 25, tzinfo=UTC)
    )

    found = authenticate(incoming, SmallDirectory(), service=None, allows_unsigned=False)

    assert (found.service, found.region) == ("s3", "us-east-1")


def test_published_presigned_address_cannot_be_given_a_longer_life() -> None:
    incoming = request(
        target=_presigned(86401),
        headers={"Host": "examplebucket.s3.amazonaws.com"},
        at=datetime(2013, 5, 25, tzinfo=UTC),
    )

    with pytest.raises(Refusal) as caught:
        authenticate(incoming, SmallDirectory(), service=None, allows_unsigned=False)

    assert caught.value.kind is RefusalKind.BAD_SIGNATURE
