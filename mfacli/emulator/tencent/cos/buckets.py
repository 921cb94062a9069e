"""COS's operations on buckets: made, looked at, emptied of many objects at once, given a policy, removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.cos.access import keys_of
from mfacli.emulator.tencent.cos.found import found_bucket, refuse_not_emulated, refuse_other_digest
from mfacli.emulator.tencent.cos.listing import listing, most_of
from mfacli.emulator.tencent.cos.writing import document, done, wrong
from mfacli.emulator.tencent.operations import CosAsked
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.town.entities import Bucket
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.wire import xml
from mfacli.errors import PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document

# 436/13312.
LONGEST_DOMAIN = 60
_MOST_BUCKETS = 200
_MOST_LISTED = 2_000
_LONGEST_POLICY = 20 * 1024


class BucketOperations:
    """The operations by name."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def table(self) -> Mapping[str, Callable[[CosAsked], Answer]]:
        """Return what answers each operation."""
        return {
            "GetService": self._service,
            "PutBucket": self._put,
            "HeadBucket": self._head,
            "GetBucket": lambda asked: listing(asked, self._town),
            "DeleteBucket": self._delete,
            "GetBucketLocation": self._location,
            "PutBucketPolicy": self._put_policy,
            "GetBucketPolicy": self._policy,
            "DeleteBucketPolicy": self._delete_policy,
            "DeleteMultipleObjects": self._delete_many,
        }

    def _service(self, asked: CosAsked) -> Answer:
        owner_uin, call = asked.caller.principal.owner_uin, asked.call
        region, marker = call.region or call.query.get("region", ""), call.query.get("marker", "")
        mine = [one for one in self._town.buckets.of_account(owner_uin) if region in ("", one.region)]
        rest = [one for one in mine if one.name > marker]
        page = rest[: most_of(call, _MOST_LISTED)]
        name = f"qcs::cam::uin/{owner_uin}:uin/{owner_uin}"
        owner = f"<Owner>{xml.element('ID', name)}{xml.element('DisplayName', owner_uin)}</Owner>"
        buckets = "".join(_listed(one) for one in page)
        is_cut = bool(page) and len(page) < len(rest)
        cut = xml.element("IsTruncated", str(is_cut).lower())
        after = xml.element("NextMarker", page[-1].name) if is_cut else ""
        return document(asked, "ListAllMyBucketsResult", f"{owner}<Buckets>{buckets}</Buckets>{cut}{after}")

    def _put(self, asked: CosAsked) -> Answer:
        call, owner_uin = asked.call, asked.caller.principal.owner_uin
        refuse_not_emulated(asked)
        account = self._town.account(owner_uin)
        if account is None or account.appid != call.app_id:
            raise Rejected(RejectionKind.ACCESS_DENIED)
        domain = f"{call.bucket}.cos.{call.region}.myqcloud.com"
        if not call.region or len(domain) > LONGEST_DOMAIN:
            message = f"The specified bucket is not valid: its domain has more than {LONGEST_DOMAIN} characters."
            raise wrong(message, code="InvalidBucketName")
        with self._town.guard:
            if self._town.buckets.find(call.bucket) is not None:
                message = "The bucket you want to create already exists, and you are its owner."
                raise wrong(message, code="BucketAlreadyOwnedByYou", status=409)
            if len(self._town.buckets.of_account(owner_uin)) >= _MOST_BUCKETS:
                raise wrong("You have attempted to create more buckets than allowed.", code="TooManyBuckets")
            self._town.buckets.put(
                Bucket(
                    owner_uin=owner_uin,
                    appid=account.appid,
                    name=call.bucket,
                    region=call.region,
                    created_at=self._town.now(),
                )
            )
        return done(asked, headers=(("location", f"http://{domain}/"),))

    def _head(self, asked: CosAsked) -> Answer:
        bucket = found_bucket(asked, self._town)
        return done(asked, headers=(("x-cos-bucket-region", bucket.region),))

    def _delete(self, asked: CosAsked) -> Answer:
        with self._town.guard:
            bucket = found_bucket(asked, self._town)
            if self._town.buckets.objects(bucket.name):
                raise wrong("The bucket you tried to delete is not empty.", code="BucketNotEmpty", status=409)
            self._town.buckets.remove(bucket.name)
        return done(asked, status=204)

    def _location(self, asked: CosAsked) -> Answer:
        return document(asked, "LocationConstraint", xml.text(found_bucket(asked, self._town).region))

    def _put_policy(self, asked: CosAsked) -> Answer:
        body = asked.incoming.body
        refuse_other_digest(asked)
        if len(body) > _LONGEST_POLICY:
            raise wrong(f"The policy has more than {_LONGEST_POLICY} bytes.", code="PolicyTooLarge")
        try:
            text = body.decode()
            parse_document(text, kind=PolicyKind.RESOURCE, dialect=Dialect.TENCENT)
        except UnicodeDecodeError:
            raise wrong("The policy is not UTF-8.", code="MalformedPolicy") from None
        except PolicyMalformed as error:
            raise wrong(f"The policy is malformed: {error.message}", code="MalformedPolicy") from error
        with self._town.guard:
            self._town.buckets.put(replace(found_bucket(asked, self._town), policy=text))
        return done(asked, status=204)

    def _policy(self, asked: CosAsked) -> Answer:
        bucket = found_bucket(asked, self._town)
        if bucket.policy is None:
            raise wrong("The bucket policy does not exist.", code="NoSuchBucketPolicy", status=404)
        body = json.dumps(json.loads(bucket.policy), ensure_ascii=False).encode()
        return done(asked, headers=(("content-type", "application/json"),), body=body)

    def _delete_policy(self, asked: CosAsked) -> Answer:
        with self._town.guard:
            self._town.buckets.put(replace(found_bucket(asked, self._town), policy=None))
        return done(asked, status=204)

    def _delete_many(self, asked: CosAsked) -> Answer:
        """Delete; a key that is not there counts as deleted."""
        refuse_other_digest(asked)
        keys, is_quiet = keys_of(asked)
        with self._town.guard:
            bucket = found_bucket(asked, self._town)
            for key in keys:
                self._town.buckets.remove_object(bucket.name, key)
        told = () if is_quiet else keys
        inside = "".join(f"<Deleted>{xml.element('Key', key)}</Deleted>" for key in told)
        return document(asked, "DeleteResult", inside)


def _listed(bucket: Bucket) -> str:
    told = {
        "Name": bucket.name,
        "Location": bucket.region,
        "CreationDate": bucket.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "BucketType": "cos",
    }
    return f"<Bucket>{''.join(xml.element(name, value) for name, value in told.items())}</Bucket>"
