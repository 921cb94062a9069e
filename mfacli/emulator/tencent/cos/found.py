"""What COS's operations look at first: is the bucket there, the digest right, is what is asked for emulated."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from mfacli.emulator.tencent.cos.routes import not_emulated
from mfacli.emulator.tencent.cos.writing import wrong
from mfacli.emulator.tencent.operations import CosAsked
from mfacli.emulator.tencent.town.entities import Bucket, CosObject
from mfacli.emulator.tencent.town.town import Town

_MD5_SIZE = 16
_NOT_EMULATED = (
    "x-cos-copy-source",
    "x-cos-server-side-encryption",
    "x-cos-grant-",
    "x-cos-tagging",
    "pic-operations",
)
_ONLY = {"x-cos-acl": ("private", "default"), "x-cos-storage-class": ("STANDARD",)}


def found_bucket(asked: CosAsked, town: Town) -> Bucket:
    """Return the bucket; raises `Rejected` where there is none of this name in this region."""
    bucket = town.buckets.find(asked.call.bucket)
    if bucket is None or bucket.region != asked.call.region:
        raise wrong("The specified bucket does not exist.", code="NoSuchBucket", status=404)
    return bucket


def found_object(asked: CosAsked, town: Town) -> CosObject:
    """Return the object; raises `Rejected` where it or its bucket is not there."""
    found = town.buckets.object(found_bucket(asked, town).name, asked.call.key)
    if found is None:
        raise wrong("The specified key does not exist.", code="NoSuchKey", status=404)
    return found


def refuse_not_emulated(asked: CosAsked) -> None:
    """Raise `Rejected` for headers that ask for what the emulator does not do."""
    for name, value in asked.incoming.headers:
        if name.startswith(_NOT_EMULATED) or value not in _ONLY.get(name, (value,)):
            raise not_emulated(f"the header `{name[:80]}`")


def refuse_other_digest(asked: CosAsked) -> None:
    """Raise `Rejected` where the body is not the one whose MD5 was sent."""
    sent = asked.incoming.header("content-md5")
    if sent is None:
        return
    try:
        expected = base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        expected = b""
    if len(expected) != _MD5_SIZE:
        raise wrong("The Content-MD5 you specified is not valid.", code="InvalidDigest")
    if not hmac.compare_digest(expected, hashlib.md5(asked.incoming.body, usedforsecurity=False).digest()):
        raise wrong("The Content-MD5 you specified did not match what we received.", code="BadDigest")
