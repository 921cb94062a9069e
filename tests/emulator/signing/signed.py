"""Requests signed by the emulator's own arithmetic, which the published vectors vouch for."""

from __future__ import annotations

import hashlib
from datetime import datetime

from mfacli.domain.secret import Secret
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import canonical_request
from mfacli.emulator.signing.signature import Scope, Signer
from mfacli.emulator.signing.times import basic
from tests.doubles import NOON
from tests.emulator.stand_ins import KEY_ID, SECRET, SESSION_KEY_ID, SESSION_TOKEN, request

STAMP = basic(NOON)
FORM = ("content-type", "application/x-www-form-urlencoded")
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"


def signed(
    *,
    method: str = "POST",
    target: str = "/",
    headers: tuple[tuple[str, str], ...] = (FORM,),
    body: bytes = BODY,
    service: str = "sts",
    region: str = "eu-west-1",
    date: str = STAMP[:8],
    terminator: str = "aws4_request",
    stamp: str = STAMP,
    key_id: str = KEY_ID,
    secret: str = SECRET,
    unsigned: tuple[str, ...] = (),
    payload: str | None = None,
    is_session: bool = False,
    tells_hash: bool = True,
    at: datetime = NOON,
) -> Incoming:
    """Return a request signed over all its headers but `unsigned`.

    `payload` stands for the body instead of its hash. S3 is told the hash by default.
    """
    digest = payload or hashlib.sha256(body).hexdigest()
    sent = (("host", "127.0.0.1:5000"), ("x-amz-date", stamp), *headers)
    if is_session:
        key_id = SESSION_KEY_ID
        sent = (*sent, ("x-amz-security-token", SESSION_TOKEN))
    if service == "s3" and payload is None and tells_hash:
        sent = (*sent, ("x-amz-content-sha256", digest))
    names = tuple(sorted({name for name, _ in sent} - set(unsigned)))
    bare = request(method, target, sent, body, at=at)
    canonical = canonical_request(bare, signed_headers=names, payload_hash=digest, is_s3=service == "s3")
    scope = Scope(date=date, region=region, service=service, terminator=terminator)
    signature = Signer(Secret(secret), scope=scope, stamp=stamp).request_signature(canonical)
    header = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    return request(method, target, (*sent, ("authorization", header)), body, at=at)
