"""Which requests are Tencent Cloud's, and which action of its API each asks for."""

from __future__ import annotations

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.wire.recognise import Language, is_cos, is_tencent, language_of, recognise
from tests.emulator.signing.signed import signed as aws_signed
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import ACTION, BUCKET_HOST, JSON_TYPE, VERSION, cos_signed, tc3_signed, v1_signed
from tests.emulator.tencent.stand_ins import altered, sent_by_sdks

REQUESTS = sent_by_sdks()
FORM = ("content-type", "application/x-www-form-urlencoded")


def _refused(incoming: Incoming) -> Rejected:
    with pytest.raises(Rejected) as caught:
        recognise(incoming)
    return caught.value


@pytest.mark.parametrize("name", REQUESTS)
def test_what_the_sdks_send_is_tencents(name: str) -> None:
    assert is_tencent(REQUESTS[name])
    assert is_cos(REQUESTS[name]) is name.startswith("cos-")


@pytest.mark.parametrize(
    "incoming",
    [
        request("GET", "/", {"host": "service.cos.myqcloud.com"}),
        request("GET", "/", {"host": "cos.ap-guangzhou.myqcloud.com:80"}),
        request("GET", "http://example-1.cos.ap-guangzhou.myqcloud.com/key", {}),
        request("POST", "/", {"host": "sts.tencentcloudapi.com"}),
        request("POST", "/", {"host": "cvm.ap-guangzhou.tencentcloudapi.com", "authorization": "Bearer x"}),
        request("POST", "/", {"host": "h", "x-tc-action": "X"}),
        request("GET", "/?Action=X&Version=2018-08-13", {"host": "h"}),
        request("POST", "/", [("host", "h"), FORM], b"Version=2017-03-12&Action=X"),
        request("GET", "/?SecretId=x", {"host": "h"}),
        request("GET", "/k?q-sign-algorithm=sha1", {"host": "h"}),
        request("PUT", "/k", {"host": "h", "x-cos-acl": "private"}),
    ],
)
def test_a_request_is_tencents_by_its_host_its_headers_or_its_parameters(incoming: Incoming) -> None:
    assert is_tencent(incoming)


@pytest.mark.parametrize(
    "incoming",
    [
        aws_signed(),
        aws_signed(service="s3", method="PUT", target="/b/k?SecretId=1", body=b"SecretId=1&Signature=2"),
        aws_signed(headers=(("content-type", "application/x-www-form-urlencoded"), ("x-tc-action", "X"))),
        request(
            "GET", "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&q-signature=0", {"host": BUCKET_HOST}
        ),
        request("GET", "/b/k?AWSAccessKeyId=A&Signature=S&Expires=1", {"host": "127.0.0.1:5000"}),
        request("GET", "/b/k?SecretId=1", {"host": "127.0.0.1:5000"}),
        request("GET", "/?Action=X&Version=2018-08-13", {"host": "h", "authorization": "AWS AKIA:c2lnbmF0dXJl"}),
        request("POST", "/", [("host", "h"), FORM, ("x-amz-date", "20261121T120000Z")], b"SecretId=x"),
        request("GET", "/k?Version=2018-08-13", {"host": "127.0.0.1:5000"}),
        request("GET", "/b/k", {"host": "127.0.0.1:5000"}),
        request("GET", "/", {"host": "127.0.0.1:5000"}),
        request("POST", "/", {"host": "h", "x-amz-target": "secretsmanager.GetSecretValue"}, b'{"SecretId": "x"}'),
        request("POST", "/", [("host", "h"), FORM], b"Action=AssumeRoleWithSAML&Version=2011-06-15"),
        request("GET", "/", {"host": "myqcloud.com.example.org"}),
        request("GET", "/", {"host": "evilmyqcloud.com"}),
    ],
)
def test_awss_requests_are_not(incoming: Incoming) -> None:
    assert not is_tencent(incoming)


def test_a_tc3_call_is_the_scopes_services() -> None:
    call = recognise(REQUESTS["tc3-post-cvm-token-nested"])

    assert (call.service, call.action, call.version) == ("cvm", "DescribeInstances", "2017-03-12")
    assert (call.region, call.language, call.are_texts) == ("ap-guangzhou", Language.ENGLISH, False)
    assert call.parameters == {
        "InstanceIds": ["ins-1", "ins-2"],
        "Filters": [{"Name": "instance-name", "Values": ["未命名 a+b&c=d", "y"]}],
        "Limit": 1,
    }


@pytest.mark.parametrize(
    "name", ["tc3-get-cvm-token-nested", "hmacsha1-post-cvm-token-nested", "hmacsha256-get-cvm-token-nested"]
)
def test_a_flattened_call_is_the_same_but_for_its_numbers(name: str) -> None:
    whole, flat = recognise(REQUESTS["tc3-post-cvm-token-nested"]), recognise(REQUESTS[name])

    assert flat.are_texts
    assert flat.parameters == {**whole.parameters, "Limit": "1"}
    assert (flat.service, flat.action, flat.region) == (whole.service, whole.action, whole.region)


@pytest.mark.parametrize("name", ["tc3-node-post-token", "tc3-node-get-token"])
def test_a_scope_that_is_but_the_beginning_of_a_local_endpoint_is_no_service(name: str) -> None:
    call = recognise(REQUESTS[name])

    assert "/127/tc3_request" in (REQUESTS[name].header("authorization") or "")
    assert (call.service, call.action) == ("sts", "AssumeRole")


def test_another_service_is_left_by_its_name() -> None:
    at_home = altered(tc3_signed(service="tcb"), headers=[("host", "tcb.tencentcloudapi.com")])

    assert recognise(tc3_signed(service="tcb")).service == "tcb"
    assert recognise(at_home).service == "tcb"


def test_a_v1_call_is_its_hosts_service_before_its_versions() -> None:
    at_home = v1_signed(host="cam.tencentcloudapi.com")

    assert recognise(at_home).service == "cam"
    assert recognise(v1_signed()).service == "sts"
    assert recognise(v1_signed(given={"Version": "2000-01-01"})).service == ""


def test_an_unsigned_call_is_its_versions_service() -> None:
    call = recognise(REQUESTS["skip"])

    assert (call.service, call.action, call.parameters) == ("sts", "AssumeRoleWithSAML", {"A": "1"})


def test_the_documents_own_example_is_understood() -> None:
    incoming = tc3_signed(headers=(FORM,), body=b'{"Action": "GetSessionToken", "MfaCode": "123456"}')

    call = recognise(incoming)

    assert (call.service, call.action, call.version) == ("sts", "GetSessionToken", "")
    assert call.parameters == {"MfaCode": "123456"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((JSON_TYPE,), b'{"Action": "GetCallerIdentity", "Version": "2018-08-13"}'),
        ((JSON_TYPE, VERSION), b'{"Action": "GetCallerIdentity"}'),
    ],
)
def test_a_version_stands_in_the_body_or_in_its_header(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    call = recognise(tc3_signed(headers=headers, body=body))

    assert (call.action, call.version, call.region, call.parameters) == ("GetCallerIdentity", "2018-08-13", "", {})


@pytest.mark.parametrize("presigned", [False, True])
def test_coss_signature_is_good_for_no_action_of_the_api(presigned: bool) -> None:
    incoming = cos_signed(
        path="/", headers=(("host", "sts.tencentcloudapi.com"), ACTION, VERSION), presigned=presigned
    )

    assert _refused(incoming).kind is RejectionKind.BAD_SIGNATURE


def test_the_header_names_the_action_whatever_the_body_does() -> None:
    call = recognise(tc3_signed(body=b'{"Action": "AssumeRole"}'))

    assert (call.action, call.parameters) == ("GetCallerIdentity", {"Action": "AssumeRole"})


def test_an_action_begins_with_a_capital() -> None:
    incoming = altered(tc3_signed(), headers=[("x-tc-action", "getCallerIdentity")])

    assert recognise(incoming).action == "GetCallerIdentity"


@pytest.mark.parametrize("action", ["Get-Caller", "1", "é", "A" * 200, "../X"])
def test_what_is_no_name_is_no_action(action: str) -> None:
    incoming = altered(tc3_signed(), headers=[("x-tc-action", action)])

    assert _refused(incoming).kind is RejectionKind.UNKNOWN_ACTION


@pytest.mark.parametrize(
    ("incoming", "name"),
    [
        (altered(tc3_signed(), without=("x-tc-action",)), "Action"),
        (tc3_signed(headers=(JSON_TYPE, VERSION), body=b'{"Action": 5}'), "Action"),
        (tc3_signed(headers=(JSON_TYPE, ACTION)), "Version"),
        (v1_signed(without=("Action",)), "Action"),
        (v1_signed(without=("Version",)), "Version"),
    ],
)
def test_what_is_missing_is_named(incoming: Incoming, name: str) -> None:
    refusal = _refused(incoming)

    assert (refusal.code, name in refusal.message_en, name in refusal.message_zh) == ("MissingParameter", True, True)


def test_other_methods_paths_and_bodies_are_refused() -> None:
    assert _refused(altered(tc3_signed(), method="PUT")).code == "UnsupportedProtocol"
    assert _refused(altered(tc3_signed(), target="/v2/index.php")).kind is RejectionKind.UNKNOWN_ACTION
    assert _refused(REQUESTS["tc3-multipart"]).code == "InvalidRequest"


@pytest.mark.parametrize(
    ("incoming", "language"),
    [
        (altered(tc3_signed(), headers=[("x-tc-language", "en-US")]), Language.ENGLISH),
        (altered(tc3_signed(), headers=[("x-tc-language", "zh-CN")]), Language.CHINESE),
        (altered(tc3_signed(), headers=[("x-tc-language", "fr-FR")]), Language.CHINESE),
        (tc3_signed(), Language.CHINESE),
        (v1_signed(given={"Language": "en-US"}), Language.ENGLISH),
        (v1_signed(method="GET", given={"Language": "en-US"}), Language.ENGLISH),
        (v1_signed(), Language.CHINESE),
    ],
)
def test_messages_are_chinese_unless_english_is_asked_for(incoming: Incoming, language: Language) -> None:
    assert language_of(incoming) is language


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        (request("GET", "/key", {"host": BUCKET_HOST}), True),
        (request("GET", "/key", {"host": BUCKET_HOST, "authorization": "Bearer x"}), True),
        (request("PUT", "/key", {"host": "127.0.0.1", "x-cos-acl": "private"}), True),
        (request("POST", "/", {"host": BUCKET_HOST, "x-tc-action": "X"}), False),
        (cos_signed(path="/", headers=(ACTION, VERSION)), True),
        (cos_signed(path="/", headers=(ACTION, VERSION), presigned=True), True),
        (request("POST", "/", {"host": "sts.tencentcloudapi.com", "authorization": "Bearer x"}), False),
    ],
)
def test_cos_is_told_from_the_api(incoming: Incoming, expected: bool) -> None:
    assert is_cos(incoming) is expected
