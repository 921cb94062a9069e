"""S3's aws-chunked bodies: the frames, each chunk's signature, and the trailer's.

After "Signature calculations for the authorization header: Transferring payload in multiple chunks" and its page on
trailing headers in the S3 API reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.signature import Signer, is_same

_HEAD = re.compile(rb"([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?")
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
_LONGEST_HEAD = 128
TRAILER_SIGNATURE = b"x-amz-trailer-signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    data: bytes
    signature: str | None


def check_chunks(incoming: Incoming, *, signer: Signer | None, seed: str, has_trailer: bool) -> None:
    """Raise `Refusal` where an aws-chunked body is broken, or was not signed as its request says.

    `signer` is None where the chunks are not signed; `seed` is the request's own signature, which the first chunk's
    continues.
    """
    length = incoming.header("x-amz-decoded-content-length") or ""
    if not _LENGTH.fullmatch(length):
        raise own_error("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    chunks, rest = _split(incoming.body)
    previous = seed
    for chunk in chunks:
        if signer is not None:
            previous = _checked(signer.chunk_signature(previous, chunk.data), chunk.signature)
        elif chunk.signature is not None:
            raise _broken("a chunk is signed though the request says it is not")
    if sum(len(chunk.data) for chunk in chunks) != int(length):
        raise own_error(
            "IncompleteBody", 400, "The request body does not match the x-amz-decoded-content-length header."
        )
    trailer = _trailer(rest)
    signature = trailer.pop(TRAILER_SIGNATURE, None)
    if set(trailer) != (_announced(incoming) if has_trailer else set()):
        raise _broken("the trailing headers are not the ones in x-amz-trailer")
    if signer is not None and has_trailer:
        lines = b"".join(name + b":" + value + b"\n" for name, value in sorted(trailer.items()))
        _checked(signer.trailer_signature(previous, lines), (signature or b"").decode("latin-1"))
    elif signature is not None:
        raise _broken("the trailer is signed though the request says it is not")


def _split(body: bytes) -> tuple[list[_Chunk], bytes]:
    """Return the chunks, up to the empty one that ends them, and what follows it."""
    chunks: list[_Chunk] = []
    position = 0
    while True:
        end = body.find(b"\r\n", position, position + _LONGEST_HEAD)
        head = _HEAD.fullmatch(body[position:end]) if end >= 0 else None
        if head is None:
            raise _broken("a chunk has no head")
        size = int(head[1], 16)
        signature = head[2].decode() if head[2] else None
        start = end + 2
        data = body[start : start + size]
        chunks.append(_Chunk(data=data, signature=signature))
        if size == 0:
            return chunks, body[start:]
        position = start + size + 2
        if len(data) != size or body[start + size : position] != b"\r\n":
            raise own_error("IncompleteBody", 400, "The request body terminated unexpectedly")


def _trailer(rest: bytes) -> dict[bytes, bytes]:
    """Return the trailing headers; clients end their lines in LF, CRLF or both."""
    found: dict[bytes, bytes] = {}
    for line in rest.splitlines():
        name, colon, value = line.partition(b":")
        if line and (not colon or name.lower() in found):
            raise _broken("a trailing header is malformed")
        if line:
            found[name.strip().lower()] = value.strip()
    return found


def _announced(incoming: Incoming) -> set[bytes]:
    names = (incoming.header("x-amz-trailer") or "").lower().split(",")
    return {name.strip().encode("utf-8", "replace") for name in names if name.strip()}


def _checked(expected: str, given: str | None) -> str:
    if given is None or not is_same(expected, given):
        raise Refusal(
            RefusalKind.BAD_SIGNATURE,
            "The chunk or trailer signature we calculated does not match the signature you provided.",
        )
    return expected


def _broken(what: str) -> Refusal:
    return own_error("InvalidRequest", 400, f"The aws-chunked body is broken: {what}.")
