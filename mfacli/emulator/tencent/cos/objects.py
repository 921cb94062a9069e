"""COS's operations on objects. They are kept in memory, so there is a largest one, and a limit for all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.cos.crc64 import crc64
from mfacli.emulator.tencent.cos.found import (
    found_bucket,
    found_object,
    refuse_not_emulated,
    refuse_other_digest,
)
from mfacli.emulator.tencent.cos.writing import Headers, done, header_time, wrong
from mfacli.emulator.tencent.operations import CosAsked
from mfacli.emulator.tencent.town.entities import CosObject
from mfacli.emulator.tencent.town.town import Town

LARGEST = 16 * 1024 * 1024
LARGEST_WORLD = 256 * 1024 * 1024
_STANDARD_TYPE = "application/octet-stream"
_META = "x-cos-meta-"
_LARGEST_META = 2_048
_KEPT = ("cache-control", "content-disposition", "content-encoding", "content-language", "expires")
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.ASCII)


class ObjectOperations:
    """The operations by name."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def table(self) -> Mapping[str, Callable[[CosAsked], Answer]]:
        """Return what answers each operation."""
        return {
            "PutObject": self._put,
            "HeadObject": self._head,
            "GetObject": self._get,
            "DeleteObject": self._delete,
        }

    def _put(self, asked: CosAsked) -> Answer:
        incoming, body = asked.incoming, asked.incoming.body
        refuse_not_emulated(asked)
        if len(body) > LARGEST:
            message = f"Your proposed upload exceeds the maximum allowed object size, {LARGEST} bytes here."
            raise wrong(message, code="EntityTooLarge")
        refuse_other_digest(asked)
        item = CosObject(
            key=asked.call.key,
            body=body,
            content_type=incoming.header("content-type") or _STANDARD_TYPE,
            modified_at=self._town.now(),
            checksum=crc64(body),
            headers=_kept_headers(asked),
        )
        with self._town.guard:
            bucket = found_bucket(asked, self._town)
            before = self._town.buckets.object(bucket.name, item.key)
            if before is not None and incoming.header("x-cos-forbid-overwrite") == "true":
                raise wrong("The object already exists.", code="FileAlreadyExists", status=409)
            if self._town.buckets.weight() + len(body) - (len(before.body) if before else 0) > LARGEST_WORLD:
                raise wrong(f"The emulator keeps {LARGEST_WORLD} bytes.", code="EntityTooLarge")
            self._town.buckets.put_object(bucket.name, item)
        return done(asked, headers=(("etag", item.etag), _checksum(item)))

    def _head(self, asked: CosAsked) -> Answer:
        found = found_object(asked, self._town)
        unchanged = _unchanged(asked, found)
        length = ("content-length", str(len(found.body)))
        return unchanged or done(asked, headers=(*_headers(found, asked), length))

    def _get(self, asked: CosAsked) -> Answer:
        found = found_object(asked, self._town)
        unchanged = _unchanged(asked, found)
        if unchanged is not None:
            return unchanged
        part = _part(asked.incoming.header("range"), len(found.body))
        headers = _headers(found, asked)
        if part is None:
            return done(asked, headers=headers, body=found.body)
        told = ("content-range", f"bytes {part.start}-{part.stop - 1}/{len(found.body)}")
        return done(
            asked,
            status=HTTPStatus.PARTIAL_CONTENT,
            headers=(*headers, told),
            body=found.body[part.start : part.stop],
        )

    def _delete(self, asked: CosAsked) -> Answer:
        """Delete; a key that is not there counts as deleted."""
        with self._town.guard:
            self._town.buckets.remove_object(found_bucket(asked, self._town).name, asked.call.key)
        return done(asked, status=204)


def _kept_headers(asked: CosAsked) -> Headers:
    """Return the headers that are given back with the object; raises `Rejected` where they are too many."""
    kept = tuple((name, value) for name, value in asked.incoming.headers if name.startswith((_META, *_KEPT)))
    if sum(len(name) + len(value) for name, value in kept if name.startswith(_META)) > _LARGEST_META:
        message = f"Your metadata headers exceed the maximum allowed size, {_LARGEST_META} bytes."
        raise wrong(message, code="MetadataTooLarge")
    return kept


def _headers(found: CosObject, asked: CosAsked) -> Headers:
    """Return an object's headers; a `response-…` in the query replaces the one it names."""
    begin = "response-"
    instead = {
        name.removeprefix(begin): value
        for name, value in asked.call.query.items()
        if name.startswith(begin) and value
    }
    own = {"content-type": found.content_type, **dict(found.headers), **instead}
    return (
        *own.items(),
        ("etag", found.etag),
        ("last-modified", header_time(found.modified_at)),
        ("accept-ranges", "bytes"),
        _checksum(found),
    )


def _checksum(found: CosObject) -> tuple[str, str]:
    return ("x-cos-hash-crc64ecma", str(found.checksum))


def _unchanged(asked: CosAsked, found: CosObject) -> Answer | None:
    """Return the answer to who has this object already; raises `Rejected` for who wants another one."""
    wanted, had = asked.incoming.header("if-match"), asked.incoming.header("if-none-match")
    if wanted is not None and not _names(wanted, found):
        message = "At least one of the pre-conditions you specified did not hold."
        raise wrong(message, code="PreconditionFailed", status=HTTPStatus.PRECONDITION_FAILED)
    if had is None or not _names(had, found):
        return None
    return done(asked, status=HTTPStatus.NOT_MODIFIED, headers=(("etag", found.etag),))


def _names(header: str, found: CosObject) -> bool:
    tags = [tag.strip() for tag in header.split(",")]
    return "*" in tags or found.etag in tags or found.etag.strip('"') in tags


def _part(header: str | None, length: int) -> range | None:
    """Return the bytes that are asked for, None for all; raises `Rejected` where there are none such.

    What is no range of bytes, and more than one range, is left aside as HTTP allows.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or not (found["first"] or found["last"]):
        return None
    if found["first"]:
        first = int(found["first"])
        last = min(int(found["last"]), length - 1) if found["last"] else length - 1
        if found["last"] and int(found["last"]) < first:
            return None
    else:
        first, last = max(length - int(found["last"]), 0), length - 1
    if first > last:
        raise wrong(
            "The requested range cannot be satisfied.",
            code="InvalidRange",
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        )
    return range(first, last + 1)
