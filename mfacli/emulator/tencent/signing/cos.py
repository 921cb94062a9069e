"""COS's signature (`q-sign-algorithm=sha1`): read from a header or a presigned address, and made anew.

After "Request signature" (436/7778) of the COS documents. As there, only what the two lists name is signed: a list
may be empty, and what is in none may be altered on the way. Clients often leave the port out of the host they sign.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import quote, unquote, unquote_to_bytes

from mfacli.domain.secret import Secret
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.signing.signature import is_same
from mfacli.emulator.tencent.addresses import Address, each_once, pairs_of
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.claims import CosClaim, TimeSpan, malformed, mismatch, moment_of

ALGORITHM_NAME = "q-sign-algorithm"
TOKEN = "x-cos-security-token"
_REQUIRED = (ALGORITHM_NAME, "q-ak", "q-sign-time", "q-key-time", "q-signature")
_LISTS = ("q-header-list", "q-url-param-list")
SIGNING_NAMES = frozenset((*_REQUIRED, *_LISTS))


def cos_claim(incoming: Incoming, address: Address) -> CosClaim:
    """Return what the Authorization header or a presigned address claims; raises `Rejected`."""
    query = pairs_of(address.query)
    in_query = [(name, value) for name, value in query if name in SIGNING_NAMES]
    header = incoming.header("authorization")
    if header and in_query:
        raise malformed(
            "The request is signed both in a header and in its address.", "请求头与 URL 中同时携带了签名。"
        )
    parts = each_once(in_query or _in_header(header or ""))
    if parts.get(ALGORITHM_NAME) != "sha1" or not all(parts.get(name) for name in _REQUIRED):
        raise malformed(
            f"A signature is made of {', '.join((*_REQUIRED, *_LISTS))}, with {ALGORITHM_NAME}=sha1.",
            f"签名应包含 {'、'.join((*_REQUIRED, *_LISTS))}，且 {ALGORITHM_NAME}=sha1。",
        )
    parameters = tuple((name, value) for name, value in query if name not in SIGNING_NAMES)
    return CosClaim(
        secret_id=parts["q-ak"],
        sign_time=_span(parts["q-sign-time"]),
        key_time=_span(parts["q-key-time"]),
        signed_headers=_listed(parts.get("q-header-list", "")),
        signed_parameters=_listed(parts.get("q-url-param-list", "")),
        parameters=parameters,
        signature=parts["q-signature"],
        token=_token(incoming, parameters),
        is_presigned=bool(in_query),
    )


def check_cos(incoming: Incoming, address: Address, claim: CosClaim, secret_key: Secret) -> None:
    """Raise `Rejected` where the signature is not this request's."""
    key = _mac(secret_key.reveal().encode(), claim.key_time.text)
    for host in address.signed_hosts:
        http = _http_string(incoming, address, claim, host)
        text = f"sha1\n{claim.sign_time.text}\n{hashlib.sha1(http, usedforsecurity=False).hexdigest()}\n"
        if is_same(_mac(key.encode(), text), claim.signature):
            return
    raise mismatch()


def check_span(claim: CosClaim, now: datetime) -> None:
    """Raise `Rejected` where `now` is outside of the times that a signature is made for.

    A late request is told that it has expired, an early one that the clocks differ: the two answers of "403 Error
    for COS Access" (436/40105).
    """
    now = now.replace(microsecond=0)
    for span in (claim.sign_time, claim.key_time):
        if now > span.end:
            raise Rejected(RejectionKind.EXPIRED_SIGNATURE)
        if now < span.start:
            raise Rejected(RejectionKind.EARLY_SIGNATURE)


def _in_header(header: str) -> list[tuple[str, str]]:
    """Return the header's parts as they stand there: it is laid out like a query, but nothing in it is encoded."""
    if not header.isascii():
        raise malformed("The Authorization header must be ASCII.", "请求头 Authorization 应为 ASCII 字符。")
    return [(name, value) for name, _, value in (part.partition("=") for part in header.strip().split("&"))]


def _span(text: str) -> TimeSpan:
    start_text, _, end_text = text.partition(";")
    start, end = moment_of(start_text), moment_of(end_text)
    if start is None or end is None or end < start:
        raise malformed(
            "q-sign-time and q-key-time must be two times in unix seconds, `start;end`.",
            "q-sign-time 与 q-key-time 的格式应为以秒为单位的 `起始时间;结束时间`。",
        )
    return TimeSpan(start=start, end=end, text=text)


def _listed(text: str) -> tuple[str, ...]:
    names = tuple(unquote(name).lower() for name in text.split(";") if name)
    if len(set(names)) != len(names):
        raise malformed("A list of signed names has one twice.", "签名的头部或参数列表中有重复项。")
    return names


def _token(incoming: Incoming, parameters: tuple[tuple[str, str], ...]) -> str | None:
    tokens = [value for name, value in parameters if name.lower() == TOKEN]
    header = incoming.header(TOKEN)
    if header is not None:
        tokens.append(header)
    if len(set(tokens)) > 1:
        raise malformed(f"`{TOKEN}` is given twice.", f"`{TOKEN}` 重复。")
    return (tokens or [""])[0] or None


def _http_string(incoming: Incoming, address: Address, claim: CosClaim, host: str) -> bytes:
    headers = _signed(((name, octets(value)) for name, value in incoming.headers), claim.signed_headers)
    if "host" in headers:
        headers["host"] = octets(host)
    parameters = _signed(
        ((name.lower(), value.encode()) for name, value in claim.parameters), claim.signed_parameters
    )
    lines = (
        octets(incoming.method.lower()),
        unquote_to_bytes(octets(address.path)),
        _joined(parameters),
        _joined(headers),
    )
    return b"\n".join(lines) + b"\n"


def _signed(sent: Iterable[tuple[str, bytes]], names: tuple[str, ...]) -> dict[str, bytes]:
    """Return what was sent under the names that are signed; raises `Rejected` unless each was sent once."""
    found: dict[str, bytes] = {}
    for name, value in sent:
        if name in found:
            raise mismatch()
        if name in names:
            found[name] = value
    if len(found) != len(names):
        raise mismatch()
    return found


def _joined(values: Mapping[str, bytes]) -> bytes:
    pairs = sorted((quote(name, safe="-_.~").lower(), quote(value, safe="-_.~")) for name, value in values.items())
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha1").hex()
