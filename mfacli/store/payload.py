r"""A session as the text that rests in a keyring, and back.

The layout can be read with string slicing alone, for a reader that has no time to import json or datetime. All of it
is ASCII. Version 1 has these lines, each ended by a newline except the last:

     0  `mfacli-session 1 EXPIRES ISSUED FORM`, the times in whole seconds of the epoch, rounded down;
        FORM is `plain` or `escaped`
     1  the fingerprint it was kept under
     2  the cloud: `aws` or `tencent`
     3  access key id
     4  secret access key
     5  session token
     6  when it expires, ISO 8601 in UTC: `2026-11-21T13:00:00Z`
     7  when it was issued, likewise
     8  when the code was given, likewise; empty where there was none
     9  account id
    10  principal
    11  device
    12  region
    13  CRC-32 of everything before this line, eight hexadecimal digits

An empty line is "not known"; a known but empty text is `\e`. In a `plain` entry every text stands as it is and holds
only `A-Z a-z 0-9 + / = . _ : @ , -`, which mean nothing special in a JSON string or between a shell's quotes: it can
be printed by putting pieces together. In an `escaped` one, other characters stand as Python's `unicode_escape`
writes them. Whatever does not fit all of this is no entry of ours.

In the kernel's keyring it is a key `mfacli:NAMESPACE:FINGERPRINT` of the type `big_key` or `user`, with one newline
more behind it; in the OS keyring the entry of service `mfacli-session` and user name `NAMESPACE:FINGERPRINT`, where
the text may be in pieces (`pieces.py`). NAMESPACE is that of `places.py`.
"""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.moments import parse_moment
from mfacli.domain.secret import Secret

MAGIC = "mfacli-session"
VERSION = "1"
_LINES = 14
_EMPTY = r"\e"
_ESCAPED = re.compile(r"(?:[ -\[\]-~]|\\(?:[\\ntr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*")
_PLAIN = re.compile(r"[A-Za-z0-9+/=._:@,-]*")


def render_session(fingerprint: str, session: Session) -> str:
    """Return the text that `parse_session` reads back."""
    known = [
        fingerprint,
        session.cloud.value,
        session.access_key_id,
        session.secret_access_key.reveal(),
        session.session_token.reveal(),
        write_time(session.expires_at),
        write_time(session.issued_at),
        write_time(session.mfa_at) if session.mfa_at else None,
        session.account_id,
        session.principal,
        session.device,
        session.region,
    ]
    is_plain = all(text is None or (text and _PLAIN.fullmatch(text)) for text in known)
    head = (
        f"{MAGIC} {VERSION} {int(session.expires_at.timestamp())} {int(session.issued_at.timestamp())} "
        f"{'plain' if is_plain else 'escaped'}"
    )
    body = "\n".join([head, *(escape(text) for text in known), ""])
    return body + checksum(body)


def parse_session(text: str, fingerprint: str) -> Session | None:
    """Return the session that `text` is, or None where it is damaged, of another version, or not ours.

    `fingerprint` is what it was looked up under: an entry that was kept under another is not an answer.
    """
    body, newline, check = text.rpartition("\n")
    lines = text.split("\n")
    if check != checksum(body + newline) or len(lines) != _LINES or not lines[0].startswith(f"{MAGIC} {VERSION} "):
        return None
    try:
        return _session_from(lines, fingerprint)
    except (ValueError, OverflowError):
        return None


def _session_from(lines: list[str], fingerprint: str) -> Session | None:
    kept_under, cloud, key_id, secret, token, expires, issued, mfa, account, principal, device, region = (
        unescape(line) for line in lines[1:13]
    )
    if kept_under != fingerprint or key_id is None or secret is None or token is None:
        return None
    return Session(
        cloud=Cloud(cloud),
        access_key_id=key_id,
        secret_access_key=Secret(secret),
        session_token=Secret(token),
        expires_at=read_time(expires or ""),
        issued_at=read_time(issued or ""),
        mfa_at=read_time(mfa) if mfa else None,
        account_id=account,
        principal=principal,
        device=device,
        region=region,
    )


def checksum(text: str) -> str:
    """Return the CRC-32 of `text` as eight hexadecimal digits; it finds accidents, not attacks."""
    return f"{binascii.crc32(text.encode(errors='surrogatepass')):08x}"


def escape(text: str | None) -> str:
    """Return `text` as one line of ASCII."""
    if text is None:
        return ""
    return text.encode("unicode_escape").decode("ascii") or _EMPTY


def unescape(line: str) -> str | None:
    """Undo `escape`; raises `ValueError` for a line that it cannot have written."""
    if not line:
        return None
    if line == _EMPTY:
        return ""
    if not _ESCAPED.fullmatch(line):
        raise ValueError("not a line of ours")
    text = line.encode("ascii").decode("unicode_escape")
    if escape(text) != line:
        raise ValueError("not a line of ours")
    return text


def write_time(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    """Undo `write_time`; raises `ValueError` for what is no aware time."""
    moment = parse_moment(text)
    if moment is None:
        raise ValueError("no aware time")
    return moment.astimezone(UTC)
