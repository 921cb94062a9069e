"""What is demanded of COS's signature beyond that it matches, and what it leaves open."""

from __future__ import annotations

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.signing.authenticate import Found, authenticate
from mfacli.emulator.tencent.signing.claims import SigningForm
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import BUCKET_HOST, SPAN, cos_signed
from tests.emulator.tencent.stand_ins import SENT_AT, SESSION_KEY_ID, SESSION_TOKEN, SmallSecrets, altered

TOKEN = "x-cos-security-token"
GENUINE = cos_signed(signed_headers={"host": BUCKET_HOST})
AUTHORIZATION = GENUINE.header("authorization") or ""


def _check(incoming: Incoming) -> Found:
    return authenticate(incoming, SmallSecrets(), now=SENT_AT)


def _refused(incoming: Incoming) -> Rejected:
    with pytest.raises(Rejected) as caught:
        _check(incoming)
    return caught.value


@pytest.mark.parametrize("presigned", [False, True])
def test_a_header_and_an_address_may_carry_the_signature(presigned: bool) -> None:
    incoming = cos_signed(
        path="/a dir/腾讯+.txt",
        query={"Prefix": "a b/c", "acl": ""},
        signed_query={"prefix": "a b/c", "acl": ""},
        signed_headers={"host": BUCKET_HOST},
        presigned=presigned,
    )

    assert _check(incoming).form is SigningForm.COS


@pytest.mark.parametrize("signed_host", ["127.0.0.1:9000", "127.0.0.1"])
def test_the_host_may_be_signed_with_its_port_or_without(signed_host: str) -> None:
    incoming = cos_signed(headers=(("host", "127.0.0.1:9000"),), signed_headers={"host": signed_host})

    assert _check(incoming).form is SigningForm.COS


def test_another_port_is_another_host_where_the_port_was_signed() -> None:
    incoming = cos_signed(headers=(("host", "127.0.0.1:9001"),), signed_headers={"host": "127.0.0.1:9000"})

    assert _refused(incoming).kind is RejectionKind.BAD_SIGNATURE


def test_lists_that_name_nothing_sign_the_method_and_the_path() -> None:
    incoming = cos_signed()

    assert _check(altered(incoming, headers=[("host", "other-1.cos.ap-beijing.myqcloud.com")])).caller.secret_id
    assert _refused(altered(incoming, method="PUT")).kind is RejectionKind.BAD_SIGNATURE
    assert _refused(altered(incoming, target="/other")).kind is RejectionKind.BAD_SIGNATURE


def test_a_list_cannot_be_shortened() -> None:
    header = AUTHORIZATION.replace("q-header-list=host", "q-header-list=")

    assert _refused(altered(GENUINE, headers=[("authorization", header)])).kind is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("name", ["q-header-list=host;x-cos-acl", "q-header-list=host;"])
def test_a_listed_header_that_was_not_sent_does_not_match_an_empty_one_is_none(name: str) -> None:
    incoming = altered(GENUINE, headers=[("authorization", AUTHORIZATION.replace("q-header-list=host", name))])

    if name.endswith(";"):
        assert _check(incoming).form is SigningForm.COS
    else:
        assert _refused(incoming).kind is RejectionKind.BAD_SIGNATURE


def test_a_listed_parameter_must_be_in_the_address() -> None:
    incoming = cos_signed(signed_query={"prefix": "a"})

    assert _refused(incoming).kind is RejectionKind.BAD_SIGNATURE


def test_a_listed_header_may_be_sent_only_once() -> None:
    incoming = cos_signed(
        headers=(("host", BUCKET_HOST), ("x-cos-acl", "private")), signed_headers={"x-cos-acl": "private"}
    )
    doubled = request("GET", "/key", [("x-cos-acl", "public-read"), *incoming.headers], at=SENT_AT)

    assert _check(incoming).form is SigningForm.COS
    assert _refused(doubled).kind is RejectionKind.BAD_SIGNATURE


def test_a_listed_parameter_may_be_sent_only_once_in_whatever_case() -> None:
    incoming = cos_signed(query={"prefix": "a"}, signed_query={"prefix": "a"})

    assert _refused(altered(incoming, target=f"{incoming.target}&Prefix=b")).kind is RejectionKind.BAD_SIGNATURE


@pytest.mark.parametrize("where", ["header", "query", "both"])
def test_a_token_is_taken_from_the_header_or_the_address(where: str) -> None:
    headers = (("host", BUCKET_HOST), *([(TOKEN, SESSION_TOKEN)] if where != "query" else []))
    query = {TOKEN: SESSION_TOKEN} if where != "header" else {}
    incoming = cos_signed(headers=headers, query=query, key_id=SESSION_KEY_ID)

    assert _check(incoming).caller.secret_id == SESSION_KEY_ID


def test_two_tokens_are_none() -> None:
    headers = (("host", BUCKET_HOST), (TOKEN, SESSION_TOKEN))
    incoming = cos_signed(headers=headers, query={TOKEN: "another"}, key_id=SESSION_KEY_ID)

    assert _refused(incoming).kind is RejectionKind.MALFORMED


def test_a_session_without_its_token_is_refused() -> None:
    assert _refused(cos_signed(key_id=SESSION_KEY_ID)).kind is RejectionKind.BAD_TOKEN


@pytest.mark.parametrize(
    ("sign_time", "key_time", "kind"),
    [
        ("1764240000;1764244240", SPAN, RejectionKind.EXPIRED_SIGNATURE),
        (SPAN, "1764240000;1764244240", RejectionKind.EXPIRED_SIGNATURE),
        ("1764244242;1764249999", SPAN, RejectionKind.EARLY_SIGNATURE),
        (SPAN, "1764244242;1764249999", RejectionKind.EARLY_SIGNATURE),
    ],
)
def test_the_signature_and_its_key_must_both_be_good_now(sign_time: str, key_time: str, kind: RejectionKind) -> None:
    assert _refused(cos_signed(sign_time=sign_time, key_time=key_time)).kind is kind


def test_the_last_second_is_good() -> None:
    assert _check(cos_signed(sign_time="1764244241;1764244241")).form is SigningForm.COS


@pytest.mark.parametrize(
    "span", ["", "1764244241", "1;2;3", "2;1", "a;b", "1764244241;", "-1;9", f"1;{'9' * 30}", "٣;٤"]
)
def test_a_span_that_is_none_is_malformed(span: str) -> None:
    incoming = altered(GENUINE, headers=[("authorization", AUTHORIZATION.replace(SPAN, span))])

    assert _refused(incoming).kind is RejectionKind.MALFORMED


@pytest.mark.parametrize(
    "header",
    [
        "q-sign-algorithm=sha1",
        AUTHORIZATION.replace("sha1", "md5"),
        AUTHORIZATION.replace("q-ak=AKIDEXAMPLE", "q-ak="),
        AUTHORIZATION.replace("&q-ak=AKIDEXAMPLE", ""),
        AUTHORIZATION[: AUTHORIZATION.index("q-signature=")],
        f"{AUTHORIZATION}&q-ak=AKIDOTHER",
        f"{AUTHORIZATION}é",
        AUTHORIZATION.replace("q-header-list=host", "q-header-list=host;Host"),
    ],
)
def test_a_header_that_cannot_be_read_is_malformed(header: str) -> None:
    incoming = altered(GENUINE, headers=[("authorization", header)])

    assert _refused(incoming).kind is RejectionKind.MALFORMED


def test_one_signature_is_enough() -> None:
    incoming = cos_signed(presigned=True)

    assert _refused(altered(incoming, headers=[("authorization", AUTHORIZATION)])).kind is RejectionKind.MALFORMED


def test_half_a_presigned_address_is_malformed_not_anonymous() -> None:
    incoming = request("GET", "/key?q-signature=00", {"host": BUCKET_HOST}, at=SENT_AT)

    assert _refused(incoming).kind is RejectionKind.MALFORMED
