"""Which bucket and key of COS a request is about: virtual hosts only, as every one of its clients has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.tencent.addresses import address_of, cos_place, each_once, pairs_of
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.signing.cos import SIGNING_NAMES, TOKEN

_BUCKET = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)-(?P<app_id>[0-9]{1,20})", re.ASCII)
# A label of DNS. That a new bucket's whole domain has at most 60 (436/13312) is for its creation to look at.
_LONGEST_BUCKET = 63
_LONGEST_KEY_BYTES = 850


@dataclass(frozen=True, slots=True, kw_only=True)
class CosCall:
    """A recognised call of COS.

    `bucket` is the whole name with its APPID (`example-1250000000`), empty for the service itself; `app_id` its last
    part. `key` is decoded, empty for the bucket itself. `query` is without what signs the address.
    """

    method: str
    bucket: str
    app_id: str
    region: str
    key: str
    query: Mapping[str, str]

    @property
    def is_service_level(self) -> bool:
        """Whether it is about all buckets."""
        return not self.bucket

    @property
    def is_bucket_level(self) -> bool:
        """Whether it is about a bucket, and not about an object in it."""
        return bool(self.bucket) and not self.key


def recognise_cos(incoming: Incoming) -> CosCall:
    """Return the call of COS that a request is; raises `Rejected`.

    Any host that is not COS's own stands for the service: that is how clients list buckets through a local port.
    """
    address = address_of(incoming)
    place = cos_place(address.host_name)
    bucket = place.bucket if place else ""
    named = _BUCKET.fullmatch(bucket)
    if bucket and (named is None or len(bucket) > _LONGEST_BUCKET):
        raise own_error("InvalidBucketName", "The specified bucket is not valid.", status=400)
    try:
        key = unquote_to_bytes(octets(address.path)).removeprefix(b"/").decode()
    except UnicodeDecodeError:
        raise own_error("InvalidURI", "Couldn't parse the specified URI.", status=400) from None
    if key and not bucket:
        raise own_error(
            "InvalidURI", "The Host header names no bucket: BUCKET-APPID.cos.REGION.myqcloud.com.", status=400
        )
    if len(key.encode()) > _LONGEST_KEY_BYTES:
        raise own_error("KeyTooLong", "Your key is too long.", status=400)
    query = each_once(pairs_of(address.query))
    return CosCall(
        method=incoming.method,
        bucket=bucket,
        app_id=named["app_id"] if named else "",
        region=place.region if place else "",
        key=key,
        query={name: value for name, value in query.items() if name not in SIGNING_NAMES and name.lower() != TOKEN},
    )
