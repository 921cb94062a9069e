"""Writes a refusal as the service would that was asked: its code, its status, its words, its protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from mfacli.emulator.operations import WireProtocol
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.wire import xml
from mfacli.emulator.wire.services import SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How one kind of refusal is written. `message` replaces the refusal's own where it is set."""

    code: str
    status: int
    message: str = ""


_TOKEN_INVALID = "The security token included in the request is invalid."
_TOKEN_EXPIRED = "The security token included in the request is expired"
_NOT_SIGNED = "Request is missing Authentication Token"
_EC2_NOT_VALIDATED = "AWS was not able to validate the provided access credentials"
_K = RefusalKind

_QUERY: Mapping[RefusalKind, _Form] = {
    _K.UNKNOWN_KEY: _Form(code="InvalidClientTokenId", status=403, message=_TOKEN_INVALID),
    _K.BAD_SIGNATURE: _Form(code="SignatureDoesNotMatch", status=403),
    _K.NO_AUTHENTICATION: _Form(code="MissingAuthenticationToken", status=403, message=_NOT_SIGNED),
    _K.MALFORMED_AUTHENTICATION: _Form(code="IncompleteSignature", status=400),
    _K.BAD_TOKEN: _Form(code="InvalidClientTokenId", status=403, message=_TOKEN_INVALID),
    _K.EXPIRED_TOKEN: _Form(code="ExpiredToken", status=403, message=_TOKEN_EXPIRED),
    _K.CLOCK_SKEW: _Form(code="SignatureDoesNotMatch", status=403),
    _K.PAYLOAD_MISMATCH: _Form(code="SignatureDoesNotMatch", status=403),
    _K.PRESIGNED_EXPIRED: _Form(code="SignatureDoesNotMatch", status=403),
    _K.ACCESS_DENIED: _Form(code="AccessDenied", status=403),
    _K.UNKNOWN_OPERATION: _Form(code="InvalidAction", status=400),
}
_JSON: Mapping[RefusalKind, _Form] = {
    _K.UNKNOWN_KEY: _Form(code="UnrecognizedClientException", status=400, message=_TOKEN_INVALID),
    _K.BAD_SIGNATURE: _Form(code="InvalidSignatureException", status=400),
    _K.NO_AUTHENTICATION: _Form(code="MissingAuthenticationTokenException", status=400, message=_NOT_SIGNED),
    _K.MALFORMED_AUTHENTICATION: _Form(code="IncompleteSignatureException", status=400),
    _K.BAD_TOKEN: _Form(code="UnrecognizedClientException", status=400, message=_TOKEN_INVALID),
    _K.EXPIRED_TOKEN: _Form(code="ExpiredTokenException", status=400, message=_TOKEN_EXPIRED),
    _K.CLOCK_SKEW: _Form(code="InvalidSignatureException", status=400),
    _K.PAYLOAD_MISMATCH: _Form(code="InvalidSignatureException", status=400),
    _K.PRESIGNED_EXPIRED: _Form(code="InvalidSignatureException", status=400),
    _K.ACCESS_DENIED: _Form(code="AccessDeniedException", status=400),
    _K.UNKNOWN_OPERATION: _Form(code="UnknownOperationException", status=400),
}
_EC2: Mapping[RefusalKind, _Form] = {
    _K.UNKNOWN_KEY: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.BAD_SIGNATURE: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.NO_AUTHENTICATION: _Form(
        code="MissingParameter", status=400, message="The request must contain the parameter AWSAccessKeyId"
    ),
    _K.MALFORMED_AUTHENTICATION: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.BAD_TOKEN: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.EXPIRED_TOKEN: _Form(code="RequestExpired", status=400, message="Request has expired."),
    _K.CLOCK_SKEW: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.PAYLOAD_MISMATCH: _Form(code="AuthFailure", status=401, message=_EC2_NOT_VALIDATED),
    _K.PRESIGNED_EXPIRED: _Form(code="RequestExpired", status=400, message="Request has expired."),
    _K.ACCESS_DENIED: _Form(code="UnauthorizedOperation", status=403),
    _K.UNKNOWN_OPERATION: _Form(code="InvalidAction", status=400),
}
_S3: Mapping[RefusalKind, _Form] = {
    _K.UNKNOWN_KEY: _Form(
        code="InvalidAccessKeyId",
        status=403,
        message="The AWS Access Key Id you provided does not exist in our records.",
    ),
    _K.BAD_SIGNATURE: _Form(
        code="SignatureDoesNotMatch",
        status=403,
        message="The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method.",
    ),
    _K.NO_AUTHENTICATION: _Form(code="AccessDenied", status=403, message="Access Denied"),
    _K.MALFORMED_AUTHENTICATION: _Form(code="AuthorizationHeaderMalformed", status=400),
    _K.BAD_TOKEN: _Form(
        code="InvalidAccessKeyId",
        status=403,
        message="The AWS Access Key Id you provided does not exist in our records.",
    ),
    _K.EXPIRED_TOKEN: _Form(code="ExpiredToken", status=400, message="The provided token has expired."),
    _K.CLOCK_SKEW: _Form(
        code="RequestTimeTooSkewed",
        status=403,
        message="The difference between the request time and the current time is too large.",
    ),
    _K.PAYLOAD_MISMATCH: _Form(code="XAmzContentSHA256Mismatch", status=400),
    _K.PRESIGNED_EXPIRED: _Form(code="AccessDenied", status=403),
    _K.ACCESS_DENIED: _Form(code="AccessDenied", status=403),
    _K.UNKNOWN_OPERATION: _Form(code="MethodNotAllowed", status=405),
}
_OWN_CODES = {("sns", RefusalKind.ACCESS_DENIED): "AuthorizationError"}
_CORAL = "com.amazon.coral.service"


def error_answer(refusal: Refusal, incoming: Incoming, *, service: str, protocol: WireProtocol) -> Answer:
    """Return the refusal as `service` writes it in `protocol`."""
    match protocol:
        case WireProtocol.QUERY:
            return _query_answer(_form(refusal, _QUERY, service), incoming, service)
        case WireProtocol.EC2:
            return _ec2_answer(_form(refusal, _EC2, service), incoming)
        case WireProtocol.REST_XML:
            return _s3_answer(_form(refusal, _S3, service), refusal.details, incoming)
        case WireProtocol.JSON:
            return _json_answer(refusal, service)


def _form(refusal: Refusal, table: Mapping[RefusalKind, _Form], service: str) -> _Form:
    if refusal.kind is RefusalKind.OTHER:
        return _Form(code=refusal.code, status=refusal.status, message=refusal.message)
    form = table[refusal.kind]
    code = _OWN_CODES.get((service, refusal.kind), form.code)
    return _Form(code=code, status=form.status, message=form.message or refusal.message)


def _fault(form: _Form) -> str:
    return "Receiver" if form.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"


def _query_answer(form: _Form, incoming: Incoming, service: str) -> Answer:
    namespace = SERVICES[service].namespace if service in SERVICES else ""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    error = f"<Type>{_fault(form)}</Type>{xml.element('Code', form.code)}{xml.element('Message', form.message)}"
    request_id = xml.element("RequestId", incoming.request_id)
    document = f"<ErrorResponse{attribute}><Error>{error}</Error>{request_id}</ErrorResponse>"
    return _xml_answer(form, "text/xml", document)


def _ec2_answer(form: _Form, incoming: Incoming) -> Answer:
    error = f"<Error>{xml.element('Code', form.code)}{xml.element('Message', form.message)}</Error>"
    request_id = xml.element("RequestID", incoming.request_id)
    document = f"{xml.DECLARATION}<Response><Errors>{error}</Errors>{request_id}</Response>"
    return _xml_answer(form, "text/xml;charset=UTF-8", document)


def _s3_answer(form: _Form, details: Mapping[str, str], incoming: Incoming) -> Answer:
    told = {"Code": form.code, "Message": form.message, **details}
    told |= {"RequestId": incoming.request_id, "HostId": incoming.request_id}
    inside = "".join(xml.element(name, value) for name, value in told.items())
    return _xml_answer(form, "application/xml", f"{xml.DECLARATION}<Error>{inside}</Error>")


def _json_answer(refusal: Refusal, service: str) -> Answer:
    form = _form(refusal, _JSON, service)
    is_own = refusal.kind is RefusalKind.OTHER and service in SERVICES
    namespace = SERVICES[service].error_namespace if is_own else _CORAL
    # Errors of the framework spell it with a capital, those of the service's model without.
    key = "message" if is_own else "Message"
    document = {"__type": f"{namespace}#{form.code}", key: form.message}
    headers = [("content-type", "application/x-amz-json-1.0")]
    status = form.status
    if service == "sqs":
        # Clients that knew SQS's query protocol find its codes and statuses here.
        old = _form(refusal, _QUERY, service)
        headers.append(("x-amzn-query-error", f"{old.code};{_fault(old)}"))
        status = old.status
    return Answer(status=status, headers=tuple(headers), body=json.dumps(document).encode())


def _xml_answer(form: _Form, content_type: str, document: str) -> Answer:
    return Answer(status=form.status, headers=(("content-type", content_type),), body=document.encode())
