"""Takes an error apart, in whatever form a tool or SDK printed it: cloud, code, operation and text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong

MAX_CHARACTERS = 100_000

_FRAME = re.compile(r"^[ \t]*[│╷╵|](?:[ \t]|$)?", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_BOTOCORE = re.compile(
    r"An error occurred \((?P<code>[A-Za-z0-9.]+)\) when calling the (?P<operation>[A-Za-z0-9]+) operation"
    r"(?: \([^)]*\))?: ?(?P<text>.*)"
)
_GO = re.compile(
    r"operation error (?P<service>[A-Za-z0-9 ]+): (?P<operation>[A-Za-z0-9]+),.*?"
    r"(?:api error (?P<code>[A-Za-z0-9.]+)|(?P<named>[A-Za-z]+(?:Exception|Fault))): ?(?P<text>.*)"
)
_XML = re.compile(r"<Code>(?P<code>[A-Za-z0-9.]+)</Code>.*?<Message>(?P<text>.*?)</Message>")
_TENCENT = re.compile(
    r"TencentCloudSDK(?:Exception|Error)\]? ?,? ?code:? ?=?(?P<code>[A-Za-z0-9.]+),? message:? ?=?(?P<text>.*?)"
    r"(?:,? request_?[iI]d:? ?=?(?P<request>[0-9a-fA-F-]*))?$",
    re.IGNORECASE,
)
_CODE_FIRST = re.compile(
    r"(?:[A-Za-z]+Error: )?(?!User: |Principal: |Error: |Warning: )"
    r"(?P<code>[A-Z][A-Za-z]+(?:\.[A-Z][A-Za-z]+)*): (?P<text>.*)"
)
_JAVA = re.compile(r" ?\(Service: [^)]*\)")
_JAVA_CODE = re.compile(r"Error Code: (?P<code>\w+)")
_TENCENT_FAMILIES = (
    "AuthFailure",
    "FailedOperation",
    "InternalError",
    "InvalidParameter",
    "ResourceNotFound",
    "UnauthorizedOperation",
    "UnsupportedOperation",
)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#34;": '"', "&apos;": "'", "&#39;": "'", "&amp;": "&"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorText:
    """An error taken apart; what it does not tell is empty."""

    cloud: Cloud
    code: str
    operation: str
    text: str


def read_error(raw: str) -> ErrorText:
    """Return the error that a text is or holds; raises `UsageWrong` for an empty or far too long one."""
    if len(raw) > MAX_CHARACTERS:
        raise UsageWrong(f"an error message of {len(raw):,} characters is none", hint="paste the message alone")
    plain = _SPACE.sub(" ", _FRAME.sub("", raw)).strip()
    if not plain:
        raise UsageWrong(
            "there is no error message to explain",
            hint="pipe one in: `aws s3 ls 2>&1 | mfacli policy explain`, or give it as an argument",
        )
    return _from_json(plain) or _from_text(plain)


def _from_text(plain: str) -> ErrorText:
    for form in (_TENCENT, _BOTOCORE, _GO, _XML):
        found = form.search(plain)
        if found:
            parts = found.groupdict()
            code = parts.get("code") or parts.get("named") or ""
            cloud = Cloud.TENCENT if form is _TENCENT else _cloud_of(code, plain)
            return _told(cloud, code, parts.get("operation") or "", _unescaped(parts.get("text") or ""))
    java = _JAVA.search(plain)
    text = plain[: java.start()] if java else plain
    found = _CODE_FIRST.match(text)
    if found:
        return _told(_cloud_of(found["code"], plain), found["code"], "", found["text"])
    named = _JAVA_CODE.search(java.group()) if java else None
    code = named["code"] if named else ""
    return _told(_cloud_of(code, plain), code, "", text)


def _from_json(plain: str) -> ErrorText | None:
    start = plain.find("{")
    if start < 0:
        return None
    try:
        found = json.JSONDecoder().raw_decode(plain, start)[0]
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    response = found.get("Response")
    error = response.get("Error") if isinstance(response, dict) else found.get("Error")
    if isinstance(error, dict):
        cloud = Cloud.TENCENT if isinstance(response, dict) else Cloud.AWS
        return _told(cloud, _text(error, "Code"), "", _text(error, "Message"))
    code = _text(found, "__type").rpartition("#")[2]
    text = _text(found, "message") or _text(found, "Message")
    return _told(_cloud_of(code, text), code, "", text) if code or text else None


def _text(members: dict[str, object], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _told(cloud: Cloud, code: str, operation: str, text: str) -> ErrorText:
    return ErrorText(cloud=cloud, code=code, operation=operation, text=text.strip())


def _cloud_of(code: str, plain: str) -> Cloud:
    family, dot, _ = code.partition(".")
    is_tencent = (bool(dot) and family in _TENCENT_FAMILIES) or "qcs:" in plain or "x-cos-" in plain
    return Cloud.TENCENT if is_tencent or "<TraceId>" in plain else Cloud.AWS


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text
