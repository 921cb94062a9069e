"""The table of S3's operations against S3's model."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from mfacli.emulator.wire.s3_routes import SUB_RESOURCES, route

MODEL = ServiceModel(Loader().load_service_model("s3", "service-2"), "s3")
# Told apart by a required parameter or header instead of a sub-resource.
BY_PARAMETER = {"AbortMultipartUpload", "CompleteMultipartUpload", "ListParts", "UploadPart", "UploadPartCopy"}
# Not answered, and with the address of another operation: directory buckets, and a name of old.
HIDDEN = {"GetBucketLifecycle", "GetBucketNotification", "ListDirectoryBuckets"}
HIDDEN |= {"PutBucketLifecycle", "PutBucketNotification", "WriteGetObjectResponse"}


def _asked(name: str) -> tuple[str, str, str, dict[str, str]]:
    http = MODEL.operation_model(name).http
    path, _, query = http["requestUri"].partition("?")
    found = dict(parse_qsl(query, keep_blank_values=True))
    if name in BY_PARAMETER:
        found |= {"uploadId": "1", "partNumber": "1"}
    return http["method"], "bucket" if "{Bucket}" in path else "", "key" if "{Key+}" in path else "", found


@pytest.mark.parametrize("name", sorted(set(MODEL.operation_names) - HIDDEN))
def test_an_operation_is_found_where_the_model_puts_it_or_not_at_all(name: str) -> None:
    method, bucket, key, query = _asked(name)
    copies = name in ("CopyObject", "UploadPartCopy")

    found = route(method, bucket=bucket, key=key, query=query, has_copy_source=copies)

    assert found in (name, name.replace("List", "Get").rstrip("s"), f"List{name.removeprefix('Get')}s", None)


def test_every_sub_resource_of_the_model_is_known() -> None:
    in_model = {parameter for name in set(MODEL.operation_names) - HIDDEN for parameter in _asked(name)[3]}

    assert in_model - SUB_RESOURCES == {"partNumber"}
