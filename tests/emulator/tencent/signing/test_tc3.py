"""What is demanded of a TC3 signature beyond that it matches, and which spellings of one are taken."""

from __future__ import annotations

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.authenticate import Found, authenticate
from tests.emulator.tencent.signed import ACTION, HOST, JSON_TYPE, STAMP, VERSION, tc3_signed
from tests.emulator.tencent.stand_ins import SENT_AT, STALE_KEY_ID, SmallSecrets, altered

GENUINE = tc3_signed()
AUTHORIZATION = GENUINE.header("authorization") or ""


def _check(incoming: Incoming) -> Found:
    return authenticate(incoming, SmallSecrets(), now=SENT_AT)


def _refused(incoming: Incoming) -> Rejected:
    with pytest.raises(Rejected) as caught:
        _check(incoming)
    return caught.value


def test_the_service_is_the_scopes() -> None:
    assert _check(tc3_signed(service="cvm")).service == "cvm"


@pytest.mark.parametrize(
    "spelled",
    [
        {},
        {"x-tc-action": "getcalleridentity"},
        {"x-tc-action": "getcalleridentity", "content-type": "application/json; charset=utf-8", "host": HOST},
    ],
    ids=["as sent", "the action in lower case", "everything in lower case"],
)
def test_header_values_may_be_lower_cased_before_they_are_signed(spelled: dict[str, str]) -> None:
    headers = (("content-type", "application/json; charset=UTF-8"), ACTION, VERSION)
    incoming = tc3_signed(headers=headers, signed_headers="content-type;host;x-tc-action", spelled=spelled)

    assert _check(incoming).service == "sts"


def test_the_order_of_signed_headers_is_as_they_say() -> None:
    assert _check(tc3_signed(signed_headers="x-tc-action;host;content-type")).service == "sts"


def test_the_host_may_be_signed_without_its_port() -> None:
    assert _check(tc3_signed(spelled={"host": "127.0.0.1"})).service == "sts"
    assert _refused(tc3_signed(spelled={"host": "127.0.0.1:9001"})).kind is RejectionKind.BAD_SIGNATURE


def test_a_signed_action_cannot_be_exchanged() -> None:
    incoming = tc3_signed(signed_headers="content-type;host;x-tc-action")

    refusal = _refused(altered(incoming, headers=[("x-tc-action", "GetFederationToken")]))

    assert refusal.kind is RejectionKind.BAD_SIGNATURE


def test_a_signed_header_must_be_sent() -> None:
    incoming = tc3_signed(signed_headers="content-type;host;x-tc-action")

    assert _refused(altered(incoming, without=("x-tc-action",))).kind is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("names", ["content-type", "host", "x-tc-action"])
def test_host_and_content_type_must_be_signed(names: str) -> None:
    refusal = _refused(tc3_signed(signed_headers=names))

    assert refusal.kind is RejectionKind.MALFORMED
    assert "must include" in refusal.message_en


def test_the_date_must_be_the_time_stamps_in_utc() -> None:
    refusal = _refused(tc3_signed(date="2025-11-26"))

    assert refusal.kind is RejectionKind.BAD_SIGNATURE
    assert "UTC date" in refusal.message_en


def test_the_body_of_a_get_is_not_signed_and_not_refused() -> None:
    headers = (("content-type", "application/x-www-form-urlencoded"), ACTION, VERSION)
    incoming = tc3_signed(method="GET", target="/?A=1", headers=headers, body=b"")

    assert _check(altered(incoming, body=b"ignored")).service == "sts"


def test_other_methods_are_not_let_in() -> None:
    assert _refused(tc3_signed(method="PUT")).kind is RejectionKind.BAD_SIGNATURE


def test_what_a_post_says_in_its_address_is_refused_though_it_is_signed() -> None:
    assert _refused(tc3_signed(target="/?Action=X")).kind is RejectionKind.BAD_SIGNATURE


def test_an_unknown_key_is_told_from_a_session_that_is_over() -> None:
    assert _refused(tc3_signed(key_id="AKIDNOBODY")).kind is RejectionKind.UNKNOWN_KEY
    assert _refused(tc3_signed(key_id=STALE_KEY_ID)).kind is RejectionKind.EXPIRED_TOKEN


def test_a_long_term_key_has_no_token() -> None:
    incoming = tc3_signed(headers=(JSON_TYPE, ACTION, VERSION, ("x-tc-token", "TOKENEXAMPLE")))

    assert _refused(incoming).kind is RejectionKind.BAD_TOKEN


def test_an_old_signature_is_expired_even_where_its_date_is_right() -> None:
    refusal = _refused(tc3_signed(stamp=str(int(STAMP) - 301)))

    assert refusal.kind is RejectionKind.EXPIRED_SIGNATURE
    assert "5 minutes" in refusal.message_en
    assert "5分钟" in refusal.message_zh


def test_an_empty_token_is_none() -> None:
    assert _check(altered(GENUINE, headers=[("x-tc-token", "")])).service == "sts"


def test_a_request_without_a_time_lacks_a_parameter() -> None:
    refusal = _refused(altered(GENUINE, without=("x-tc-timestamp",)))

    assert (refusal.code, refusal.message_en) == (
        "MissingParameter",
        "The request is missing a required parameter `Timestamp`.",
    )


@pytest.mark.parametrize(
    "stamp", ["now", "-1", "1764244241.0", "٣", "1" * 12, "9" * 5000, "99999999999999999999", " ", "0x10"]
)
def test_a_time_that_is_none_is_malformed(stamp: str) -> None:
    incoming = altered(GENUINE, headers=[("x-tc-timestamp", stamp)])

    assert _refused(incoming).kind is RejectionKind.MALFORMED


@pytest.mark.parametrize(
    "header",
    [
        "TC3-HMAC-SHA256",
        "TC3-HMAC-SHA256 ",
        "TC3-HMAC-SHA256 Signature",
        AUTHORIZATION.replace("Signature=", "Signatur="),
        AUTHORIZATION.replace("Credential=", "Cred="),
        AUTHORIZATION.replace(", SignedHeaders=content-type;host", ""),
        AUTHORIZATION.replace("content-type;host", ""),
        AUTHORIZATION.replace("content-type;host", "content-type;host;host"),
        AUTHORIZATION.replace("content-type;host", "Content-Type;Host"),
        AUTHORIZATION.replace("content-type;host", "content-type;host;"),
        AUTHORIZATION.replace("tc3_request", "tc3"),
        AUTHORIZATION.replace("/sts/", "/"),
        AUTHORIZATION.replace("/sts/", "/s/ts/"),
        AUTHORIZATION.replace("2025-11-27", "20251127"),
        AUTHORIZATION.replace("AKIDEXAMPLE", ""),
        AUTHORIZATION.replace("AKIDEXAMPLE", "AKID EXAMPLE"),
        f"{AUTHORIZATION}, Signature=0",
        f"{AUTHORIZATION}, nothing",
        AUTHORIZATION.replace("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256\t"),
        f"{AUTHORIZATION}é",
        AUTHORIZATION[: AUTHORIZATION.index("Signature=") + len("Signature=")],
    ],
)
def test_a_header_that_cannot_be_read_is_malformed(header: str) -> None:
    incoming = altered(GENUINE, headers=[("authorization", header)])

    assert _refused(incoming).kind is RejectionKind.MALFORMED


def test_spaces_around_the_parts_do_not_matter() -> None:
    header = AUTHORIZATION.replace(", ", ",   ")

    assert _check(altered(GENUINE, headers=[("authorization", header)])).service == "sts"
