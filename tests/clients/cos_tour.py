"""What the SDK for object storage commonly calls, one after the other; prints what came of it as JSON.

    python cos_tour.py PORT

The keys are those of the environment. It is run by a Python of its own and imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

BUCKET, OTHER = "example-1250000000", "tour-1250000000"
KEY = "a dir/腾讯 +&.txt"


def main(port: str) -> None:
    """Make the calls."""
    # Not where the types are checked.
    qcloud_cos = import_module("qcloud_cos")
    config = qcloud_cos.CosConfig(
        Region="ap-guangzhou",
        SecretId=os.environ["TENCENTCLOUD_SECRET_ID"],
        SecretKey=os.environ["TENCENTCLOUD_SECRET_KEY"],
        Scheme="http",
        IP="127.0.0.1",
        Port=int(port),
        ServiceDomain=f"127.0.0.1:{port}",
    )
    client = qcloud_cos.CosS3Client(config, retry=0)

    def refused(call: Callable[[], object]) -> list[object]:
        try:
            call()
        except qcloud_cos.CosServiceError as refusal:
            return [refusal.get_status_code(), refusal.get_error_code()]
        return []

    path = Path("upload.bin")
    path.write_bytes(bytes(range(256)) * 4)
    put = client.put_object(Bucket=BUCKET, Body=b"123456789", Key=KEY, EnableMD5=True, Metadata={"x-cos-meta-a": "b"})
    part = client.get_object(Bucket=BUCKET, Key=KEY, Range="bytes=2-4")
    head = client.head_object(Bucket=BUCKET, Key=KEY)
    client.upload_file(Bucket=BUCKET, Key="up", LocalFilePath=str(path))
    client.download_file(Bucket=BUCKET, Key="up", DestFilePath="down.bin")
    listed = client.list_objects(Bucket=BUCKET)
    folders = client.list_objects(Bucket=BUCKET, Delimiter="/")
    told = {
        "checksum": put["x-cos-hash-crc64ecma"],
        "part": [part["Content-Range"], part["Body"].get_raw_stream().read().decode()],
        "head": [head["Content-Length"], head["ETag"] == put["ETag"], head["x-cos-meta-a"], head["Server"]],
        "downloaded": Path("down.bin").read_bytes() == path.read_bytes(),
        "listed": [one["Key"] for one in listed["Contents"]],
        "folders": [one["Prefix"] for one in folders["CommonPrefixes"]],
        "not empty": refused(lambda: client.delete_bucket(BUCKET)),
        "missing": refused(lambda: client.get_object(Bucket=BUCKET, Key="none")),
        "missing head": refused(lambda: client.head_object(Bucket=BUCKET, Key="none")),
        "multipart": refused(lambda: client.create_multipart_upload(BUCKET, "x")),
        "exists": [client.bucket_exists(BUCKET), client.bucket_exists(OTHER), client.object_exists(BUCKET, KEY)],
    }
    client.delete_objects(Bucket=BUCKET, Delete={"Quiet": "true", "Object": [{"Key": "up"}, {"Key": KEY}]})
    client.create_bucket(OTHER)
    told["buckets"] = [one["Name"] for one in client.list_buckets()["Buckets"]["Bucket"]]
    told["policy"] = refused(lambda: client.get_bucket_policy(OTHER))
    client.delete_bucket(OTHER)
    told["gone"] = refused(lambda: client.delete_bucket(OTHER))
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
