"""Writes answers and refusals as the API and as COS do.

The SDKs hold both to the letter: the API answers 200 always and its type is `application/json` without a charset,
else an error passes for a success; an error of COS with an empty element is "Unknown" to its client.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.addresses import address_of
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.wire.recognise import Language, is_cos, language_of
from mfacli.emulator.wire import xml

_JSON = "application/json"
_XML = "application/xml"
_DECLARATION = "<?xml version='1.0' encoding='utf-8' ?>\n"
_K = RejectionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _ApiForm:
    code: str
    message_en: str
    message_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _CosForm:
    code: str
    status: int
    message: str


_EXPIRED = _ApiForm(
    code="AuthFailure.SignatureExpire",
    message_en="The signature has expired. Check your clock.",
    message_zh="签名过期，请检查本机时间。",
)
# Texts of 1312/48205 and api/1553/75174 where they are known. The documents have no code for an expired token: it is
# a token that fails verification, and the message tells the two apart.
_API: Mapping[RejectionKind, _ApiForm] = {
    _K.UNKNOWN_KEY: _ApiForm(
        code="AuthFailure.SecretIdNotFound",
        message_en="The SecretId is not found, please ensure that your SecretId is correct.",
        message_zh="SecretId不存在，请输入正确的密钥。",
    ),
    _K.BAD_SIGNATURE: _ApiForm(
        code="AuthFailure.SignatureFailure",
        message_en="The provided credentials could not be validated. Please check your signature is correct.",
        message_zh="提供的凭证未通过验证，请检查签名是否正确。",
    ),
    _K.EXPIRED_SIGNATURE: _EXPIRED,
    _K.EARLY_SIGNATURE: _EXPIRED,
    _K.BAD_TOKEN: _ApiForm(
        code="AuthFailure.TokenFailure",
        message_en="Token verification failed, please check if your Token is correct.",
        message_zh="Token 校验失败，请检查 Token 是否正确。",
    ),
    _K.EXPIRED_TOKEN: _ApiForm(
        code="AuthFailure.TokenFailure",
        message_en="Token verification failed: the Token has expired.",
        message_zh="Token 校验失败：Token 已过期。",
    ),
    _K.NO_AUTHENTICATION: _ApiForm(
        code="MissingParameter",
        message_en="The request is missing a required parameter `SecretId`.",
        message_zh="请求缺少必要参数 `SecretId`。",
    ),
    _K.MALFORMED: _ApiForm(
        code="AuthFailure.InvalidAuthorization",
        message_en="The Authorization header cannot be read.",
        message_zh="请求头 Authorization 不符合腾讯云标准。",
    ),
    _K.ACCESS_DENIED: _ApiForm(
        code="AuthFailure.UnauthorizedOperation",
        message_en="You are not authorized to perform this operation. Check your CAM policies, and ensure that you "
        "are using the correct access keys.",
        message_zh="操作未授权，请检查CAM策略。",
    ),
    _K.UNKNOWN_ACTION: _ApiForm(
        code="InvalidAction",
        message_en="The action does not exist.",
        message_zh="请求的接口不存在。",
    ),
}
_COS: Mapping[RejectionKind, _CosForm] = {
    _K.UNKNOWN_KEY: _CosForm(
        code="InvalidAccessKeyId",
        status=403,
        message="The Access Key Id you provided does not exist in our records",
    ),
    _K.BAD_SIGNATURE: _CosForm(
        code="SignatureDoesNotMatch",
        status=403,
        message="The Signature you specified is invalid.",
    ),
    _K.EXPIRED_SIGNATURE: _CosForm(code="AccessDenied", status=403, message="Request has expired"),
    _K.EARLY_SIGNATURE: _CosForm(
        code="RequestTimeTooSkewed",
        status=403,
        message="The difference between the request time and the current time is too large.",
    ),
    _K.BAD_TOKEN: _CosForm(
        code="InvalidAccessKeyId",
        status=403,
        message="The Access Key Id you provided does not exist in our records",
    ),
    _K.EXPIRED_TOKEN: _CosForm(code="ExpiredToken", status=400, message="The provided token has expired."),
    _K.NO_AUTHENTICATION: _CosForm(code="AccessDenied", status=403, message="Access Denied."),
    _K.MALFORMED: _CosForm(code="InvalidArgument", status=400, message="The signature cannot be read."),
    _K.ACCESS_DENIED: _CosForm(code="AccessDenied", status=403, message="Access Denied."),
    _K.UNKNOWN_ACTION: _CosForm(
        code="MethodNotAllowed",
        status=405,
        message="The specified method is not allowed against this resource.",
    ),
}


def answer_of(result: Mapping[str, object], incoming: Incoming) -> Answer:
    """Return the API's answer with what a call came to; its RequestId is added."""
    document = {"Response": {**result, "RequestId": incoming.request_id}}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status=HTTPStatus.OK, headers=(("content-type", _JSON),), body=body)


def error_of(rejected: Rejected, incoming: Incoming) -> Answer:
    """Return a refusal as the API or COS writes it, whichever was asked; the API's in the language asked for."""
    if is_cos(incoming):
        return cos_error_of(rejected, incoming)
    code, message_en, message_zh = code_of(rejected), rejected.message_en, rejected.message_zh
    if rejected.kind is not RejectionKind.OTHER:
        form = _API[rejected.kind]
        message_en, message_zh = message_en or form.message_en, message_zh or form.message_zh
    message = message_en if language_of(incoming) is Language.ENGLISH else message_zh
    return answer_of({"Error": {"Code": code, "Message": message}}, incoming)


def code_of(rejected: Rejected) -> str:
    """Return the code of a refusal in the API."""
    return rejected.code if rejected.kind is RejectionKind.OTHER else _API[rejected.kind].code


def cos_answer_of(
    incoming: Incoming, *, status: int, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> Answer:
    """Return an answer of COS with the headers that all of them have."""
    common = (
        ("x-cos-request-id", incoming.request_id),
        ("x-cos-trace-id", _trace_id(incoming)),
        ("server", "tencent-cos"),
    )
    return Answer(status=status, headers=(*headers, *common), body=body)


def cos_error_of(rejected: Rejected, incoming: Incoming) -> Answer:
    """Return a refusal as COS writes it: without a body where the client asks for headers only."""
    form = _CosForm(code=rejected.code, status=rejected.status, message=rejected.message_en)
    if rejected.kind is not RejectionKind.OTHER:
        form = _COS[rejected.kind]
        form = _CosForm(code=form.code, status=form.status, message=rejected.message_en or form.message)
    if incoming.method == "HEAD":
        return cos_answer_of(incoming, status=form.status)
    told = {
        "Code": form.code,
        "Message": form.message or form.code,
        "Resource": _resource(incoming),
        "RequestId": incoming.request_id,
        "TraceId": _trace_id(incoming),
    }
    inside = "".join(xml.element(name, value) for name, value in told.items())
    return cos_document(incoming, f"<Error>{inside}</Error>", status=form.status)


def cos_document(incoming: Incoming, content: str, *, status: int = HTTPStatus.OK) -> Answer:
    """Return an answer of COS that is an XML document."""
    body = f"{_DECLARATION}{content}".encode()
    return cos_answer_of(incoming, status=status, headers=(("content-type", _XML),), body=body)


def _resource(incoming: Incoming) -> str:
    address = address_of(incoming)
    path = address.path.encode("latin-1", "replace").decode("utf-8", "replace")
    return f"{address.host_name}{path}" if path != "/" else address.host_name or path


def _trace_id(incoming: Incoming) -> str:
    return incoming.request_id.replace("-", "")
