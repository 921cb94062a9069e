"""S3's chunked bodies: frames, lengths, trailers and the chain of signatures."""

from __future__ import annotations

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.signing.chunks import check_chunks
from mfacli.emulator.signing.signature import Scope, Signer
from tests.emulator.stand_ins import SECRET, request

SEED = "0" * 64
TRAILER = b"x-amz-checksum-crc32:NhCmhg=="
SIGNER = Signer(
    Secret(SECRET),
    scope=Scope(date="20261121", region="us-east-1", service="s3", terminator="aws4_request"),
    stamp="20261121T120000Z",
)


def _body(*chunks: bytes, ending: bytes = b"") -> bytes:
    frames = (f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return b"".join(frames) + b"0\r\n" + ending + b"\r\n"


def _signed_body(*chunks: bytes, ending: str = "") -> bytes:
    previous, frames = SEED, b""
    for chunk in (*chunks, b""):
        previous = SIGNER.chunk_signature(previous, chunk)
        frames += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + (b"\r\n" if chunk else b"")
    if ending:
        signature = SIGNER.trailer_signature(previous, ending.encode() + b"\n")
        frames += f"{ending}\r\nx-amz-trailer-signature:{signature}\r\n".encode()
    return frames + b"\r\n"


def _check(
    body: bytes, *, length: str = "5", signed: bool = False, trailer: str | None = "x-amz-checksum-crc32"
) -> None:
    headers = {"x-amz-decoded-content-length": length} | ({"x-amz-trailer": trailer} if trailer else {})
    check_chunks(
        request("PUT", "/b/k", headers, body),
        signer=SIGNER if signed else None,
        seed=SEED,
        has_trailer=trailer is not None,
    )


def _refused(body: bytes, *, length: str = "5", signed: bool = False, trailer: str | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _check(body, length=length, signed=signed, trailer=trailer)
    return caught.value


@pytest.mark.parametrize("ending", [TRAILER + b"\r\n", TRAILER + b"\n", TRAILER.replace(b":", b": ") + b"\r\n"])
def test_unsigned_chunks_with_a_trailer_pass(ending: bytes) -> None:
    _check(_body(b"hel", b"lo", ending=ending))


def test_unsigned_chunks_without_a_trailer_pass() -> None:
    _check(_body(b"hello"), trailer=None)


def test_signed_chunks_pass() -> None:
    _check(_signed_body(b"hel", b"lo"), signed=True, trailer=None)


def test_signed_chunks_with_a_signed_trailer_pass() -> None:
    _check(_signed_body(b"hello", ending=TRAILER.decode()), signed=True)


def test_an_empty_body_is_one_empty_chunk() -> None:
    _check(_signed_body(), length="0", signed=True, trailer=None)


def _frames() -> tuple[bytes, bytes, bytes]:
    """Return the three frames of a signed body, two of them of five bytes."""
    body = _signed_body(b"hello", b"world")
    size = len(b"5;chunk-signature=" + SEED.encode() + b"\r\nhello\r\n")
    return body[:size], body[size : 2 * size], body[2 * size :]


def test_frames_in_their_order_pass() -> None:
    first, second, last = _frames()

    _check(first + second + last, length="10", signed=True, trailer=None)


def test_frames_in_another_order_are_refused() -> None:
    first, second, last = _frames()

    assert _refused(second + first + last, length="10", signed=True).kind is RefusalKind.BAD_SIGNATURE


def test_a_frame_left_out_is_refused() -> None:
    first, _, last = _frames()

    assert _refused(first + last, length="5", signed=True).kind is RefusalKind.BAD_SIGNATURE


def test_a_changed_chunk_is_refused() -> None:
    body = _signed_body(b"hello").replace(b"hello", b"jello")

    assert _refused(body, signed=True).kind is RefusalKind.BAD_SIGNATURE


def test_unsigned_frames_under_a_signed_body_are_refused() -> None:
    assert _refused(_body(b"hello"), signed=True).kind is RefusalKind.BAD_SIGNATURE


def test_chunks_cannot_be_moved_to_another_request() -> None:
    body = _signed_body(b"hello")

    with pytest.raises(Refusal) as caught:
        check_chunks(
            request("PUT", "/b/k", {"x-amz-decoded-content-length": "5"}, body),
            signer=SIGNER,
            seed="1" * 64,
            has_trailer=False,
        )

    assert caught.value.kind is RefusalKind.BAD_SIGNATURE


def test_a_trailer_without_its_signature_is_refused() -> None:
    body = _signed_body(b"hello")[:-2] + TRAILER + b"\r\n\r\n"

    assert _refused(body, signed=True, trailer="x-amz-checksum-crc32").kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "InvalidRequest"),
        (b"hello", "InvalidRequest"),
        (b"zz\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
        (b"5;chunk-extension=1\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
        (b"fffffffff\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
        (b"5\r\nhello\r\n", "InvalidRequest"),
        (b"5\r\nhello", "IncompleteBody"),
        (b"5\r\nhel", "IncompleteBody"),
        (b"4\r\nhello\r\n0\r\n\r\n", "IncompleteBody"),
        (_body(b"hell"), "IncompleteBody"),
        (_body(b"hello") + b"garbage", "InvalidRequest"),
        (_body(b"hello", ending=TRAILER + b"\r\n"), "InvalidRequest"),
        (_body(b"hello", ending=TRAILER + b"\r\n" + TRAILER + b"\r\n"), "InvalidRequest"),
        (_signed_body(b"hello"), "InvalidRequest"),
    ],
)
def test_a_broken_body_is_refused(body: bytes, code: str) -> None:
    assert _refused(body).code == code


def test_a_trailer_that_was_announced_must_come() -> None:
    assert _refused(_body(b"hello"), trailer="x-amz-checksum-crc32").code == "InvalidRequest"


def test_a_signed_trailer_under_an_unsigned_body_is_refused() -> None:
    body = _body(b"hello", ending=TRAILER + b"\r\nx-amz-trailer-signature:" + SEED.encode() + b"\r\n")

    assert _refused(body, trailer="x-amz-checksum-crc32").code == "InvalidRequest"


@pytest.mark.parametrize("length", ["", "five", "-5", "٥", "9" * 20])
def test_the_decoded_length_must_be_told(length: str) -> None:
    assert _refused(_body(b"hello"), length=length).status == 411
