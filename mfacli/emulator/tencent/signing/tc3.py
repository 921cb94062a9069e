"""TC3-HMAC-SHA256: read from a request's headers, and made anew from its raw bytes.

After "Signature method v3" of the API 3.0 documents. They have header values lower-cased before they are signed; the
SDKs sign content-type and host as sent; the documents' examples lower-case the action alone. All three are taken, and
a host that was signed without its port, as the SDK for Node does it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product

from mfacli.domain.secret import Secret
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.signing.signature import is_same
from mfacli.emulator.tencent.addresses import Address
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, missing
from mfacli.emulator.tencent.signing.claims import Tc3Claim, malformed, mismatch, moment_of

ALGORITHM = "TC3-HMAC-SHA256"
TERMINATOR = "tc3_request"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
WINDOW = timedelta(minutes=5)
_REQUIRED = ("Credential", "SignedHeaders", "Signature")
_CREDENTIAL = re.compile(r"(?P<id>[!-.0-~]+)/(?P<date>[0-9-]{10})/(?P<service>[A-Za-z0-9_.:-]+)/(?P<end>[^/]+)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+", re.ASCII)
_MUST_BE_SIGNED = ("content-type", "host")


def tc3_claim(incoming: Incoming) -> Tc3Claim:
    """Return what the request's Authorization header claims; raises `Rejected`."""
    header = incoming.header("authorization") or ""
    parts = _parts(header)
    credential = _CREDENTIAL.fullmatch(parts["Credential"])
    if credential is None or credential["end"] != TERMINATOR:
        raise malformed(
            f"The Credential must be SecretId/Date/service/{TERMINATOR}.",
            f"Credential 的格式应为 SecretId/Date/service/{TERMINATOR}。",
        )
    stamp = incoming.header("x-tc-timestamp")
    if not stamp:
        raise missing("Timestamp")
    signed_at = moment_of(stamp)
    if signed_at is None:
        raise malformed("X-TC-Timestamp must be a time in unix seconds.", "X-TC-Timestamp 应为 UNIX 时间戳（秒）。")
    return Tc3Claim(
        secret_id=credential["id"],
        date=credential["date"],
        service=credential["service"],
        signed_headers=_signed_headers(parts["SignedHeaders"]),
        signature=parts["Signature"],
        stamp=stamp,
        signed_at=signed_at,
        token=incoming.header("x-tc-token") or None,
        is_body_unsigned=incoming.header("x-tc-content-sha256") == UNSIGNED_PAYLOAD,
    )


def check_tc3(incoming: Incoming, address: Address, claim: Tc3Claim, secret_key: Secret) -> None:
    """Raise `Rejected` where the signature is not this request's."""
    if f"{claim.signed_at:%Y-%m-%d}" != claim.date:
        raise Rejected(
            RejectionKind.BAD_SIGNATURE,
            "The date in Credential is not the UTC date of X-TC-Timestamp.",
            "Credential 中的日期与 X-TC-Timestamp 的 UTC 日期不一致。",
        )
    # A POST's address is under no signature: parameters there are nobody's.
    if incoming.method not in ("GET", "POST") or (incoming.method == "POST" and address.query):
        raise mismatch()
    scope = f"{claim.date}/{claim.service}/{TERMINATOR}"
    key = b"TC3" + secret_key.reveal().encode()
    for part in (claim.date, claim.service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    for canonical in _canonical_requests(incoming, address, claim):
        text = "\n".join((ALGORITHM, claim.stamp, scope, hashlib.sha256(canonical).hexdigest()))
        if is_same(hmac.digest(key, text.encode(), "sha256").hex(), claim.signature):
            return
    raise mismatch()


def check_skew(signed_at: datetime, now: datetime) -> None:
    """Raise `Rejected` where a request of the API was signed more than five minutes from `now`."""
    if abs(signed_at - now) <= WINDOW:
        return
    kind = RejectionKind.EXPIRED_SIGNATURE if signed_at < now else RejectionKind.EARLY_SIGNATURE
    minutes = int(WINDOW.total_seconds() // 60)
    raise Rejected(
        kind,
        f"The signature has expired: the request's Timestamp and the server's time differ by more than {minutes} "
        "minutes. Check your clock.",
        f"签名过期：请求的 Timestamp 与服务器时间相差超过{minutes}分钟，请检查本机时间。",
    )


def _parts(header: str) -> dict[str, str]:
    algorithm, _, rest = header.strip().partition(" ")
    parts: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or name in parts:
            raise _unreadable()
        parts[name] = value
    if algorithm != ALGORITHM or not header.isascii() or not all(parts.get(name) for name in _REQUIRED):
        raise _unreadable()
    return parts


def _unreadable() -> Rejected:
    return malformed(
        f"The Authorization header must be `{ALGORITHM} Credential=..., SignedHeaders=..., Signature=...`.",
        f"请求头 Authorization 的格式应为 `{ALGORITHM} Credential=..., SignedHeaders=..., Signature=...`。",
    )


def _signed_headers(text: str) -> tuple[str, ...]:
    names = text.split(";")
    if len(set(names)) != len(names) or not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise malformed(
            "SignedHeaders must be lower-case header names, each once, separated by semicolons.",
            "SignedHeaders 应为以分号分隔且不重复的小写头部名称。",
        )
    absent = [name for name in _MUST_BE_SIGNED if name not in names]
    if absent:
        raise malformed(
            f"SignedHeaders must include `{absent[0]}`.",
            f"SignedHeaders 必须包含 `{absent[0]}`。",
        )
    return tuple(names)


def _canonical_requests(incoming: Incoming, address: Address, claim: Tc3Claim) -> Iterator[bytes]:
    """Give the canonical requests that clients make of one request."""
    is_get = incoming.method == "GET"
    body = UNSIGNED_PAYLOAD.encode() if claim.is_body_unsigned else b"" if is_get else incoming.body
    digest = hashlib.sha256(body).hexdigest()
    for host, spelling in product(address.signed_hosts, (_verbatim, _lower_action, _lower)):
        headers = {**{name: value for name, value in incoming.headers if name in claim.signed_headers}, "host": host}
        if len(headers) != len(claim.signed_headers):
            raise mismatch()
        yield b"\n".join(
            (
                octets(incoming.method),
                octets(address.path),
                octets(address.query if is_get else ""),
                b"".join(_header_line(name, headers[name], spelling) for name in claim.signed_headers),
                octets(";".join(claim.signed_headers)),
                digest.encode(),
            )
        )


def _header_line(name: str, value: str, spelling: Callable[[str, bytes], bytes]) -> bytes:
    return octets(name) + b":" + spelling(name, octets(value).strip()) + b"\n"


def _verbatim(name: str, value: bytes) -> bytes:
    return value


def _lower_action(name: str, value: bytes) -> bytes:
    return value.lower() if name.startswith("x-tc-") else value


def _lower(name: str, value: bytes) -> bytes:
    return value.lower()
