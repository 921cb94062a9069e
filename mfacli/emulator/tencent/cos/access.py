"""The permissions that COS's operations take: on an object, on a bucket (its name and a slash), or on anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from mfacli.emulator.tencent.cos.routes import operation_of
from mfacli.emulator.tencent.cos.writing import wrong
from mfacli.emulator.tencent.operations import CosAsked, Need
from mfacli.emulator.tencent.refusals import Rejected
from mfacli.emulator.tencent.town.town import Town

_MOST_AT_ONCE = 1_000
_LARGEST_LIST = 2 * 1024 * 1024
_NAMESPACE = re.compile(r"\{[^}]*\}")
SECURE_TRANSPORT = "cos:secure-transport"
OF_HEADERS = ("x-cos-acl", "content-type", "x-cos-storage-class")
OF_QUERY = ("prefix", "delimiter", "max-keys")


def needs_of(asked: CosAsked, town: Town) -> Sequence[Need]:
    """Return the permissions; raises `Rejected` for a list of objects that cannot be read."""
    call, operation = asked.call, operation_of(asked.call)
    context = _context(asked)
    if call.is_service_level:
        return [Need(action=f"cos:{operation}", context=context)]
    bucket = town.buckets.find(call.bucket)
    account = town.account_of_appid(call.app_id)
    owner_uin = bucket.owner_uin if bucket else account.uin if account else ""
    keys = keys_of(asked)[0] if operation == "DeleteMultipleObjects" else (call.key,)
    begin = f"qcs::cos:{call.region}:uid/{call.app_id}:{call.bucket}/"
    return [
        Need(action=f"cos:{operation}", resource=f"{begin}{key}", owner_uin=owner_uin, context=context)
        for key in keys
    ]


def keys_of(asked: CosAsked) -> tuple[Sequence[str], bool]:
    """Return the keys that are to be deleted, and whether that shall be done quietly; raises `Rejected`."""
    body = asked.incoming.body
    # A document type is how an XML text grows in memory, and no client sends one.
    if len(body) > _LARGEST_LIST or b"<!" in body:
        raise _malformed()
    try:
        root = ET.fromstring(body.decode())  # noqa: S314  # whatever has a document type has been refused
    except (ET.ParseError, ValueError):
        raise _malformed() from None
    entries = [child for child in root if _plain(child.tag) == "Object"]
    keys = [part.text or "" for entry in entries for part in entry if _plain(part.tag) == "Key"]
    if _plain(root.tag) != "Delete" or len(keys) != len(entries) or not 0 < len(keys) <= _MOST_AT_ONCE:
        raise _malformed()
    if not all(keys):
        raise _malformed()
    quiet = [(child.text or "").strip().lower() for child in root if _plain(child.tag) == "Quiet"]
    return keys, quiet == ["true"]


def _malformed() -> Rejected:
    return wrong(
        f"The XML you provided was not well-formed or has not from 1 to {_MOST_AT_ONCE} objects.",
        code="MalformedXML",
    )


def _plain(tag: str) -> str:
    return _NAMESPACE.sub("", tag)


def _context(asked: CosAsked) -> Mapping[str, str]:
    sent = {name: asked.incoming.header(name) for name in OF_HEADERS}
    named = {**sent, **{name: asked.call.query.get(name) for name in OF_QUERY}}
    return {SECURE_TRANSPORT: "false", **{f"cos:{name}": value for name, value in named.items() if value}}
