"""A job of boto3's that makes one call that asks for MFA for each line it reads, with one client all the time.

    python long_job.py put|books

It prints `ready`, then for each line `done` or `denied CODE`, and the id of the key that was used; at the end the
names of the variables in its environment that would hold a key. It is run as a program and imports nothing of ours.
"""

from __future__ import annotations

import os
import sys

import boto3
from botocore.exceptions import ClientError

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def main(story: str) -> None:
    """Make the call of `story` until there is nothing to read."""
    session = boto3.Session()
    bucket, table = session.client("s3"), session.client("dynamodb")
    print("ready", flush=True)
    for _ in sys.stdin:
        try:
            if story == "put":
                bucket.put_object(Bucket="account-a-bucket", Key="report.txt", Body=b"a report")
            else:
                table.put_item(TableName="Books", Item={"ISBN": {"S": "9780141439518"}})
            verdict = "done"
        except ClientError as refusal:
            verdict = f"denied {refusal.response['Error']['Code']}"
        credentials = session.get_credentials()
        print(verdict, credentials.get_frozen_credentials().access_key if credentials else None, flush=True)
    print("keys:", *(name for name in KEYS if name in os.environ))


if __name__ == "__main__":
    main(*sys.argv[1:])
