"""Reads the claim in a presigned address's query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from mfacli.emulator.refusals import Refusal, own_error
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets, query_pairs
from mfacli.emulator.signing.claims import Claim, malformed, parse_credential, parse_signed_headers
from mfacli.emulator.signing.signature import ALGORITHM
from mfacli.emulator.signing.times import parse_basic

LONGEST_SECONDS = 7 * 24 * 60 * 60
_REQUIRED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature")
_OF_VERSION_2 = ("AWSAccessKeyId", "Signature")
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def signing_parameters(incoming: Incoming) -> dict[str, str]:
    """Return the query's parameters that bear on signatures; raises `Refusal` where one is there twice."""
    found: dict[str, str] = {}
    for raw_name, raw_value in query_pairs(octets(incoming.query)):
        name = raw_name.decode("latin-1")
        if not name.lower().startswith("x-amz-") and name not in _OF_VERSION_2:
            continue
        if name in found:
            raise malformed(f"The query parameter '{name}' may be sent only once.")
        found[name] = raw_value.decode("latin-1")
    return found


def is_presigned(query: Mapping[str, str]) -> bool:
    """Return whether signing parameters make an address a presigned one."""
    return "X-Amz-Algorithm" in query or "X-Amz-Signature" in query


def is_of_version_2(query: Mapping[str, str]) -> bool:
    """Return whether they belong to a signature of version 2."""
    return any(name in query for name in _OF_VERSION_2)


def claim_in_query(incoming: Incoming, query: Mapping[str, str]) -> Claim:
    """Return what a presigned address claims; raises `Refusal` where it cannot be read."""
    is_s3 = "/s3/" in query.get("X-Amz-Credential", "")
    required = (*_REQUIRED, "X-Amz-Expires") if is_s3 else _REQUIRED
    if not all(query.get(name) for name in required):
        raise _unreadable(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
            "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
            is_s3=is_s3,
        )
    if query["X-Amz-Algorithm"] != ALGORITHM:
        raise _unreadable(f'X-Amz-Algorithm only supports "{ALGORITHM}"', is_s3=is_s3)
    signed_at = parse_basic(query["X-Amz-Date"])
    if signed_at is None:
        raise _unreadable("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"", is_s3=is_s3)
    in_header = incoming.header("x-amz-security-token")
    if in_header is not None and "X-Amz-Security-Token" in query:
        raise _unreadable("The security token may be sent only once.", is_s3=is_s3)
    access_key_id, scope = parse_credential(query["X-Amz-Credential"])
    return Claim(
        access_key_id=access_key_id,
        scope=scope,
        signed_headers=parse_signed_headers(query["X-Amz-SignedHeaders"]),
        signature=query["X-Amz-Signature"],
        signed_at=signed_at,
        stamp=query["X-Amz-Date"],
        token=query.get("X-Amz-Security-Token") or in_header or None,
        declared_hash=incoming.header("x-amz-content-sha256") or query.get("X-Amz-Content-Sha256"),
        is_presigned=True,
        valid_for=_valid_for(query["X-Amz-Expires"]) if is_s3 else None,
    )


def _valid_for(text: str) -> timedelta:
    if not _WHOLE.fullmatch(text):
        raise _unreadable("X-Amz-Expires should be a number", is_s3=True)
    seconds = int(text)
    if seconds < 0:
        raise _unreadable("X-Amz-Expires must be non-negative", is_s3=True)
    if seconds > LONGEST_SECONDS:
        raise _unreadable(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{LONGEST_SECONDS} seconds",
            is_s3=True,
        )
    return timedelta(seconds=seconds)


def _unreadable(message: str, *, is_s3: bool) -> Refusal:
    return own_error("AuthorizationQueryParametersError", 400, message) if is_s3 else malformed(message)
