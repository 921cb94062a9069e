"""Whether a request is Tencent Cloud's, and which action of which of its API's services it asks for.

`is_tencent` and `language_of` look before the signature is checked, believe nothing and never refuse; `recognise`
reads what `authenticate` has found good.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.tencent.addresses import Address, address_of, cos_place, each_once, pairs_of
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, missing, own_error
from mfacli.emulator.tencent.signing.authenticate import form_of
from mfacli.emulator.tencent.signing.claims import SigningForm, mismatch
from mfacli.emulator.tencent.signing.tc3 import tc3_claim
from mfacli.emulator.tencent.signing.v1 import form_parameters
from mfacli.emulator.tencent.wire.parameters import json_parameters, nested
from mfacli.emulator.wire.forms import FORM, content_type

# Which service a version is of, where neither a signature's scope nor the host tells.
SERVICE_OF_VERSION = {"2018-08-13": "sts", "2019-01-16": "cam", "2017-03-12": "cvm"}
_API_HOST = re.compile(r"(?P<service>[a-z0-9-]+)\.(?:[a-z0-9-]+\.)*tencentcloudapi\.(?:com|cn)", re.ASCII)
_VERSION = re.compile(rb"(?:^|&)Version=(?:" + b"|".join(v.encode() for v in SERVICE_OF_VERSION) + rb")(?:&|$)")
_AWS = re.compile(rb"(?:^|&)(?:X-Amz-|AWSAccessKeyId=)", re.IGNORECASE)
_LANGUAGE = re.compile(rb"(?:^|&)Language=(zh-CN|en-US)(?:&|$)")
_PASCAL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,127}", re.ASCII)
_COMMON = (
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
)


class Language(Enum):
    """The languages of the API's messages."""

    CHINESE = "zh-CN"
    ENGLISH = "en-US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A recognised call of the API.

    `service` is `sts`, `cam`, `cvm` or whatever else was signed for; `version` and `region` are empty where they were
    not sent. `are_texts` is whether the parameters came flattened, where numbers and truths are texts too.
    """

    service: str
    action: str
    version: str
    region: str
    language: Language
    parameters: Mapping[str, object]
    are_texts: bool


def is_tencent(incoming: Incoming) -> bool:
    """Return whether a request is for Tencent Cloud, of which COS is a part; never raises."""
    if (incoming.header("authorization") or "").startswith("AWS"):
        return False
    address = address_of(incoming)
    query = octets(address.query)
    if _AWS.search(query) or _has_prefix(incoming, "x-amz-"):
        return False
    form = form_of(incoming)
    if form in (SigningForm.TC3, SigningForm.V1, SigningForm.COS):
        return True
    if _has_prefix(incoming, "x-tc-") or _has_prefix(incoming, "x-cos-"):
        return True
    if is_tencent_host(address.host_name):
        return True
    return address.path == "/" and _VERSION.search(_form_text(incoming, query)) is not None


def is_tencent_host(name: str) -> bool:
    """Return whether a host is the cloud's own: the API's or COS's."""
    return cos_place(name) is not None or _API_HOST.fullmatch(name) is not None


def is_cos(incoming: Incoming) -> bool:
    """Return whether a request that `is_tencent` is for COS; never raises."""
    form = form_of(incoming)
    if form is SigningForm.COS:
        return True
    if form in (SigningForm.TC3, SigningForm.V1) or _has_prefix(incoming, "x-tc-"):
        return False
    return cos_place(address_of(incoming).host_name) is not None or _has_prefix(incoming, "x-cos-")


def language_of(incoming: Incoming) -> Language:
    """Return the language that a request asks for, Chinese where it asks for none; never raises."""
    asked = incoming.header("x-tc-language")
    if asked is None:
        found = _LANGUAGE.search(_form_text(incoming, octets(address_of(incoming).query)))
        asked = found[1].decode() if found else ""
    return Language.ENGLISH if asked == Language.ENGLISH.value else Language.CHINESE


def recognise(incoming: Incoming) -> Call:
    """Return the call of the API that an authenticated request is; raises `Rejected`.

    What comes in headers with TC3 comes as parameters with v1. The documents' own example calls with `Action` in its
    JSON body instead of X-TC-Action, without a version, and as what curl takes for a form: that is understood too.
    """
    address = address_of(incoming)
    if form_of(incoming) is SigningForm.COS:
        # It covers no more than the headers it lists: a presigned address would be good for any action.
        raise mismatch()
    if incoming.method not in ("GET", "POST"):
        raise own_error("UnsupportedProtocol", "Requests are GET or POST.", "仅支持 GET 和 POST 请求。")
    if address.path != "/":
        raise _unknown("The address has no such path.", "请求路径不存在。")
    if form_of(incoming) is SigningForm.V1:
        return _of_v1(incoming, address)
    return _of_headers(incoming, address)


def _of_v1(incoming: Incoming, address: Address) -> Call:
    found = each_once(form_parameters(incoming, address))
    for name in ("Action", "Version"):
        if not found.get(name):
            raise missing(name)
    return Call(
        service=_service(address, found["Version"]),
        action=_action(found["Action"]),
        version=found["Version"],
        region=found.get("Region", ""),
        language=language_of(incoming),
        parameters=nested({name: value for name, value in found.items() if name not in _COMMON}),
        are_texts=True,
    )


def _of_headers(incoming: Incoming, address: Address) -> Call:
    is_get = incoming.method == "GET"
    parameters = nested(each_once(pairs_of(address.query))) if is_get else _body_parameters(incoming)
    action, version = incoming.header("x-tc-action"), incoming.header("x-tc-version")
    if action and not version:
        raise missing("Version")
    if not action:
        action, version = _text(parameters, "Action"), version or _text(parameters, "Version")
    if not action:
        raise missing("Action")
    version = version or ""
    return Call(
        service=_signed_service(incoming, address, version),
        action=_action(action),
        version=version,
        region=incoming.header("x-tc-region") or "",
        language=language_of(incoming),
        parameters=parameters,
        are_texts=is_get,
    )


def _body_parameters(incoming: Incoming) -> dict[str, object]:
    if content_type(incoming) == "multipart/form-data":
        raise own_error("InvalidRequest", "This action takes no multipart body.", "该接口不支持 multipart 格式。")
    return json_parameters(incoming.body)


def _text(parameters: dict[str, object], name: str) -> str:
    """Take a text out of the parameters; empty where there is none."""
    value = parameters.pop(name, "")
    return value if isinstance(value, str) else ""


def _action(text: str) -> str:
    if not _PASCAL.fullmatch(text):
        raise _unknown("The action does not exist.", "请求的接口不存在。")
    return text[0].upper() + text[1:]


def _signed_service(incoming: Incoming, address: Address, version: str) -> str:
    """Return the scope's service, unless it is only the beginning of a local endpoint, as the SDK for Node has it."""
    service = tc3_claim(incoming).service if form_of(incoming) is SigningForm.TC3 else ""
    is_of_endpoint = service == address.host.partition(".")[0] and service not in SERVICE_OF_VERSION.values()
    return _service(address, version) or service if is_of_endpoint or not service else service


def _service(address: Address, version: str) -> str:
    host = _API_HOST.fullmatch(address.host_name)
    return host["service"] if host else SERVICE_OF_VERSION.get(version, "")


def _form_text(incoming: Incoming, query: bytes) -> bytes:
    """Return where parameters of v1 stand: a POST's form, or the query."""
    is_form = incoming.method == "POST" and content_type(incoming) == FORM
    return incoming.body if is_form else query


def _has_prefix(incoming: Incoming, prefix: str) -> bool:
    return any(name.startswith(prefix) for name, _ in incoming.headers)


def _unknown(message_en: str, message_zh: str) -> Rejected:
    return Rejected(RejectionKind.UNKNOWN_ACTION, message_en, message_zh)
