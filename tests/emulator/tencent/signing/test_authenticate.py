"""How a request says in which way it is signed, and what may be said only once."""

from __future__ import annotations

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.callers import ANONYMOUS
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.authenticate import authenticate, claim_of, form_of
from mfacli.emulator.tencent.signing.claims import SigningForm
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import BUCKET_HOST, HOST, cos_signed, tc3_signed, v1_signed
from tests.emulator.tencent.stand_ins import SENT_AT, SESSION_KEY_ID, SESSION_TOKEN, SmallSecrets, altered


def _kind(incoming: Incoming) -> RejectionKind:
    with pytest.raises(Rejected) as caught:
        authenticate(incoming, SmallSecrets(), now=SENT_AT)
    return caught.value.kind


@pytest.mark.parametrize("header", ["Bearer abc", "AWS4-HMAC-SHA256 Credential=x", "TC4-HMAC-SHA256 x", "q-ak=1"])
def test_another_way_of_signing_is_refused_even_where_unsigned_requests_are_not(header: str) -> None:
    incoming = request("GET", "/key", {"host": BUCKET_HOST, "authorization": header}, at=SENT_AT)

    with pytest.raises(Rejected) as caught:
        authenticate(incoming, SmallSecrets(), now=SENT_AT, allows_unsigned=True)

    assert form_of(incoming) is None
    assert caught.value.kind is RejectionKind.MALFORMED


def test_an_empty_authorization_is_none() -> None:
    incoming = request("GET", "/key", {"host": BUCKET_HOST, "authorization": ""}, at=SENT_AT)

    found = authenticate(incoming, SmallSecrets(), now=SENT_AT, allows_unsigned=True)

    assert found.caller is ANONYMOUS
    assert _kind(incoming) is RejectionKind.NO_AUTHENTICATION


def test_a_header_decides_whatever_the_parameters_say() -> None:
    incoming = tc3_signed(body=b"SecretId=AKIDEXAMPLE&Signature=x")

    assert authenticate(incoming, SmallSecrets(), now=SENT_AT).form is SigningForm.TC3


def test_parameters_on_coss_hosts_are_no_signature() -> None:
    incoming = request("GET", "/?SecretId=AKIDEXAMPLE&Signature=x", {"host": BUCKET_HOST}, at=SENT_AT)

    assert form_of(incoming) is SigningForm.NONE


@pytest.mark.parametrize(
    "name", ["authorization", "host", "content-type", "x-tc-token", "x-tc-action", "x-tc-timestamp"]
)
def test_headers_that_decide_may_be_sent_only_once(name: str) -> None:
    incoming = tc3_signed(
        headers=(
            ("content-type", "application/json"),
            ("x-tc-action", "GetCallerIdentity"),
            ("x-tc-token", SESSION_TOKEN),
        ),
        key_id=SESSION_KEY_ID,
    )
    doubled = request(
        "POST", "/", [*incoming.headers, (name, incoming.header(name) or "")], incoming.body, at=SENT_AT
    )

    assert authenticate(incoming, SmallSecrets(), now=SENT_AT).service == "sts"
    assert _kind(doubled) is RejectionKind.MALFORMED


def test_the_address_and_the_host_header_must_agree() -> None:
    incoming = tc3_signed()

    same = authenticate(altered(incoming, target=f"http://{HOST}/"), SmallSecrets(), now=SENT_AT)

    assert same.service == "sts"
    assert _kind(altered(incoming, target="http://sts.tencentcloudapi.com/")) is RejectionKind.MALFORMED


@pytest.mark.parametrize("incoming", [tc3_signed(), v1_signed(), cos_signed()], ids=["tc3", "v1", "cos"])
def test_a_claim_shows_no_signature_and_no_token(incoming: Incoming) -> None:
    claim = claim_of(incoming)

    assert "signature=" not in repr(claim)
    assert "token=" not in repr(claim)
    assert "AKIDEXAMPLE" in repr(claim)
