"""What the SDKs really send is let in as it is, and nothing that was altered on the way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.authenticate import authenticate
from mfacli.emulator.tencent.signing.claims import SigningForm
from tests.emulator.tencent.stand_ins import SENT_AT, SmallSecrets, altered, sent_by_sdks

REQUESTS = sent_by_sdks()
UNSIGNED = ("skip", "cos-anonymous")
SIGNED = [name for name in REQUESTS if name not in UNSIGNED]
API = [name for name in SIGNED if not name.startswith("cos-")]
COS = [name for name in SIGNED if name.startswith("cos-")]
WITH_BODY = [name for name in API if b"1" in REQUESTS[name].body and "unsigned" not in name]


def _valid_for(incoming: Incoming) -> int:
    """Return for how many seconds after `SENT_AT` a request of COS says it is good."""
    said = re.search(r"q-sign-time=[0-9]+(?:;|%3B)([0-9]+)", incoming.header("authorization") or incoming.target)
    assert said is not None
    return int(said[1]) - int(SENT_AT.timestamp())


def _kind(incoming: Incoming, *, secret: str = "SKEXAMPLE", late: float = 0) -> RejectionKind:
    with pytest.raises(Rejected) as caught:
        authenticate(incoming, SmallSecrets(secret), now=SENT_AT + timedelta(seconds=late))
    return caught.value.kind


@pytest.mark.parametrize("name", SIGNED)
def test_a_genuine_request_is_its_key_owners(name: str) -> None:
    found = authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT)

    assert found.caller.secret_id == ("AKIDSESSION" if "token" in name or name == "cos-put_object" else "AKIDEXAMPLE")


@pytest.mark.parametrize(
    ("beginning", "form"),
    [("tc3", SigningForm.TC3), ("hmac", SigningForm.V1), ("cos-", SigningForm.COS)],
)
def test_the_way_of_signing_is_told(beginning: str, form: SigningForm) -> None:
    names = [name for name in SIGNED if name.startswith(beginning)]

    assert {authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT).form for name in names} == {form}


@pytest.mark.parametrize("name", UNSIGNED)
def test_an_unsigned_request_is_nobodys_and_only_where_that_is_allowed(name: str) -> None:
    found = authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT, allows_unsigned=True)

    assert _kind(REQUESTS[name]) is RejectionKind.NO_AUTHENTICATION
    assert (found.form, found.caller.secret_id) == (SigningForm.NONE, "")


@pytest.mark.parametrize("name", SIGNED)
def test_a_wrong_secret_does_not_match(name: str) -> None:
    assert _kind(REQUESTS[name], secret="SKEXAMPLF") is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", SIGNED)
def test_another_host_does_not_match(name: str) -> None:
    target = REQUESTS[name].target.replace("http://", "http://x")
    host = f"x{REQUESTS[name].header('host')}"

    assert _kind(altered(REQUESTS[name], target=target, headers=[("host", host)])) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", WITH_BODY)
def test_another_body_does_not_match(name: str) -> None:
    incoming = REQUESTS[name]
    body = incoming.body.replace(b"1", b"2", 1)

    assert _kind(altered(incoming, body=body)) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", [name for name in WITH_BODY if name.startswith("tc3")])
def test_a_body_that_calls_itself_unsigned_does_not_match(name: str) -> None:
    swapped = altered(REQUESTS[name], body=b"{}", headers=[("x-tc-content-sha256", "UNSIGNED-PAYLOAD")])

    assert _kind(swapped) is RejectionKind.BAD_SIGNATURE


def test_an_unsigned_body_may_be_another_but_must_be_declared() -> None:
    incoming = REQUESTS["tc3-unsigned-payload"]

    other = authenticate(altered(incoming, body=b"{}"), SmallSecrets(), now=SENT_AT)

    assert other.service == "sts"
    assert _kind(altered(incoming, without=("x-tc-content-sha256",))) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("name", "signed", "other"),
    [
        ("tc3-get-sts", "TokenCode=102342", "TokenCode=102343"),
        ("tc3-get-cvm-token-nested", "InstanceIds.0=ins-1", "InstanceIds.0=ins-9"),
        ("hmacsha1-get-sts", "DurationSeconds=1800", "DurationSeconds=7200"),
        ("hmacsha1-get-cvm-token-nested", "DescribeInstances", "TerminateInstances"),
        ("hmacsha256-get-sts", "HmacSHA256", "HmacSHA1"),
        ("hmacsha256-get-through-a-proxy", "Nonce=", "Nonce=1"),
        ("underscore-v1", "A_B=1", "A_C=1"),
        ("cos-get_object", "text%2Fplain", "text%2Fhtml"),
        ("cos-list_objects", "prefix=a", "prefix=b"),
        ("cos-list_objects", "max-keys=10", "max-keyz=10"),
        ("cos-presigned-token", "text%2Fplain", "text%2Fhtml"),
        ("cos-presigned", "1764244541", "1764249999"),
    ],
)
def test_another_query_does_not_match(name: str, signed: str, other: str) -> None:
    incoming = REQUESTS[name]
    target = incoming.target.replace(signed, other)

    assert target != incoming.target
    assert _kind(altered(incoming, target=target)) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", API)
def test_parameters_added_to_the_address_do_not_match(name: str) -> None:
    target = REQUESTS[name].target
    added = f"{target}&Extra=1" if "?" in target else f"{target}?Extra=1"

    assert _kind(altered(REQUESTS[name], target=added)) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", SIGNED)
def test_another_path_does_not_match(name: str) -> None:
    incoming = REQUESTS[name]
    path, mark, query = incoming.target.partition("?")

    kind = _kind(altered(incoming, target=f"{path}x{mark}{query}"))

    # Parameters of v1 are looked for at the root only.
    unseen = name.startswith(("hmac", "underscore"))
    assert kind is (RejectionKind.NO_AUTHENTICATION if unseen else RejectionKind.BAD_SIGNATURE)


@pytest.mark.parametrize("name", COS)
def test_another_method_does_not_match(name: str) -> None:
    assert _kind(altered(REQUESTS[name], method="POST")) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", [name for name in API if name.startswith("tc3")])
def test_another_content_type_does_not_match(name: str) -> None:
    swapped = altered(REQUESTS[name], headers=[("content-type", "text/plain")])

    assert _kind(swapped) is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("header", ["x-tc-token", "x-cos-security-token"])
def test_another_token_is_the_directorys_to_refuse(header: str) -> None:
    names = [name for name in SIGNED if REQUESTS[name].header(header)]

    kinds = {_kind(altered(REQUESTS[name], headers=[(header, "TOKENOTHERS")])) for name in names}

    assert kinds == {RejectionKind.BAD_TOKEN}


@pytest.mark.parametrize("late", [-301, 301])
@pytest.mark.parametrize("name", API)
def test_a_request_of_the_api_is_good_for_five_minutes(name: str, late: int) -> None:
    within = authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT + timedelta(seconds=late - late // 301))

    expected = RejectionKind.EXPIRED_SIGNATURE if late > 0 else RejectionKind.EARLY_SIGNATURE
    assert within.caller.secret_id
    assert _kind(REQUESTS[name], late=late) is expected


@pytest.mark.parametrize("name", COS)
def test_a_request_of_cos_is_good_for_the_time_that_it_says(name: str) -> None:
    seconds = _valid_for(REQUESTS[name])
    authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT + timedelta(seconds=seconds, milliseconds=900))
    authenticate(REQUESTS[name], SmallSecrets(), now=SENT_AT)

    assert _kind(REQUESTS[name], late=seconds + 1) is RejectionKind.EXPIRED_SIGNATURE
    assert _kind(REQUESTS[name], late=-61) is RejectionKind.EARLY_SIGNATURE
