"""Answers and refusals as clients of the API and of COS need them."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, missing, own_error
from mfacli.emulator.tencent.wire.answers import answer_of, code_of, cos_answer_of, cos_error_of, error_of
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import BUCKET_HOST
from tests.emulator.tencent.stand_ins import altered

IN_ENGLISH = request("POST", "/", {"host": "127.0.0.1:9000", "x-tc-action": "X", "x-tc-language": "en-US"})
IN_CHINESE = altered(IN_ENGLISH, headers=[("x-tc-language", "zh-CN")])
OF_COS = request("GET", "/a%20b/%E8%85%BE?x=1", {"host": BUCKET_HOST})
GATES = [kind for kind in RejectionKind if kind is not RejectionKind.OTHER]


def _error(incoming: Incoming, rejected: Rejected) -> tuple[str, str]:
    answer = error_of(rejected, incoming)
    document = json.loads(answer.body)["Response"]
    assert answer.status == 200
    assert answer.headers == (("content-type", "application/json"),)
    assert document["RequestId"] == incoming.request_id
    return document["Error"]["Code"], document["Error"]["Message"]


def _elements(body: bytes) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ET.fromstring(body)}


def test_an_answer_is_200_of_exactly_json_with_a_request_id() -> None:
    answer = answer_of({"Token": "t", "Name": "腾讯"}, IN_CHINESE)

    assert (answer.status, answer.headers) == (200, (("content-type", "application/json"),))
    assert json.loads(answer.body) == {
        "Response": {"Token": "t", "Name": "腾讯", "RequestId": "11111111-2222-3333-4444-555555555555"}
    }


@pytest.mark.parametrize(
    ("kind", "code", "english"),
    [
        (
            RejectionKind.BAD_SIGNATURE,
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        ),
        (
            RejectionKind.UNKNOWN_KEY,
            "AuthFailure.SecretIdNotFound",
            "The SecretId is not found, please ensure that your SecretId is correct.",
        ),
        (
            RejectionKind.NO_AUTHENTICATION,
            "MissingParameter",
            "The request is missing a required parameter `SecretId`.",
        ),
        (
            RejectionKind.EXPIRED_SIGNATURE,
            "AuthFailure.SignatureExpire",
            "The signature has expired. Check your clock.",
        ),
        (
            RejectionKind.EARLY_SIGNATURE,
            "AuthFailure.SignatureExpire",
            "The signature has expired. Check your clock.",
        ),
        (
            RejectionKind.BAD_TOKEN,
            "AuthFailure.TokenFailure",
            "Token verification failed, please check if your Token is correct.",
        ),
        (
            RejectionKind.EXPIRED_TOKEN,
            "AuthFailure.TokenFailure",
            "Token verification failed: the Token has expired.",
        ),
    ],
)
def test_the_apis_refusals_have_the_documents_codes_and_texts(kind: RejectionKind, code: str, english: str) -> None:
    assert _error(IN_ENGLISH, Rejected(kind)) == (code, english)


@pytest.mark.parametrize("kind", GATES)
def test_every_refusal_is_told_in_both_languages(kind: RejectionKind) -> None:
    english, chinese = _error(IN_ENGLISH, Rejected(kind)), _error(IN_CHINESE, Rejected(kind))

    assert english[0] == chinese[0] == code_of(Rejected(kind))
    assert english[1].isascii()
    assert not chinese[1].isascii()


def test_a_refusals_own_words_replace_the_usual_ones() -> None:
    rejected = Rejected(RejectionKind.MALFORMED, "what", "什么")

    assert _error(IN_ENGLISH, rejected) == ("AuthFailure.InvalidAuthorization", "what")
    assert _error(IN_CHINESE, rejected) == ("AuthFailure.InvalidAuthorization", "什么")


def test_an_actions_own_error_keeps_its_code() -> None:
    rejected = own_error("FailedOperation.CheckMFAError", "no", "否")

    assert _error(IN_ENGLISH, rejected) == ("FailedOperation.CheckMFAError", "no")
    assert _error(IN_CHINESE, own_error("X", "only english"))[1] == "only english"
    assert _error(IN_CHINESE, missing("RoleArn"))[1] == "请求缺少必要参数 `RoleArn`。"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (RejectionKind.UNKNOWN_KEY, 403, "InvalidAccessKeyId"),
        (RejectionKind.BAD_SIGNATURE, 403, "SignatureDoesNotMatch"),
        (RejectionKind.EXPIRED_SIGNATURE, 403, "AccessDenied"),
        (RejectionKind.EARLY_SIGNATURE, 403, "RequestTimeTooSkewed"),
        (RejectionKind.EXPIRED_TOKEN, 400, "ExpiredToken"),
        (RejectionKind.ACCESS_DENIED, 403, "AccessDenied"),
        (RejectionKind.NO_AUTHENTICATION, 403, "AccessDenied"),
        (RejectionKind.UNKNOWN_ACTION, 405, "MethodNotAllowed"),
    ],
)
def test_coss_refusals_have_its_own_codes_and_statuses(kind: RejectionKind, status: int, code: str) -> None:
    answer = error_of(Rejected(kind), OF_COS)

    assert (answer.status, _elements(answer.body)["Code"]) == (status, code)
    assert ("content-type", "application/xml") in answer.headers


@pytest.mark.parametrize("rejected", [*map(Rejected, GATES), own_error("NoSuchBucket", "", status=404)])
@pytest.mark.parametrize("incoming", [OF_COS, request("GET", "/", {}), request("GET", "/%FF<&\x00", {"host": "<h>"})])
def test_no_element_of_a_cos_error_is_empty(rejected: Rejected, incoming: Incoming) -> None:
    elements = _elements(cos_error_of(rejected, incoming).body)

    assert list(elements) == ["Code", "Message", "Resource", "RequestId", "TraceId"]
    assert all(elements.values())


def test_a_cos_error_names_what_was_asked_for() -> None:
    elements = _elements(cos_error_of(own_error("NoSuchKey", "none", status=404), OF_COS).body)

    assert elements["Resource"] == f"{BUCKET_HOST}/a%20b/%E8%85%BE"
    assert elements["Message"] == "none"


def test_a_head_of_cos_has_no_body() -> None:
    answer = error_of(own_error("NoSuchBucket", "none", status=404), altered(OF_COS, method="HEAD"))

    assert (answer.status, answer.body) == (404, b"")


def test_every_answer_of_cos_says_who_answered_and_what() -> None:
    answer = cos_answer_of(OF_COS, status=204, headers=(("etag", '"e"'),))

    assert dict(answer.headers) == {
        "etag": '"e"',
        "server": "tencent-cos",
        "x-cos-request-id": OF_COS.request_id,
        "x-cos-trace-id": "11111111222233334444555555555555",
    }
