"""What the gate demands of a signature beyond that it matches."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import quote

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import ANONYMOUS
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.authenticate import Authenticated, authenticate
from mfacli.emulator.signing.canonical import canonical_request
from mfacli.emulator.signing.signature import Scope, Signer
from mfacli.emulator.signing.times import basic
from tests.doubles import NOON
from tests.emulator.signing.signed import BODY, FORM, STAMP, signed
from tests.emulator.stand_ins import (
    KEY_ID,
    SECRET,
    SESSION_KEY_ID,
    SESSION_TOKEN,
    STALE_KEY_ID,
    SmallDirectory,
    request,
)


def _with(incoming: Incoming, name: str, value: str) -> Incoming:
    """Return the request with a header set after it was signed."""
    kept = tuple(pair for pair in incoming.headers if pair[0] != name)
    return request(incoming.method, incoming.target, (*kept, (name, value)), incoming.body, at=incoming.received_at)


def _check(incoming: Incoming, *, service: str | None = None, allows_unsigned: bool = False) -> Authenticated:
    return authenticate(incoming, SmallDirectory(), service=service, allows_unsigned=allows_unsigned)


def _refused(incoming: Incoming, *, service: str | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        _check(incoming, service=service)
    return caught.value


def test_a_signed_request_is_its_key_owners_in_the_scope_it_was_signed_for() -> None:
    found = _check(signed(), service="sts")

    assert (found.caller.access_key_id, found.service, found.region) == (KEY_ID, "sts", "eu-west-1")


def test_a_wrong_secret_does_not_match() -> None:
    refusal = _refused(signed(secret="another"))

    assert refusal.kind is RefusalKind.BAD_SIGNATURE
    assert refusal.message.startswith("The request signature we calculated does not match")


def test_the_body_is_under_the_signature_whatever_a_header_says_its_hash_is() -> None:
    claimed = ("x-amz-content-sha256", hashlib.sha256(BODY).hexdigest())
    incoming = signed(headers=(FORM, claimed))
    swapped = request("POST", "/", incoming.headers, BODY + b"&Evil=1")

    assert _refused(swapped).kind is RefusalKind.BAD_SIGNATURE


def test_a_plus_in_a_query_is_a_plus() -> None:
    incoming = signed(method="GET", target="/?Action=A%2BB&Version=1")
    same = request("GET", "/?Action=A+B&Version=1", incoming.headers, incoming.body)

    assert _check(same).service == "sts"


def test_a_repeated_query_parameter_counts_twice() -> None:
    incoming = signed(method="GET", target="/?a=1&a=2")
    dropped = request("GET", "/?a=2", incoming.headers, incoming.body)

    assert _refused(dropped).kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize("path", ["/b/a%20b%2Bc/%C3%A9~..//x%252F", "/b/../c", "/b//", "/b/%2F", "/b/a%zz"])
def test_an_objects_path_is_signed_as_it_was_sent(path: str) -> None:
    incoming = signed(method="GET", target=path, body=b"", service="s3")

    assert _check(incoming).service == "s3"


@pytest.mark.parametrize("other", ["/b/c", "/c", "/b/../c/"])
def test_an_objects_path_is_not_normalised(other: str) -> None:
    incoming = signed(method="GET", target="/b/../c", body=b"", service="s3")
    moved = request("GET", other, incoming.headers, b"")

    assert _refused(moved).kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        (
            basic(NOON - timedelta(minutes=15, seconds=1)),
            "Signature expired: 20261121T114459Z is now earlier than 20261121T114500Z (20261121T120000Z - 15 min.)",
        ),
        (
            basic(NOON + timedelta(minutes=15, seconds=1)),
            (
                "Signature not yet current: 20261121T121501Z is still later than 20261121T121500Z "
                "(20261121T120000Z + 15 min.)"
            ),
        ),
    ],
)
def test_a_clock_off_by_more_than_15_minutes_is_told(stamp: str, text: str) -> None:
    refusal = _refused(signed(stamp=stamp))

    assert (refusal.kind, refusal.message) == (RefusalKind.CLOCK_SKEW, text)
    assert refusal.details["MaxAllowedSkewMilliseconds"] == "900000"


@pytest.mark.parametrize("minutes", [-15, 15])
def test_a_clock_off_by_15_minutes_is_near_enough(minutes: int) -> None:
    assert _check(signed(stamp=basic(NOON + timedelta(minutes=minutes)))).service == "sts"


@pytest.mark.parametrize(
    ("incoming", "text"),
    [
        (
            signed(date="20261120"),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
        ),
        (signed(region="nowhere"), "Credential should be scoped to a valid Region, not 'nowhere'."),
        (signed(region="EU-WEST-1"), "Credential should be scoped to a valid Region, not 'EU-WEST-1'."),
        (signed(service="iam"), "Credential should be scoped to correct service: 'sts'."),
        (signed(terminator="aws5_request"), "Credential should be scoped with a valid terminator: 'aws4_request'"),
    ],
    ids=["date", "region", "case", "service", "terminator"],
)
def test_a_scope_that_is_not_the_requests_is_refused(incoming: Incoming, text: str) -> None:
    refusal = _refused(incoming, service="sts")

    assert refusal.kind is RefusalKind.BAD_SIGNATURE
    assert refusal.message.startswith(text)


def test_s3_calls_a_wrong_scope_a_malformed_header() -> None:
    refusal = _refused(signed(service="s3", region="nowhere"))

    assert refusal.kind is RefusalKind.MALFORMED_AUTHENTICATION


def test_the_host_must_besigned() -> None:
    refusal = _refused(signed(unsigned=("host",)))

    assert refusal.kind is RefusalKind.BAD_SIGNATURE
    assert "must be a 'SignedHeader'" in refusal.message


def test_a_target_that_is_not_signed_is_refused() -> None:
    refusal = _refused(signed(headers=(("x-amz-target", "AmazonSQS.PurgeQueue"),), unsigned=("x-amz-target",)))

    assert refusal.message == "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization."


def test_s3_names_the_headers_that_were_notsigned() -> None:
    incoming = _with(signed(service="s3"), "x-amz-acl", "public-read")

    refusal = _refused(incoming)

    assert (refusal.code, refusal.status) == ("AccessDenied", 403)
    assert refusal.details["HeadersNotSigned"] == "x-amz-acl"


def test_a_header_that_was_signed_but_not_sent_is_refused() -> None:
    incoming = signed(headers=(FORM, ("range", "bytes=0-9")))
    cut = request("POST", "/", tuple(pair for pair in incoming.headers if pair[0] != "range"), BODY)

    assert _refused(cut).kind is RefusalKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["authorization", "host", "x-amz-date", "x-amz-security-token", "content-type"])
def test_a_header_that_decides_may_be_sent_only_once(name: str) -> None:
    incoming = signed(headers=(FORM, ("x-amz-security-token", "t")))
    doubled = request("POST", "/", (*incoming.headers, (name, "other")), BODY)

    refusal = _refused(doubled)

    assert refusal.kind is RefusalKind.MALFORMED_AUTHENTICATION
    assert f"'{name}'" in refusal.message


def test_a_session_signs_with_its_token() -> None:
    incoming = signed(key_id=SESSION_KEY_ID, headers=(FORM, ("x-amz-security-token", SESSION_TOKEN)))

    assert _check(incoming).caller.access_key_id == SESSION_KEY_ID


@pytest.mark.parametrize(
    ("key_id", "token", "kind"),
    [
        (SESSION_KEY_ID, None, RefusalKind.BAD_TOKEN),
        (SESSION_KEY_ID, "another", RefusalKind.BAD_TOKEN),
        (KEY_ID, SESSION_TOKEN, RefusalKind.BAD_TOKEN),
        ("AKIAUNKNOWN", None, RefusalKind.UNKNOWN_KEY),
        (STALE_KEY_ID, SESSION_TOKEN, RefusalKind.EXPIRED_TOKEN),
    ],
)
def test_keys_and_tokens_are_judged_before_the_signature(key_id: str, token: str | None, kind: RefusalKind) -> None:
    headers = (FORM,) if token is None else (FORM, ("x-amz-security-token", token))

    refusal = _refused(signed(key_id=key_id, headers=headers, secret="not even the right one"))

    assert refusal.kind is kind


def test_a_token_in_a_header_is_under_the_signature() -> None:
    headers = (FORM, ("x-amz-security-token", SESSION_TOKEN))
    incoming = signed(key_id=SESSION_KEY_ID, headers=headers, unsigned=("x-amz-security-token",))

    assert _refused(incoming).kind is RefusalKind.BAD_SIGNATURE


def test_the_date_header_serves_where_x_amz_date_is_missing() -> None:
    sent = (("host", "h"), ("date", "Sat, 21 Nov 2026 12:00:00 GMT"))
    names = ("date", "host")
    bare = request("GET", "/", sent)
    empty = hashlib.sha256(b"").hexdigest()
    scope = Scope(date="20261121", region="us-east-1", service="sts", terminator="aws4_request")
    canonical = canonical_request(bare, signed_headers=names, payload_hash=empty, is_s3=False)
    signature = Signer(Secret(SECRET), scope=scope, stamp=STAMP).request_signature(canonical)
    header = f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope},SignedHeaders=date;host,Signature={signature}"

    found = _check(request("GET", "/", (*sent, ("authorization", header))))

    assert found.caller.access_key_id == KEY_ID


def test_an_unsigned_request_is_nobodys_where_that_is_allowed() -> None:
    found = _check(request(target="/bucket/key"), allows_unsigned=True)

    assert (found.caller, found.service) == (ANONYMOUS, "s3")


def test_an_unsigned_request_is_refused_elsewhere() -> None:
    assert _refused(request("POST", body=BODY)).kind is RefusalKind.NO_AUTHENTICATION


GOOD = f"Credential={KEY_ID}/20261121/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "must begin with 'AWS4-HMAC-SHA256'"),
        ("Bearer token", "must begin with 'AWS4-HMAC-SHA256'"),
        ("AWS4-HMAC-SHA512 " + GOOD, "must begin with 'AWS4-HMAC-SHA256'"),
        ("AWS4-HMAC-SHA256 é" + GOOD, "must begin with 'AWS4-HMAC-SHA256'"),
        ("AWS4-HMAC-SHA256", "missing equal-sign"),
        ("AWS4-HMAC-SHA256 Credential", "missing equal-sign"),
        (
            "AWS4-HMAC-SHA256 Credential=",
            "requires 'Credential' parameter. Authorization header requires 'Signature'",
        ),
        ("AWS4-HMAC-SHA256 " + GOOD + ", Signature=1", "has 'Signature' twice"),
        ("AWS4-HMAC-SHA256 " + GOOD.replace("/sts", ""), "exactly 5 slash-delimited elements"),
        ("AWS4-HMAC-SHA256 " + GOOD.replace("/sts", "/s ts"), "exactly 5 slash-delimited elements"),
        ("AWS4-HMAC-SHA256 " + GOOD.replace("host;", "Host;"), "SignedHeaders must be"),
        ("AWS4-HMAC-SHA256 " + GOOD.replace("host;", "host;host;"), "SignedHeaders must be"),
        ("AWS4-HMAC-SHA256 " + GOOD.replace("host;", ";"), "SignedHeaders must be"),
    ],
)
def test_a_malformed_authorization_header_is_refused(header: str, text: str) -> None:
    refusal = _refused(request(headers={"Host": "h", "X-Amz-Date": STAMP, "Authorization": header}))

    assert refusal.kind is RefusalKind.MALFORMED_AUTHENTICATION
    assert text in refusal.message


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Amz-Date": "2026-11-21T12:00:00Z"},
        {"X-Amz-Date": "20260231T120000Z"},
        {"X-Amz-Date": "२०२६११२१T120000Z"},
        {"Date": "yesterday"},
        {"Date": "Sat, 21 Nov 2026 12:00:00 +9999"},
    ],
)
def test_a_malformed_date_is_refused(headers: dict[str, str]) -> None:
    refusal = _refused(request(headers={"Host": "h", "Authorization": "AWS4-HMAC-SHA256 " + GOOD, **headers}))

    assert refusal.message.startswith("Date must be in ISO-8601 'basic format'.")


def test_a_missing_date_is_told() -> None:
    refusal = _refused(request(headers={"Host": "h", "Authorization": "AWS4-HMAC-SHA256 " + GOOD}))

    assert "existence of either a 'X-Amz-Date' or a 'Date' header" in refusal.message


def test_signatures_of_version_2_are_refused_in_both_forms() -> None:
    in_header = _refused(request(headers={"Authorization": f"AWS {KEY_ID}:c2lnbmF0dXJl"}))
    in_query = _refused(request(target=f"/b/k?AWSAccessKeyId={KEY_ID}&Signature=abc&Expires=1"))

    assert in_header.message == in_query.message
    assert in_header.message.endswith("Please use AWS4-HMAC-SHA256.")


def test_header_and_query_signature_together_are_refused() -> None:
    incoming = signed(method="GET", target="/?X-Amz-Algorithm=AWS4-HMAC-SHA256")

    assert _refused(incoming).kind is RefusalKind.MALFORMED_AUTHENTICATION


def _presigned(**changed: str) -> Incoming:
    """Return a presigned S3 address, signed over its parameters with `changed` ones in them."""
    parameters = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{KEY_ID}/{STAMP[:8]}/us-east-1/s3/aws4_request",
        "X-Amz-Date": STAMP,
        "X-Amz-Expires": "60",
        "X-Amz-SignedHeaders": "host",
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items() if value)
    bare = request("GET", f"/b/k?{query}", {"Host": "h"})
    canonical = canonical_request(bare, signed_headers=("host",), payload_hash="UNSIGNED-PAYLOAD", is_s3=True)
    scope = Scope(date=STAMP[:8], region="us-east-1", service="s3", terminator="aws4_request")
    stamp = parameters["X-Amz-Date"]
    signature = Signer(Secret(SECRET), scope=scope, stamp=stamp).request_signature(canonical)
    return request("GET", f"/b/k?{query}&X-Amz-Signature={signature}", {"Host": "h"})


def test_a_presigned_address_is_its_signers() -> None:
    assert _check(_presigned()).caller.access_key_id == KEY_ID


def test_a_presigned_sessions_token_is_a_signed_parameter() -> None:
    credential = f"{SESSION_KEY_ID}/{STAMP[:8]}/us-east-1/s3/aws4_request"
    incoming = _presigned(X_Amz_Credential=credential, X_Amz_Security_Token=SESSION_TOKEN)

    assert _check(incoming).caller.access_key_id == SESSION_KEY_ID


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"X_Amz_Expires": ""}, "Query-string authentication version 4 requires"),
        ({"X_Amz_Expires": "soon"}, "X-Amz-Expires should be a number"),
        ({"X_Amz_Expires": "1_0"}, "X-Amz-Expires should be a number"),
        ({"X_Amz_Expires": "-1"}, "X-Amz-Expires must be non-negative"),
        ({"X_Amz_Expires": "604801"}, "X-Amz-Expires must be less than a week"),
        ({"X_Amz_Algorithm": "AWS4-HMAC-SHA1"}, "X-Amz-Algorithm only supports"),
        ({"X_Amz_Date": "20261121"}, "X-Amz-Date must be in the ISO8601 Long Format"),
    ],
)
def test_a_presigned_address_that_cannot_be_read_is_refused(changed: dict[str, str], text: str) -> None:
    refusal = _refused(_presigned(**changed))

    assert (refusal.code, refusal.status) == ("AuthorizationQueryParametersError", 400)
    assert refusal.message.startswith(text)


def test_a_presigned_address_of_another_service_is_told_in_the_general_form() -> None:
    credential = f"{KEY_ID}/{STAMP[:8]}/us-east-1/sts/aws4_request"

    refusal = _refused(_presigned(X_Amz_Credential=credential, X_Amz_Date="yesterday"))

    assert refusal.kind is RefusalKind.MALFORMED_AUTHENTICATION


def test_a_presigned_parameter_may_be_sent_only_once() -> None:
    incoming = _presigned()
    doubled = request("GET", incoming.target + "&X-Amz-Expires=604800", {"Host": "h"})

    assert _refused(doubled).kind is RefusalKind.MALFORMED_AUTHENTICATION


def test_two_tokens_are_refused() -> None:
    incoming = _presigned(X_Amz_Security_Token=SESSION_TOKEN)
    doubled = _with(incoming, "x-amz-security-token", SESSION_TOKEN)

    assert _refused(doubled).code == "AuthorizationQueryParametersError"


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        (basic(NOON - timedelta(seconds=61)), "Request has expired"),
        (basic(NOON + timedelta(minutes=16)), "Request is not yet valid"),
    ],
)
def test_a_presigned_address_works_only_in_its_time(stamp: str, text: str) -> None:
    refusal = _refused(_presigned(X_Amz_Date=stamp))

    assert (refusal.kind, refusal.message) == (RefusalKind.PRESIGNED_EXPIRED, text)


def test_s3_must_be_told_the_bodys_hash() -> None:
    refusal = _refused(signed(service="s3", tells_hash=False))

    assert refusal.message == "Missing required header for this request: x-amz-content-sha256"


def test_s3_refuses_a_hash_that_is_none() -> None:
    refusal = _refused(signed(service="s3", headers=(("x-amz-content-sha256", "0" * 63),), payload="0" * 63))

    assert refusal.code == "InvalidArgument"


def test_s3_refuses_a_body_that_is_not_the_onesigned() -> None:
    declared = hashlib.sha256(b"other").hexdigest()

    refusal = _refused(
        signed(service="s3", headers=(("x-amz-content-sha256", declared),), body=b"this", payload=declared)
    )

    assert refusal.kind is RefusalKind.PAYLOAD_MISMATCH
    assert refusal.details["ClientComputedContentSHA256"] == declared


def test_s3_takes_a_body_that_was_left_unsigned() -> None:
    headers = (("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),)
    incoming = signed(service="s3", headers=headers, body=b"anything", payload="UNSIGNED-PAYLOAD")

    assert _check(incoming).service == "s3"


def test_s3_shows_what_it_signed_but_not_the_token() -> None:
    headers = (("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ("x-amz-security-token", SESSION_TOKEN))
    incoming = signed(
        service="s3", headers=headers, key_id=SESSION_KEY_ID, secret="wrong", payload="UNSIGNED-PAYLOAD"
    )

    details = _refused(incoming).details

    assert "x-amz-security-token:***\n" in details["CanonicalRequest"]
    assert SESSION_TOKEN not in "".join(details.values())
    assert details["StringToSign"].startswith("AWS4-HMAC-SHA256\n20261121T120000Z\n")


def test_s3_shows_no_presigned_token_either() -> None:
    incoming = _presigned(
        X_Amz_Credential=f"{SESSION_KEY_ID}/{STAMP[:8]}/us-east-1/s3/aws4_request", X_Amz_Security_Token=SESSION_TOKEN
    )
    moved = request("GET", incoming.target.replace("/b/k", "/b/other"), {"Host": "h"})

    details = _refused(moved).details

    assert "X-Amz-Security-Token=***&" in details["CanonicalRequest"]
    assert quote(SESSION_TOKEN, safe="") not in "".join(details.values())
