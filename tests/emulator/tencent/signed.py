"""Requests signed as clients do: TC3 and v1 by the SDK's own arithmetic, COS by the steps of its document."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from tencentcloud.common.sign import Sign

from mfacli.emulator.requests import Incoming
from tests.emulator.stand_ins import request
from tests.emulator.tencent.stand_ins import KEY_ID, SECRET, SENT_AT

STAMP = str(int(SENT_AT.timestamp()))
HOST = "127.0.0.1:9000"
BUCKET_HOST = "example-1250000000.cos.ap-guangzhou.myqcloud.com"
JSON_TYPE = ("content-type", "application/json")
ACTION = ("x-tc-action", "GetCallerIdentity")
VERSION = ("x-tc-version", "2018-08-13")
SPAN = f"{int(STAMP) - 60};{int(STAMP) + 600}"


def tc3_signed(
    *,
    method: str = "POST",
    target: str = "/",
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE, ACTION, VERSION),
    body: bytes = b"{}",
    signed_headers: str = "content-type;host",
    spelled: dict[str, str] | None = None,
    date: str | None = None,
    stamp: str = STAMP,
    service: str = "sts",
    key_id: str = KEY_ID,
) -> Incoming:
    """Return a request signed with TC3; `spelled` are header values as they are signed, where not as sent."""
    sent = {"host": HOST, "x-tc-timestamp": stamp, **dict(headers)}
    values = {**sent, **(spelled or {})}
    lines = "".join(f"{name}:{values[name]}\n" for name in signed_headers.split(";"))
    payload = b"" if method == "GET" else body
    path, _, query = target.partition("?")
    canonical = "\n".join((method, path, query, lines, signed_headers, hashlib.sha256(payload).hexdigest()))
    day = date or f"{datetime.fromtimestamp(int(stamp), tz=UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = Sign.sign_tc3(SECRET, day, service, text)
    credential = f"Credential={key_id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
    return request(method, target, {**sent, "authorization": f"TC3-HMAC-SHA256 {credential}"}, body, at=SENT_AT)


def v1_signed(
    *,
    method: str = "POST",
    hashing: str | None = "HmacSHA256",
    host: str = HOST,
    without: tuple[str, ...] = (),
    given: Mapping[str, str] | None = None,
) -> Incoming:
    """Return a request signed with v1, `given` being more parameters of it, or other values."""
    standard = {
        "Action": "GetCallerIdentity",
        "Version": "2018-08-13",
        "Timestamp": STAMP,
        "Nonce": "7",
        "SecretId": KEY_ID,
        **({"SignatureMethod": hashing} if hashing else {}),
    }
    parameters = {name: value for name, value in {**standard, **(given or {})}.items() if name not in without}
    named = {name.replace("_", "."): value for name, value in parameters.items()}
    source = f"{method}{host}/?" + "&".join(f"{name}={named[name]}" for name in sorted(named))
    known = hashing if hashing in ("HmacSHA1", "HmacSHA256") else "HmacSHA1"
    form = urlencode({**parameters, "Signature": Sign.sign(SECRET, source, known)})
    headers = (("host", host), ("content-type", "application/x-www-form-urlencoded"))
    if method == "GET":
        return request(method, f"/?{form}", headers, at=SENT_AT)
    return request(method, "/", headers, form.encode(), at=SENT_AT)


def cos_signed(
    *,
    method: str = "GET",
    path: str = "/key",
    query: dict[str, str] | None = None,
    headers: tuple[tuple[str, str], ...] = (("host", BUCKET_HOST),),
    signed_headers: dict[str, str] | None = None,
    signed_query: dict[str, str] | None = None,
    sign_time: str = SPAN,
    key_time: str | None = None,
    key_id: str = KEY_ID,
    presigned: bool = False,
    secret: str = SECRET,
    body: bytes = b"",
    at: datetime = SENT_AT,
) -> Incoming:
    """Return a request signed for COS over `signed_headers` and `signed_query`, nothing by default."""
    key_time = sign_time if key_time is None else key_time
    http = f"{method.lower()}\n{path}\n{_joined(signed_query)}\n{_joined(signed_headers)}\n"
    text = f"sha1\n{sign_time}\n{hashlib.sha1(http.encode()).hexdigest()}\n"
    key = hmac.new(secret.encode(), key_time.encode(), "sha1").hexdigest()
    parts = {
        "q-sign-algorithm": "sha1",
        "q-ak": key_id,
        "q-sign-time": sign_time,
        "q-key-time": key_time,
        "q-header-list": ";".join(sorted(signed_headers or {})),
        "q-url-param-list": ";".join(sorted(signed_query or {})),
        "q-signature": hmac.new(key.encode(), text.encode(), "sha1").hexdigest(),
    }
    asked = urlencode({**(query or {}), **(parts if presigned else {})})
    authorization = "&".join(f"{name}={value}" for name, value in parts.items())
    sent = headers if presigned else (*headers, ("authorization", authorization))
    return request(method, f"{quote(path)}?{asked}" if asked else quote(path), sent, body, at=at)


def _joined(values: dict[str, str] | None) -> str:
    pairs = sorted((quote(name, safe="").lower(), quote(value, safe="")) for name, value in (values or {}).items())
    return "&".join(f"{name}={value}" for name, value in pairs)
