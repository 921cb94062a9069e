"""No request, however malformed, gets anything but a refusal out of the Tencent gate, and none gets in."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected
from mfacli.emulator.tencent.signing.authenticate import authenticate, form_of
from mfacli.emulator.tencent.wire.answers import cos_error_of, error_of
from mfacli.emulator.tencent.wire.cos import recognise_cos
from mfacli.emulator.tencent.wire.recognise import is_cos, is_tencent, language_of, recognise
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import BUCKET_HOST, STAMP
from tests.emulator.tencent.stand_ins import KEY_ID, SENT_AT, SESSION_KEY_ID, SmallSecrets

WIRE_TEXT = st.text(st.characters(max_codepoint=0xFF), max_size=40)
ANY_TEXT = st.text(st.characters(max_codepoint=0x2FFFF), max_size=40)
PIECES = st.sampled_from(
    [
        "TC3-HMAC-SHA256 ",
        f"Credential={KEY_ID}/2025-11-27/sts/tc3_request",
        f"Credential={SESSION_KEY_ID}/2025-11-27/cvm/tc3_request",
        "SignedHeaders=content-type;host",
        "SignedHeaders=content-type;host;x-tc-token;nobody",
        "Signature=" + "0" * 64,
        "SKIP",
        ", ",
        "&",
        "=",
        f"q-sign-algorithm=sha1&q-ak={KEY_ID}",
        f"&q-sign-time=1;{STAMP}9&q-key-time=1;{STAMP}9",
        "&q-header-list=host;%FF;\ud800&q-url-param-list=%zz;;",
        "&q-signature=" + "0" * 40,
        "\u0661",
        "\ud800",
        "é",
        "",
    ]
)
MADE = st.lists(st.one_of(PIECES, ANY_TEXT), max_size=10).map("".join)
NAMES = st.sampled_from(
    [
        "authorization",
        "content-type",
        "host",
        "x-tc-action",
        "x-tc-content-sha256",
        "x-tc-language",
        "x-tc-timestamp",
        "x-tc-token",
        "x-tc-version",
        "x-cos-security-token",
    ]
)
VALUES = st.one_of(
    MADE,
    st.sampled_from(
        [
            STAMP,
            "-1",
            "9" * 400,
            BUCKET_HOST,
            "http://127.0.0.1:9",
            "sts.tencentcloudapi.com",
            "application/x-www-form-urlencoded",
            "application/json",
            "UNSIGNED-PAYLOAD",
            "GetCallerIdentity",
        ]
    ),
)
PARAMETERS = st.sampled_from(
    [
        f"SecretId={KEY_ID}",
        "Signature=AAAA",
        f"Timestamp={STAMP}",
        "Nonce=1",
        "SignatureMethod=HmacSHA256",
        "SignatureMethod=__class__",
        "Token=%FF",
        "Action=GetCallerIdentity",
        "Version=2018-08-13",
        "A.0.B=1",
        "A.99999999999999999999=1",
        "A=1",
        "..=",
        "Language=en-US",
        "q-sign-algorithm=sha1",
        f"q-ak={KEY_ID}",
        f"q-sign-time=1%3B{STAMP}9",
        f"q-key-time=1%3B{STAMP}9",
        "q-header-list=%C3%A9%3Bhost",
        "q-url-param-list=%25ff",
        "q-signature=00",
        "\xff=%zz",
        "&&=&%",
    ]
)
QUERIES = st.lists(PARAMETERS, max_size=12).map("&".join)
TARGETS = st.one_of(MADE, QUERIES.map("/?".__add__), QUERIES.map(f"http://{BUCKET_HOST}/k%FF?".__add__))
BODIES = st.one_of(st.binary(max_size=60), QUERIES.map(lambda text: text.encode("latin-1")))
HEADERS = st.lists(st.tuples(st.one_of(NAMES, WIRE_TEXT), VALUES), max_size=8)


def _gate(incoming: Incoming) -> Rejected | None:
    try:
        authenticate(incoming, SmallSecrets(), now=SENT_AT)
    except Rejected as rejected:
        return rejected
    return None


@settings(max_examples=300, deadline=None)
@given(
    method=st.one_of(st.sampled_from(["GET", "POST", "HEAD"]), WIRE_TEXT),
    target=TARGETS,
    headers=HEADERS,
    body=BODIES,
)
def test_any_request_is_refused_and_nothing_else(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    incoming = request(method, target, headers, body, at=SENT_AT)

    rejected = _gate(incoming)

    assert rejected is not None
    assert error_of(rejected, incoming).status
    assert cos_error_of(rejected, incoming).status >= 400


@settings(max_examples=300, deadline=None)
@given(method=st.sampled_from(["GET", "POST", "HEAD"]), target=TARGETS, headers=HEADERS, body=BODIES)
def test_what_looks_before_the_gate_never_raises_and_what_reads_behind_it_only_refuses(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    incoming = request(method, target, headers, body, at=SENT_AT)

    looks = (is_tencent(incoming), is_cos(incoming), language_of(incoming), form_of(incoming))

    assert len(looks) == 4
    for read in (recognise, recognise_cos):
        with suppress(Rejected):
            read(incoming)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"A":' * 50_000, b"9" * 100_000, b'{"A":' + b"9" * 5000 + b"}"])
def test_huge_and_deep_bodies_are_refused_not_fallen_over(body: bytes) -> None:
    headers = {"host": "h", "x-tc-action": "A", "x-tc-version": "2018-08-13", "content-type": "application/json"}

    with pytest.raises(Rejected) as caught:
        recognise(request("POST", "/", headers, body, at=SENT_AT))

    assert caught.value.code == "InvalidParameter"
