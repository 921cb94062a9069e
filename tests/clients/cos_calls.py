"""One call that asks for MFA, by the SDK for object storage; prints `done`, or `denied` and the code.

    python cos_calls.py delete - ENDPOINT

The keys are those of the environment. It is run by a Python of its own and imports nothing of ours.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

BUCKET = "example-1250000000"


def main(endpoint: str) -> None:
    """Delete the documents' bucket."""
    # Not where the types are checked.
    qcloud_cos = import_module("qcloud_cos")
    host, _, port = endpoint.removeprefix("http://").partition(":")
    config = qcloud_cos.CosConfig(
        Region="ap-guangzhou",
        SecretId=os.environ["TENCENTCLOUD_SECRET_ID"],
        SecretKey=os.environ["TENCENTCLOUD_SECRET_KEY"],
        Token=os.environ.get("TENCENTCLOUD_TOKEN"),
        Scheme="http",
        IP=host,
        Port=int(port),
    )
    try:
        qcloud_cos.CosS3Client(config, retry=0).delete_bucket(BUCKET)
    except qcloud_cos.CosServiceError as refusal:
        print("denied", refusal.get_error_code())
    else:
        print("done")


if __name__ == "__main__":
    main(sys.argv[3])
