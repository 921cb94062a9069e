"""A call of Tencent Cloud's object storage, signed by its documents' own description (436/7778).

Its SDK for Python is not used: one part of that is compiled where it is installed, another takes 16 MB.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from mfacli.commands.demo_refusals import CloudRefused
from mfacli.domain.credentials import Keys

_EARLY_SECONDS, _VALID_SECONDS, _TIMEOUT_SECONDS = 60, 600, 30


def call_bucket(address: str, method: str, host: str, keys: Keys) -> None:
    """Make a call about the whole bucket that `host` names, of the emulator at `address`; raises `CloudRefused`."""
    headers = {"host": host}
    if keys.session_token:
        headers["x-cos-security-token"] = keys.session_token.reveal()
    now = int(time.time())
    period = f"{now - _EARLY_SECONDS};{now + _VALID_SECONDS}"
    signed = headers | {"authorization": authorization(method, headers, keys, period=period)}
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(method, "/", headers=signed)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise _refusal(text)


def authorization(method: str, headers: Mapping[str, str], keys: Keys, *, period: str) -> str:
    """Return the header that signs a call of the root path and all its `headers` (in lower case) for a `period`."""
    names = sorted(headers)
    listed = "&".join(f"{name}={quote(headers[name], safe='-_.~')}" for name in names)
    canonical = f"{method.lower()}\n/\n\n{listed}\n"
    to_sign = f"sha1\n{period}\n{hashlib.sha1(canonical.encode(), usedforsecurity=False).hexdigest()}\n"
    signature = _hmac(_hmac(keys.secret_access_key.reveal(), period), to_sign)
    return (
        f"q-sign-algorithm=sha1&q-ak={keys.access_key_id}&q-sign-time={period}&q-key-time={period}"
        f"&q-header-list={';'.join(names)}&q-url-param-list=&q-signature={signature}"
    )


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha1").hexdigest()


def _refusal(text: bytes) -> CloudRefused:
    found = ET.fromstring(text)  # noqa: S314 - the emulator's own words
    return CloudRefused(found.findtext("Code", ""), found.findtext("Message", ""))
