"""Who a Tencent Cloud request is from: reads the claim, finds the key, and makes the signature anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.tencent.addresses import Address, address_of, cos_place
from mfacli.emulator.tencent.callers import ANONYMOUS, Caller
from mfacli.emulator.tencent.contracts import Secrets
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.claims import (
    Claim,
    CosClaim,
    SigningForm,
    Tc3Claim,
    Unsigned,
    V1Claim,
    malformed,
)
from mfacli.emulator.tencent.signing.cos import ALGORITHM_NAME, TOKEN, check_cos, check_span, cos_claim
from mfacli.emulator.tencent.signing.tc3 import ALGORITHM, check_skew, check_tc3, tc3_claim
from mfacli.emulator.tencent.signing.v1 import check_v1, v1_claim
from mfacli.emulator.wire.forms import FORM, content_type

# What a second copy of would let one request be read in two ways; the API's own headers (`x-tc-`) are held to it too.
_ONCE = frozenset({"authorization", "content-type", "host", TOKEN})
_SKIP = "SKIP"
_PRESIGNED = re.compile(rf"(?:^|&)(?:{ALGORITHM_NAME}|q-signature)=".encode())
_OF_V1 = re.compile(rb"(?:^|&)SecretId=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A request whose signature has been checked, or one that came unsigned where that is allowed.

    `service` is the one in a TC3 signature's scope; empty where the signature names none.
    """

    caller: Caller
    form: SigningForm
    service: str = ""


def authenticate(incoming: Incoming, directory: Secrets, *, now: datetime, allows_unsigned: bool = False) -> Found:
    """Return who a request is from; raises `Rejected` and, whatever the request holds, nothing else."""
    address = address_of(incoming)
    _check_once(incoming, address)
    claim = claim_of(incoming)
    match claim:
        case Unsigned():
            if not allows_unsigned:
                raise Rejected(RejectionKind.NO_AUTHENTICATION)
            return Found(caller=ANONYMOUS, form=SigningForm.NONE)
        case Tc3Claim():
            credential = directory.credential_for(claim.secret_id, claim.token)
            check_skew(claim.signed_at, now)
            check_tc3(incoming, address, claim, credential.secret_key)
            return Found(caller=credential.caller, form=SigningForm.TC3, service=claim.service)
        case V1Claim():
            credential = directory.credential_for(claim.secret_id, claim.token)
            check_skew(claim.signed_at, now)
            check_v1(incoming, address, claim, credential.secret_key)
            return Found(caller=credential.caller, form=SigningForm.V1)
        case CosClaim():
            credential = directory.credential_for(claim.secret_id, claim.token)
            check_span(claim, now)
            check_cos(incoming, address, claim, credential.secret_key)
            return Found(caller=credential.caller, form=SigningForm.COS)
        case _:
            assert_never(claim)


def form_of(incoming: Incoming) -> SigningForm | None:
    """Return how a request is signed, None where it is in a way that is not Tencent's; never raises."""
    header = (incoming.header("authorization") or "").strip()
    address = address_of(incoming)
    if header.partition(" ")[0] == ALGORITHM:
        return SigningForm.TC3
    if header.startswith(f"{ALGORITHM_NAME}=") or _PRESIGNED.search(octets(address.query)):
        return SigningForm.COS
    if header == _SKIP:
        return SigningForm.NONE
    if header:
        return None
    return SigningForm.V1 if _is_v1(incoming, address) else SigningForm.NONE


def claim_of(incoming: Incoming) -> Claim:
    """Return what a request claims; raises `Rejected` where it cannot be read."""
    form = form_of(incoming)
    match form:
        case SigningForm.NONE:
            return Unsigned()
        case SigningForm.TC3:
            return tc3_claim(incoming)
        case SigningForm.V1:
            return v1_claim(incoming, address_of(incoming))
        case SigningForm.COS:
            return cos_claim(incoming, address_of(incoming))
        case None:
            raise malformed(
                f"The Authorization header must begin with `{ALGORITHM}` or, for COS, with `{ALGORITHM_NAME}=`.",
                f"请求头 Authorization 应以 `{ALGORITHM}` 开头；COS 请求应以 `{ALGORITHM_NAME}=` 开头。",
            )
        case _:
            assert_never(form)


def _is_v1(incoming: Incoming, address: Address) -> bool:
    if address.path != "/" or cos_place(address.host_name) is not None:
        return False
    if incoming.method == "POST":
        return content_type(incoming) == FORM and _OF_V1.search(incoming.body) is not None
    return _OF_V1.search(octets(address.query)) is not None


def _check_once(incoming: Incoming, address: Address) -> None:
    names = [name for name, _ in incoming.headers if name in _ONCE or name.startswith("x-tc-")]
    if len(set(names)) != len(names):
        raise malformed("A header that may be sent only once is there twice.", "请求头重复。")
    if address.disagrees:
        raise malformed("The address and the Host header name two hosts.", "请求地址与 Host 头部不一致。")
