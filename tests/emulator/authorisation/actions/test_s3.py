"""S3: what its operations take."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.actions.s3 import needs
from mfacli.emulator.refusals import Refusal
from tests.emulator.authorisation.small_book import call

BUCKET = "arn:aws:s3:::books"
KEY = f"{BUCKET}/a b/ü.txt"
OBJECT = {"Bucket": "books", "Key": "a b/ü.txt"}
VERSION = {**OBJECT, "VersionId": "null"}


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
        ("ListBuckets", {"Prefix": "b"}, [("s3:ListAllMyBuckets", "*")]),
        ("HeadBucket", {"Bucket": "books"}, [("s3:ListBucket", BUCKET)]),
        ("ListObjects", {"Bucket": "books"}, [("s3:ListBucket", BUCKET)]),
        ("ListObjectsV2", {"Bucket": "books"}, [("s3:ListBucket", BUCKET)]),
        ("ListObjectVersions", {"Bucket": "books"}, [("s3:ListBucketVersions", BUCKET)]),
        ("ListMultipartUploads", {"Bucket": "books"}, [("s3:ListBucketMultipartUploads", BUCKET)]),
        ("GetBucketLocation", {"Bucket": "books"}, [("s3:GetBucketLocation", BUCKET)]),
        ("DeleteBucketCors", {"Bucket": "books"}, [("s3:PutBucketCORS", BUCKET)]),
        ("GetBucketPolicy", {"Bucket": "books"}, [("s3:GetBucketPolicy", BUCKET)]),
        ("HeadObject", OBJECT, [("s3:GetObject", KEY)]),
        ("GetObject", OBJECT, [("s3:GetObject", KEY)]),
        ("GetObject", VERSION, [("s3:GetObjectVersion", KEY)]),
        ("HeadObject", VERSION, [("s3:GetObjectVersion", KEY)]),
        ("DeleteObject", VERSION, [("s3:DeleteObjectVersion", KEY)]),
        ("GetObjectAcl", VERSION, [("s3:GetObjectVersionAcl", KEY)]),
        ("PutObjectTagging", VERSION, [("s3:PutObjectVersionTagging", KEY)]),
        ("GetObjectAttributes", OBJECT, [("s3:GetObjectAttributes", KEY), ("s3:GetObject", KEY)]),
        ("GetObjectAttributes", VERSION, [("s3:GetObjectVersionAttributes", KEY), ("s3:GetObjectVersion", KEY)]),
        ("PutObject", OBJECT, [("s3:PutObject", KEY)]),
        ("CreateMultipartUpload", OBJECT, [("s3:PutObject", KEY)]),
        ("UploadPart", OBJECT, [("s3:PutObject", KEY)]),
        ("CompleteMultipartUpload", OBJECT, [("s3:PutObject", KEY)]),
        ("AbortMultipartUpload", OBJECT, [("s3:AbortMultipartUpload", KEY)]),
        ("ListParts", OBJECT, [("s3:ListMultipartUploadParts", KEY)]),
        (
            "PutObject",
            {**OBJECT, "ACL": "public-read", "Tagging": "a=b", "ObjectLockMode": "GOVERNANCE"},
            [
                ("s3:PutObject", KEY),
                ("s3:PutObjectAcl", KEY),
                ("s3:PutObjectTagging", KEY),
                ("s3:PutObjectRetention", KEY),
            ],
        ),
        (
            "CreateBucket",
            {"Bucket": "books", "ACL": "private", "ObjectOwnership": "ObjectWriter"},
            [
                ("s3:CreateBucket", BUCKET),
                ("s3:PutBucketAcl", BUCKET),
                ("s3:PutBucketOwnershipControls", BUCKET),
            ],
        ),
        (
            "DeleteObject",
            {**OBJECT, "BypassGovernanceRetention": True},
            [("s3:DeleteObject", KEY), ("s3:BypassGovernanceRetention", KEY)],
        ),
        (
            "CopyObject",
            {**OBJECT, "CopySource": "/other/c%20d.txt?versionId=7"},
            [("s3:PutObject", KEY), ("s3:GetObjectVersion", "arn:aws:s3:::other/c d.txt")],
        ),
        (
            "UploadPartCopy",
            {**OBJECT, "CopySource": {"Bucket": "other", "Key": "c d.txt"}},
            [("s3:PutObject", KEY), ("s3:GetObject", "arn:aws:s3:::other/c d.txt")],
        ),
        (
            "DeleteObjects",
            {"Bucket": "books", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "1"}]}},
            [("s3:DeleteObject", f"{BUCKET}/x"), ("s3:DeleteObjectVersion", f"{BUCKET}/y")],
        ),
        (
            "DeleteObjects",
            {"Bucket": "books", "Delete": {"Objects": [{"Key": "x"}]}, "BypassGovernanceRetention": True},
            [("s3:DeleteObject", f"{BUCKET}/x"), ("s3:BypassGovernanceRetention", f"{BUCKET}/x")],
        ),
        ("DeleteObjects", {"Bucket": "books", "Delete": {}}, [("s3:DeleteObject", f"{BUCKET}/*")]),
        (
            "CreateSession",
            {"Bucket": "books"},
            [("s3express:CreateSession", "arn:aws:s3express:us-east-1:111111111111:bucket/books")],
        ),
    ],
)
def test_operation_takes_actions_on_resources(
    name: str, parameters: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = needs(call("s3", name, parameters))

    assert [(need.action, need.resource) for need in found] == expected


def test_each_deleted_version_is_told_apart_in_the_context() -> None:
    objects = [{"Key": "x", "VersionId": "1"}, {"Key": "y"}]

    found = needs(call("s3", "DeleteObjects", {"Bucket": "books", "Delete": {"Objects": objects}}))

    assert [dict(need.facts) for need in found] == [{"s3:VersionId": "1"}, {}]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("other/k", "other/k"),
        ("/other/k", "other/k"),
        ("other/a:b/c d", "other/a:b/c d"),
        ("other%2Fk%3F%23", "other/k?#"),
        ("%2Fother/k", "other/k"),
        ("other/k?versionId=", "other/k"),
    ],
)
def test_the_source_of_a_copy_is_read_as_an_address(source: str, expected: str) -> None:
    found = needs(call("s3", "CopyObject", {**OBJECT, "CopySource": source}))

    assert (found[1].action, found[1].resource) == ("s3:GetObject", f"arn:aws:s3:::{expected}")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "other",
        "other/",
        "/",
        "//allowed/secret/k",
        "http://allowed/secret/k",
        "other:x/k",
        "other/k;secret",
        "other/k#secret",
        "other/\tk",
        " other/k",
        "other/k?versionId=1#2",
        "?versionId=1",
        "arn:aws:s3:us-east-1:111111111111:accesspoint/x/object/k",
    ],
)
def test_a_source_that_could_be_read_in_two_ways_is_refused(source: str) -> None:
    with pytest.raises(Refusal, match="Copy Source must mention the source bucket and key") as caught:
        needs(call("s3", "CopyObject", {**OBJECT, "CopySource": source}))

    assert (caught.value.code, caught.value.status) == ("InvalidArgument", 400)
