"""S3: many operations share an action, versions have actions of their own, and headers ask for more.

After the "Actions defined by Amazon S3" page of the Service Authorization Reference, and the permissions named on
the operations' own pages.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote

from mfacli.emulator.authorisation.actions.needs import ANY, PARTITION, Call, Need, as_mappings, as_text
from mfacli.emulator.refusals import own_error

ACTIONS = {
    "CompleteMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "CreateBucketMetadataConfiguration": "s3:CreateBucketMetadataTableConfiguration",
    "CreateMultipartUpload": "s3:PutObject",
    "CreateSession": "s3express:CreateSession",
    "DeleteBucketAnalyticsConfiguration": "s3:PutAnalyticsConfiguration",
    "DeleteBucketCors": "s3:PutBucketCORS",
    "DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "s3:PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "s3:PutInventoryConfiguration",
    "DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "DeleteBucketMetadataConfiguration": "s3:DeleteBucketMetadataTableConfiguration",
    "DeleteBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "DeleteBucketTagging": "s3:PutBucketTagging",
    "DeleteObjects": "s3:DeleteObject",
    "DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "s3:GetAnalyticsConfiguration",
    "GetBucketCors": "s3:GetBucketCORS",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "s3:GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "s3:GetInventoryConfiguration",
    "GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "GetBucketMetadataConfiguration": "s3:GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration": "s3:GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "ListBucketAnalyticsConfigurations": "s3:GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "s3:GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "s3:GetMetricsConfiguration",
    "ListBuckets": "s3:ListAllMyBuckets",
    "ListDirectoryBuckets": "s3express:ListAllMyDirectoryBuckets",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListParts": "s3:ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "s3:PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "s3:PutAnalyticsConfiguration",
    "PutBucketCors": "s3:PutBucketCORS",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "s3:PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "s3:PutInventoryConfiguration",
    "PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "PutBucketReplication": "s3:PutReplicationConfiguration",
    "PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "RenameObject": "s3express:CreateSession",
    "SelectObjectContent": "s3:GetObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "WriteGetObjectResponse": "s3-object-lambda:WriteGetObjectResponse",
}
VERSIONED = {
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:DeleteObjectAnnotation": "s3:DeleteObjectVersionAnnotation",
    "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
    "s3:GetObjectAnnotation": "s3:GetObjectVersionAnnotation",
    "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
    "s3:GetObjectTorrent": "s3:GetObjectVersionTorrent",
    "s3:ListObjectAnnotations": "s3:ListObjectVersionAnnotations",
    "s3:PutObjectAcl": "s3:PutObjectVersionAcl",
    "s3:PutObjectAnnotation": "s3:PutObjectVersionAnnotation",
    "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
}
_GRANTS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
# What a header or parameter asks beyond the operation itself: parameters -> action.
_ON_WRITING = (
    (_GRANTS, "s3:PutObjectAcl"),
    (("Tagging",), "s3:PutObjectTagging"),
    (("ObjectLockMode", "ObjectLockRetainUntilDate"), "s3:PutObjectRetention"),
    (("ObjectLockLegalHoldStatus",), "s3:PutObjectLegalHold"),
)
_ON_CREATING = (
    (_GRANTS, "s3:PutBucketAcl"),
    (("ObjectLockEnabledForBucket",), "s3:PutBucketObjectLockConfiguration"),
    (("ObjectLockEnabledForBucket",), "s3:PutBucketVersioning"),
    (("ObjectOwnership",), "s3:PutBucketOwnershipControls"),
)
_ON_DELETING = ((("BypassGovernanceRetention",), "s3:BypassGovernanceRetention"),)
EXTRAS = {
    "PutObject": _ON_WRITING,
    "CopyObject": _ON_WRITING,
    "CreateMultipartUpload": _ON_WRITING,
    "CreateBucket": _ON_CREATING,
    "DeleteObject": _ON_DELETING,
    "PutObjectRetention": _ON_DELETING,
}
_COPY_SOURCE = re.compile(
    r"(?P<path>/?[^/:?#;\x00-\x20][^/:?#;\x00-\x1f]*(?:/[^?#;\x00-\x1f]*)?)(?:\?(?P<query>[^#;\x00-\x20]*))?"
)
_ACCOUNT_WIDE = ("ListBuckets", "ListDirectoryBuckets", "WriteGetObjectResponse")


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an S3 call takes; the written object before the one it is copied from."""
    action = ACTIONS.get(call.name, f"s3:{call.name}")
    bucket = call.text("Bucket")
    if bucket is None or call.name in _ACCOUNT_WIDE:
        return (Need(action=action),)
    if action.startswith("s3express:"):
        return (Need(action=action, resource=call.arn("s3express", f"bucket/{bucket}")),)
    if call.name == "DeleteObjects":
        return _deletions(call, bucket)
    resource = _resource(bucket, call.text("Key"))
    version = call.text("VersionId")
    found = [Need(action=_of_version(action, version), resource=resource)]
    if call.name == "GetObjectAttributes":
        found.append(Need(action=_of_version("s3:GetObject", version), resource=resource))
    found += [
        Need(action=extra, resource=resource)
        for parameters, extra in EXTRAS.get(call.name, ())
        if call.has(*parameters)
    ]
    return (*found, *_copied(call))


def _of_version(action: str, version: str | None) -> str:
    return action if version is None else VERSIONED.get(action, action)


def _resource(bucket: str, key: str | None) -> str:
    return f"arn:{PARTITION}:s3:::{bucket}" if key is None else f"arn:{PARTITION}:s3:::{bucket}/{key}"


def _deletions(call: Call, bucket: str) -> tuple[Need, ...]:
    """Return one need per key.

    S3 answers for every key by itself; here the whole call is refused with the first key that may not be deleted.
    """
    found: list[Need] = []
    for entry in as_mappings(call.mapping("Delete").get("Objects")):
        key, version = as_text(entry.get("Key")), as_text(entry.get("VersionId"))
        facts: dict[str, str | tuple[str, ...]] = {} if version is None else {"s3:VersionId": version}
        resource = _resource(bucket, key or ANY)
        found.append(Need(action=_of_version("s3:DeleteObject", version), resource=resource, facts=facts))
        if call.has("BypassGovernanceRetention"):
            found.append(Need(action="s3:BypassGovernanceRetention", resource=resource, facts=facts))
    return tuple(found) or (Need(action="s3:DeleteObject", resource=_resource(bucket, ANY)),)


def _copied(call: Call) -> tuple[Need, ...]:
    """Return what reading a copy's source takes."""
    if call.name not in ("CopyObject", "UploadPartCopy"):
        return ()
    bucket, key, version = copy_source(call)
    facts: dict[str, str | tuple[str, ...]] = {} if version is None else {"s3:VersionId": version}
    return (Need(action=_of_version("s3:GetObject", version), resource=_resource(bucket, key), facts=facts),)


def copy_source(call: Call) -> tuple[str, str, str | None]:
    """Return bucket, key and version that a copy is made from.

    The text is an address without a host, and readers of addresses disagree on what `//`, `;`, `#` and a scheme mean
    in one. What could be read in two ways is refused: the object that was asked for must be the one that is copied.
    """
    parts = call.mapping("CopySource")
    bucket, key, version = as_text(parts.get("Bucket")), as_text(parts.get("Key")), as_text(parts.get("VersionId"))
    if bucket is not None and key is not None:
        return bucket, key, version
    match = _COPY_SOURCE.fullmatch(call.text("CopySource") or "")
    bucket, _, key = unquote(match["path"]).lstrip("/").partition("/") if match else ("", "", "")
    if match is None or not bucket or not key:
        raise own_error(
            "InvalidArgument", 400, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        )
    return bucket, key, next(iter(parse_qs(match["query"] or "").get("versionId", ())), None)
