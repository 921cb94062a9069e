"""Which operation of S3 a method, a path and a query ask for: the ones that the data plane answers, and no others.

S3 tells its operations apart by sub-resources in the query (`?policy`). Two of them in one request, or one that
belongs to an operation which is not answered, is refused, so that gate and data plane cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_SERVICE = {"GET": {"": "ListBuckets"}}
_BUCKET = {
    "GET": {
        "": "ListObjects",
        "accelerate": "GetBucketAccelerateConfiguration",
        "acl": "GetBucketAcl",
        "cors": "GetBucketCors",
        "encryption": "GetBucketEncryption",
        "inventory": "ListBucketInventoryConfigurations",
        "lifecycle": "GetBucketLifecycleConfiguration",
        "list-type": "ListObjectsV2",
        "location": "GetBucketLocation",
        "logging": "GetBucketLogging",
        "notification": "GetBucketNotificationConfiguration",
        "object-lock": "GetObjectLockConfiguration",
        "ownershipControls": "GetBucketOwnershipControls",
        "policy": "GetBucketPolicy",
        "policyStatus": "GetBucketPolicyStatus",
        "publicAccessBlock": "GetPublicAccessBlock",
        "replication": "GetBucketReplication",
        "tagging": "GetBucketTagging",
        "uploads": "ListMultipartUploads",
        "versioning": "GetBucketVersioning",
        "versions": "ListObjectVersions",
        "website": "GetBucketWebsite",
    },
    "HEAD": {"": "HeadBucket"},
    "PUT": {
        "": "CreateBucket",
        "accelerate": "PutBucketAccelerateConfiguration",
        "acl": "PutBucketAcl",
        "cors": "PutBucketCors",
        "encryption": "PutBucketEncryption",
        "inventory": "PutBucketInventoryConfiguration",
        "lifecycle": "PutBucketLifecycleConfiguration",
        "logging": "PutBucketLogging",
        "notification": "PutBucketNotificationConfiguration",
        "object-lock": "PutObjectLockConfiguration",
        "ownershipControls": "PutBucketOwnershipControls",
        "policy": "PutBucketPolicy",
        "publicAccessBlock": "PutPublicAccessBlock",
        "replication": "PutBucketReplication",
        "tagging": "PutBucketTagging",
        "versioning": "PutBucketVersioning",
        "website": "PutBucketWebsite",
    },
    "DELETE": {
        "": "DeleteBucket",
        "cors": "DeleteBucketCors",
        "encryption": "DeleteBucketEncryption",
        "lifecycle": "DeleteBucketLifecycle",
        "ownershipControls": "DeleteBucketOwnershipControls",
        "policy": "DeleteBucketPolicy",
        "publicAccessBlock": "DeletePublicAccessBlock",
        "replication": "DeleteBucketReplication",
        "tagging": "DeleteBucketTagging",
        "website": "DeleteBucketWebsite",
    },
    "POST": {"delete": "DeleteObjects"},
}
_OBJECT = {
    "GET": {
        "": "GetObject",
        "acl": "GetObjectAcl",
        "attributes": "GetObjectAttributes",
        "legal-hold": "GetObjectLegalHold",
        "tagging": "GetObjectTagging",
        "uploadId": "ListParts",
    },
    "HEAD": {"": "HeadObject"},
    "PUT": {
        "": "PutObject",
        "acl": "PutObjectAcl",
        "legal-hold": "PutObjectLegalHold",
        "retention": "PutObjectRetention",
        "tagging": "PutObjectTagging",
        "uploadId": "UploadPart",
    },
    "DELETE": {
        "": "DeleteObject",
        "tagging": "DeleteObjectTagging",
        "uploadId": "AbortMultipartUpload",
    },
    "POST": {
        "restore": "RestoreObject",
        "uploadId": "CompleteMultipartUpload",
        "uploads": "CreateMultipartUpload",
    },
}
_COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}
# Sub-resources of operations that are not answered at all.
_FOREIGN = frozenset(
    {
        "abac",
        "analytics",
        "annotation",
        "append",
        "intelligent-tiering",
        "metadataAnnotationTable",
        "metadataConfiguration",
        "metadataInventoryTable",
        "metadataJournalTable",
        "metadataTable",
        "metrics",
        "renameObject",
        "requestPayment",
        "select",
        "select-type",
        "session",
        "torrent",
    }
)
SUB_RESOURCES = _FOREIGN | {
    name for table in (_SERVICE, _BUCKET, _OBJECT) for routes in table.values() for name in routes if name
}


def sub_resources(query: Collection[str]) -> list[str]:
    """Return the query's parameters that tell operations apart."""
    return sorted(SUB_RESOURCES & set(query))


def route(method: str, *, bucket: str, key: str, query: Mapping[str, str], has_copy_source: bool) -> str | None:
    """Return the operation that is asked for; None where there is no such one.

    `query` holds one sub-resource at most; `bucket` and `key` are empty where the path has none.
    """
    table = _OBJECT if key else _BUCKET if bucket else _SERVICE
    found = sub_resources(query)
    name = table.get(method, {}).get(found[0] if found else "")
    if name == "ListObjectsV2" and query["list-type"] != "2":
        return None
    if name == "ListBucketInventoryConfigurations" and "id" in query:
        return "GetBucketInventoryConfiguration"
    if "uploadId" in query and not query["uploadId"]:
        return None
    if name == "UploadPart" and not query.get("partNumber"):
        return None
    return _COPIES.get(name, name) if name is not None and has_copy_source else name
