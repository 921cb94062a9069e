"""HmacSHA1 and HmacSHA256, the API's older signatures: read from a request's parameters, and made anew from them.

After "Signature method v1" of the API 3.0 documents. What it signs is not encoded, so a value may hold `&Name=value`
and stand for two parameters: that is the method's own weakness, and why the documents advise against it.
"""

from __future__ import annotations

import base64
import hmac
import re

from mfacli.domain.secret import Secret
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.signing.signature import is_same
from mfacli.emulator.tencent.addresses import Address, each_once, pairs_of
from mfacli.emulator.tencent.refusals import missing
from mfacli.emulator.tencent.signing.claims import V1Claim, V1Method, malformed, mismatch, moment_of

_NONCE = re.compile(r"[0-9]{1,20}", re.ASCII)
_REQUIRED = ("SecretId", "Signature", "Timestamp", "Nonce")


def form_parameters(incoming: Incoming, address: Address) -> list[tuple[str, str]]:
    """Return what a request says: a POST in its body, which is a form, others in the address. Raises `Rejected`."""
    return pairs_of(incoming.body if incoming.method == "POST" else address.query)


def v1_claim(incoming: Incoming, address: Address) -> V1Claim:
    """Return what the request's parameters claim; raises `Rejected`."""
    found = each_once(form_parameters(incoming, address))
    for name in _REQUIRED:
        if not found.get(name):
            raise missing(name)
    method = found.get("SignatureMethod") or V1Method.HmacSHA1.name
    if method not in V1Method.__members__:
        raise malformed(
            f"SignatureMethod must be one of {', '.join(V1Method.__members__)}.",
            f"SignatureMethod 应为 {'、'.join(V1Method.__members__)} 之一。",
        )
    signed_at = moment_of(found["Timestamp"])
    if signed_at is None or not _NONCE.fullmatch(found["Nonce"]):
        raise malformed(
            "Timestamp must be a time in unix seconds, and Nonce a positive integer.",
            "Timestamp 应为 UNIX 时间戳（秒），Nonce 应为正整数。",
        )
    return V1Claim(
        secret_id=found["SecretId"],
        method=V1Method[method],
        signature=found["Signature"],
        signed_at=signed_at,
        token=found.get("Token") or None,
        parameters=tuple((name, value) for name, value in found.items() if name != "Signature"),
    )


def check_v1(incoming: Incoming, address: Address, claim: V1Claim, secret_key: Secret) -> None:
    """Raise `Rejected` where the signature is not this request's."""
    # A POST's address is under no signature: parameters there are nobody's.
    if incoming.method == "POST" and address.query:
        raise mismatch()
    named = [(name.replace("_", "."), value) for name, value in claim.parameters]
    if len({name for name, _ in named}) != len(named):
        # Their values could be exchanged and the signature would still match.
        raise mismatch()
    text = "&".join(f"{name}={value}" for name, value in sorted(named)).encode()
    source = b"".join((octets(incoming.method), octets(address.host), octets(address.path), b"?", text))
    digest = hmac.digest(secret_key.reveal().encode(), source, claim.method.value)
    if not is_same(base64.b64encode(digest).decode(), claim.signature):
        raise mismatch()
