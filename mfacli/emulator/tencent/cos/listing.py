"""GetBucket: the objects of a bucket, by prefix and in pages, those behind a delimiter as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.cos.found import found_bucket
from mfacli.emulator.tencent.cos.writing import document, wrong
from mfacli.emulator.tencent.operations import CosAsked
from mfacli.emulator.tencent.town.entities import CosObject
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.tencent.wire.cos import CosCall
from mfacli.emulator.wire import xml

_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What is asked for."""

    prefix: str
    delimiter: str
    marker: str
    most: int
    is_encoded: bool


def listing(asked: CosAsked, town: Town) -> Answer:
    """Return the list; raises `Rejected`."""
    wanted = _wanted(asked)
    bucket = found_bucket(asked, town)
    found = list(islice(_entries(town.buckets.objects(bucket.name, wanted.prefix), wanted), wanted.most + 1))
    page, is_cut = found[: wanted.most], len(found) > wanted.most and wanted.most > 0
    last = page[-1] if page else ""
    inside = [
        xml.element("Name", bucket.name),
        *([xml.element("EncodingType", "url")] if wanted.is_encoded else []),
        xml.element("Prefix", _written(wanted.prefix, wanted)),
        xml.element("Marker", _written(wanted.marker, wanted)),
        xml.element("MaxKeys", str(wanted.most)),
        *([xml.element("Delimiter", _written(wanted.delimiter, wanted))] if wanted.delimiter else []),
        xml.element("IsTruncated", str(is_cut).lower()),
    ]
    if is_cut:
        key = last if isinstance(last, str) else last.key
        inside.append(xml.element("NextMarker", _written(key, wanted)))
    owner = xml.element("ID", bucket.appid) + xml.element("DisplayName", bucket.appid)
    inside += [_content(one, wanted, owner) for one in page if isinstance(one, CosObject)]
    inside += [
        f"<CommonPrefixes>{xml.element('Prefix', _written(one, wanted))}</CommonPrefixes>"
        for one in page
        if isinstance(one, str)
    ]
    return document(asked, "ListBucketResult", "".join(inside))


def most_of(call: CosCall, most: int) -> int:
    """Return how many entries `max-keys` asks for, `most` at most; raises `Rejected`."""
    text = call.query.get("max-keys") or str(most)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise wrong("max-keys is no number.")
    return min(int(text), most)


def _wanted(asked: CosAsked) -> _Listing:
    query = asked.call.query
    encoding = query.get("encoding-type", "")
    if encoding not in ("", "url"):
        raise wrong("encoding-type is url.")
    return _Listing(
        prefix=query.get("prefix", ""),
        delimiter=query.get("delimiter", ""),
        marker=query.get("marker", ""),
        most=most_of(asked.call, _MOST),
        is_encoded=encoding == "url",
    )


def _entries(objects: Sequence[CosObject], wanted: _Listing) -> Iterator[CosObject | str]:
    """Yield objects behind the marker, and for those with a delimiter behind the prefix what they have in common."""
    marker, latest = wanted.marker.encode(), ""
    for one in objects:
        common = _common(one.key, wanted)
        if (common or one.key).encode() <= marker:
            continue
        if not common:
            yield one
        elif common != latest:
            latest = common
            yield common


def _common(key: str, wanted: _Listing) -> str:
    if not wanted.delimiter:
        return ""
    end = key.find(wanted.delimiter, len(wanted.prefix))
    return "" if end < 0 else key[: end + len(wanted.delimiter)]


def _content(one: CosObject, wanted: _Listing, owner: str) -> str:
    told = {
        "Key": _written(one.key, wanted),
        # coscmd reads no time without a fraction.
        "LastModified": one.modified_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ETag": one.etag,
        "Size": str(len(one.body)),
        "StorageClass": "STANDARD",
    }
    inside = "".join(xml.element(name, value) for name, value in told.items())
    return f"<Contents>{inside}<Owner>{owner}</Owner></Contents>"


def _written(text: str, wanted: _Listing) -> str:
    return quote(text) if wanted.is_encoded else text
