"""Reads the claim in an Authorization header."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.signing.claims import Claim, malformed, old_version, parse_credential, parse_signed_headers
from mfacli.emulator.signing.signature import ALGORITHM
from mfacli.emulator.signing.times import basic, parse_basic, parse_date_header

_REQUIRED = ("Credential", "Signature", "SignedHeaders")


def claim_in_header(incoming: Incoming, header: str) -> Claim:
    """Return what an Authorization header claims; raises `Refusal` where it cannot be read."""
    algorithm, _, rest = header.strip().partition(" ")
    if algorithm == "AWS":
        raise old_version()
    if algorithm != ALGORITHM or not header.isascii():
        raise malformed(f"Authorization header must begin with '{ALGORITHM}'. {_fingerprint(header)}")
    parts = _parts(rest, header)
    signed = _time(incoming)
    texts = [f"Authorization header requires '{name}' parameter." for name in _REQUIRED if not parts.get(name)]
    if signed is None:
        texts.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if texts or signed is None:
        raise malformed(" ".join((*texts, _fingerprint(header))))
    access_key_id, scope = parse_credential(parts["Credential"])
    signed_at, stamp = signed
    return Claim(
        access_key_id=access_key_id,
        scope=scope,
        signed_headers=parse_signed_headers(parts["SignedHeaders"]),
        signature=parts["Signature"],
        signed_at=signed_at,
        stamp=stamp,
        token=incoming.header("x-amz-security-token") or None,
        declared_hash=incoming.header("x-amz-content-sha256"),
        is_presigned=False,
    )


def _parts(rest: str, header: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise malformed(
                f"Invalid key=value pair (missing equal-sign) in Authorization header. {_fingerprint(header)}"
            )
        if name in parts:
            raise malformed(f"Authorization header has '{name}' twice. {_fingerprint(header)}")
        parts[name] = value
    return parts


def _time(incoming: Incoming) -> tuple[datetime, str] | None:
    """Return when the request says it was signed, as a time and as a stamp; None where it does not say."""
    sent, date = incoming.header("x-amz-date"), incoming.header("date")
    if sent is None and date is None:
        return None
    moment = parse_basic(sent) if sent is not None else parse_date_header(date or "")
    if moment is None:
        raise malformed(
            f"Date must be in ISO-8601 'basic format'. Got '{date if sent is None else sent}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        )
    return moment, basic(moment) if sent is None else sent


def _fingerprint(header: str) -> str:
    digest = base64.b64encode(hashlib.sha256(octets(header)).digest()).decode()
    return f"(Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
