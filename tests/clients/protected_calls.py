"""One call that asks for MFA, by boto3 as any program would make it; prints `done`, or `denied` and the code.

    python protected_calls.py stop|put|books INSTANCE [PROFILE]

It is run as a program and imports nothing of ours.
"""

from __future__ import annotations

import sys

import boto3
from botocore.exceptions import ClientError


def main(story: str, instance: str, profile: str | None = None) -> None:
    """Make the call of `story`, with a profile or with what the environment has."""
    session = boto3.Session(profile_name=profile)
    try:
        match story:
            case "stop":
                session.client("ec2").stop_instances(InstanceIds=[instance])
            case "put":
                session.client("s3").put_object(Bucket="account-a-bucket", Key="report.txt", Body=b"a report")
            case "books":
                item = {"ISBN": {"S": "9780141439518"}, "Title": {"S": "Pride and Prejudice"}}
                session.client("dynamodb").put_item(TableName="Books", Item=item)
            case _:
                raise SystemExit(f"no such story: {story}")
    except ClientError as refusal:
        print("denied", refusal.response["Error"]["Code"])
    else:
        print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
