"""No request, however malformed, gets anything but a refusal out of the gate, and none gets in."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.emulator.refusals import Refusal
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.authenticate import authenticate
from mfacli.emulator.signing.times import parse_basic, parse_date_header, skew_text
from tests.emulator.stand_ins import KEY_ID, SESSION_KEY_ID, SmallDirectory, request

ANY_TEXT = st.text(st.characters(max_codepoint=0x2FFFF), max_size=40)
WIRE_TEXT = st.text(st.characters(max_codepoint=0xFF), max_size=40)
PIECES = st.sampled_from(
    [
        "AWS4-HMAC-SHA256 ",
        "AWS ",
        "Credential=",
        f"{KEY_ID}/20261121/us-east-1/sts/aws4_request",
        f"{SESSION_KEY_ID}/20261121/us-east-1/s3/aws4_request",
        "/",
        "SignedHeaders=",
        "host;x-amz-date",
        "Signature=",
        "0" * 64,
        ", ",
        "=",
        "%",
        "%zz",
        "é",
        "\u0661",
        "\ud800",
        "",
    ]
)
MADE_TEXT = st.lists(st.one_of(PIECES, ANY_TEXT), max_size=12).map("".join)
NAMES = st.sampled_from(
    [
        "authorization",
        "host",
        "date",
        "x-amz-date",
        "x-amz-content-sha256",
        "x-amz-security-token",
        "x-amz-decoded-content-length",
        "x-amz-trailer",
        "content-type",
    ]
)
VALUES = st.one_of(
    MADE_TEXT,
    st.sampled_from(
        [
            "20261121T120000Z",
            "00000101T000000Z",
            "99991231T235959Z",
            "Sat, 21 Nov 2026 12:00:00 GMT",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "UNSIGNED-PAYLOAD",
            "5",
        ]
    ),
)
HEADERS = st.lists(st.tuples(st.one_of(NAMES, WIRE_TEXT), VALUES), max_size=8)
PARAMETERS = st.sampled_from(
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        f"X-Amz-Credential={KEY_ID}/20261121/us-east-1/s3/aws4_request",
        f"X-Amz-Credential={KEY_ID}%2F20261121%2Fus-east-1%2Fsts%2Faws4_request",
        "X-Amz-Date=20261121T120000Z",
        "X-Amz-Date=99991231T235959Z",
        "X-Amz-Expires=60",
        "X-Amz-Expires=999999999999999999999",
        "X-Amz-SignedHeaders=host",
        "X-Amz-SignedHeaders=%FF",
        "X-Amz-Signature=" + "0" * 64,
        "X-Amz-Signature=é",
        "X-Amz-Security-Token=%00",
        "Signature=1",
        "&&=&%",
    ]
)
TARGETS = st.one_of(
    MADE_TEXT,
    st.lists(PARAMETERS, max_size=9).map(lambda parts: "/b/k?" + "&".join(parts)),
)


def _outcome(incoming: Incoming) -> str:
    try:
        authenticate(incoming, SmallDirectory(), service=None, allows_unsigned=False)
    except Refusal:
        return "refused"
    return "let in"


@settings(max_examples=150, deadline=None)
@given(method=WIRE_TEXT, target=TARGETS, headers=HEADERS, body=st.binary(max_size=60))
def test_any_request_is_refused_and_nothing_else(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    assert _outcome(request(method, target, headers, body)) == "refused"


@settings(max_examples=100, deadline=None)
@given(parameters=st.lists(PARAMETERS, max_size=9), values=st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_presigned_address_is_refused_and_nothing_else(parameters: list[str], values: dict[str, str]) -> None:
    target = "/b/k?" + "&".join(parameters)

    assert _outcome(request("GET", target, {"host": "h", **values})) == "refused"


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(ANY_TEXT, st.from_regex(r"[0-9]{8}T[0-9]{6}Z", fullmatch=True)), now=st.datetimes())
def test_any_stamp_is_a_time_or_none(text: str, now: datetime) -> None:
    moment = parse_basic(text) or parse_date_header(text)

    assert moment is None or moment.tzinfo is UTC
    if moment is not None and 1 < now.year < 9999:
        skew_text(text, moment, now.replace(tzinfo=UTC))
