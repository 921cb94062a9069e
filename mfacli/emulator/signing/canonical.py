"""The canonical request: the one text that both sides of a signature derive from the same HTTP request.

After "Create a signed AWS API request" in the IAM User Guide. Everything is bytes as they came over the wire.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from mfacli.emulator.requests import Incoming

_SPACES = re.compile(rb"[ \t]+")
SIGNATURE_PARAMETER = b"X-Amz-Signature"


def octets(text: str) -> bytes:
    """Return the bytes that `text` came from: the server reads the wire as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def canonical_request(
    incoming: Incoming, *, signed_headers: tuple[str, ...], payload_hash: str, is_s3: bool
) -> bytes:
    """Return the canonical request over exactly `signed_headers`, which are lower-case and sorted."""
    path = _object_path(octets(incoming.path)) if is_s3 else _service_path(octets(incoming.path))
    headers = b"".join(_header_line(incoming, name) for name in signed_headers)
    return b"\n".join(
        (
            octets(incoming.method),
            path,
            _query(octets(incoming.query)),
            headers,
            octets(";".join(signed_headers)),
            octets(payload_hash),
        )
    )


def query_pairs(query: bytes) -> list[tuple[bytes, bytes]]:
    """Return the query's names and values decoded; a plus is a plus."""
    parts = (part.partition(b"=") for part in query.split(b"&") if part)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in parts]


def _query(query: bytes) -> bytes:
    encoded = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, value in query_pairs(query)
        if name != SIGNATURE_PARAMETER
    )
    return "&".join(f"{name}={value}" for name, value in encoded).encode()


def _object_path(path: bytes) -> bytes:
    """Encode each segment once, without normalising: `//`, `..` and `%2F` are parts of S3 keys."""
    segments = (quote(unquote_to_bytes(segment), safe="~") for segment in path.split(b"/"))
    return "/".join(segments).encode() or b"/"


def _service_path(path: bytes) -> bytes:
    """Remove dot segments and double slashes, then encode what is already encoded once more."""
    kept: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    normal = b"/" + b"/".join(kept)
    if kept and path.endswith(b"/"):
        normal += b"/"
    return quote(normal, safe="/~").encode()


def _header_line(incoming: Incoming, name: str) -> bytes:
    values = [_SPACES.sub(b" ", octets(value)).strip() for key, value in incoming.headers if key == name]
    return octets(name) + b":" + b",".join(values) + b"\n"
