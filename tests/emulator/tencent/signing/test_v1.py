"""What is demanded of a signature of v1 beyond that it matches."""

from __future__ import annotations

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.authenticate import Found, authenticate
from mfacli.emulator.tencent.signing.claims import SigningForm
from tests.emulator.tencent.signed import v1_signed
from tests.emulator.tencent.stand_ins import SENT_AT, SmallSecrets, altered


def _check(incoming: Incoming) -> Found:
    return authenticate(incoming, SmallSecrets(), now=SENT_AT)


def _refused(incoming: Incoming) -> Rejected:
    with pytest.raises(Rejected) as caught:
        _check(incoming)
    return caught.value


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("hashing", ["HmacSHA1", "HmacSHA256", None])
def test_both_methods_and_hashes_are_taken_sha1_where_none_is_given(method: str, hashing: str | None) -> None:
    assert _check(v1_signed(method=method, hashing=hashing)).form is SigningForm.V1


def test_values_are_signed_as_they_are_before_they_are_encoded() -> None:
    incoming = v1_signed(given={"Name": "实例 a+b&c=d/é"})

    assert b"+" in incoming.body
    assert _check(incoming).form is SigningForm.V1


def test_a_plus_in_a_form_is_a_space() -> None:
    incoming = v1_signed(given={"Name": "a b"})

    plus, percent = incoming.body.replace(b"%20", b"+"), incoming.body.replace(b"+", b"%20")

    assert plus != percent
    assert _check(altered(incoming, body=plus)) == _check(altered(incoming, body=percent))


def test_underscores_in_names_are_signed_as_dots() -> None:
    assert _check(v1_signed(given={"A_B": "1", "Z": "2"})).form is SigningForm.V1


def test_names_that_are_signed_alike_cannot_stand_side_by_side() -> None:
    incoming = v1_signed(given={"A_B": "1&A.B=2"})
    split = altered(incoming, body=incoming.body.replace(b"A_B=1%26A.B%3D2", b"A_B=1&A.B=2"))

    assert split.body != incoming.body
    assert _check(incoming).form is SigningForm.V1
    assert _refused(split).kind is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Signature"])
def test_what_is_missing_is_named(name: str) -> None:
    incoming = v1_signed(without=(name,))
    body = b"&".join(part for part in incoming.body.split(b"&") if not part.startswith(f"{name}=".encode()))

    refusal = _refused(altered(incoming, body=body))

    assert refusal.code == "MissingParameter"
    assert f"`{name}`" in refusal.message_en


def test_without_a_secret_id_nobody_has_signed() -> None:
    assert _refused(v1_signed(without=("SecretId",))).kind is RejectionKind.NO_AUTHENTICATION


@pytest.mark.parametrize(
    "given",
    [
        {"SignatureMethod": "HmacMD5"},
        {"SignatureMethod": "hmacsha256"},
        {"SignatureMethod": "name"},
        {"Timestamp": "yesterday"},
        {"Timestamp": "9" * 400},
        {"Nonce": "-1"},
        {"Nonce": "1.5"},
        {"Nonce": "7" * 21},
    ],
)
def test_what_is_out_of_range_is_malformed(given: dict[str, str]) -> None:
    assert _refused(v1_signed(given=given)).kind is RejectionKind.MALFORMED


def test_a_hash_that_was_not_signed_with_does_not_match() -> None:
    incoming = v1_signed(hashing="HmacSHA256")
    weaker = altered(incoming, body=incoming.body.replace(b"HmacSHA256", b"HmacSHA1"))

    assert _refused(weaker).kind is RejectionKind.BAD_SIGNATURE


def test_a_parameter_given_twice_is_refused() -> None:
    incoming = v1_signed()

    assert _refused(altered(incoming, body=incoming.body + b"&Nonce=8")).kind is RejectionKind.MALFORMED


def test_parameters_that_are_not_utf_8_are_refused() -> None:
    incoming = v1_signed()

    assert _refused(altered(incoming, body=incoming.body + b"&X=%FF")).kind is RejectionKind.MALFORMED


def test_very_many_parameters_are_refused() -> None:
    incoming = v1_signed()

    assert _refused(altered(incoming, body=incoming.body + b"&A=1" * 20_000)).kind is RejectionKind.MALFORMED


def test_only_forms_are_read() -> None:
    incoming = altered(v1_signed(), headers=[("content-type", "application/json")])

    assert _refused(incoming).kind is RejectionKind.NO_AUTHENTICATION


def test_an_empty_token_is_none() -> None:
    assert _check(v1_signed(given={"Token": ""})).form is SigningForm.V1


def test_a_long_term_key_has_no_token() -> None:
    assert _refused(v1_signed(given={"Token": "TOKENEXAMPLE"})).kind is RejectionKind.BAD_TOKEN


def test_a_post_says_nothing_in_its_address() -> None:
    incoming = v1_signed()

    assert _refused(altered(incoming, target="/?Extra=1")).kind is RejectionKind.BAD_SIGNATURE
    assert _refused(altered(incoming, method="GET")).kind is RejectionKind.NO_AUTHENTICATION
