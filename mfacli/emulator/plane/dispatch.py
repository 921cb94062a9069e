"""Finds the part of moto that answers a service, and keeps its own idea of bucket policies out of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE
    from moto.core.request import Request


def responded(service: str, request: Request) -> TYPE_RESPONSE:
    """Return moto's status, headers and body."""
    if service == "s3":
        return _from_s3(request)
    responder = _RESPONDERS[service]()
    return responder(request, request.raw_url, request.headers)


def _from_s3(request: Request) -> TYPE_RESPONSE:
    from moto.s3.responses import S3Response

    bucket, _, key = request.raw_path[1:].partition("/")
    if not key:
        return S3Response.ambiguous_dispatch(request, request.raw_url, request.headers)
    with _without_policy(bucket):
        return S3Response.key_dispatch(request, request.raw_url, request.headers)


@contextmanager
def _without_policy(bucket_name: str) -> Iterator[None]:
    """Hide a bucket's policy from moto, which enforces some Denies itself without looking at their conditions."""
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(bucket_name)
    bucket = s3_backends[owner[1]][owner[0]].buckets.get(bucket_name) if owner else None
    if bucket is None:
        yield
        return
    policy, bucket.policy = bucket.policy, None
    try:
        yield
    finally:
        bucket.policy = policy


def _ec2() -> Callable[..., TYPE_RESPONSE]:
    from moto.ec2.responses import EC2Response

    return EC2Response.dispatch


def _iam() -> Callable[..., TYPE_RESPONSE]:
    from moto.iam.responses import IamResponse

    return IamResponse.dispatch


def _dynamodb() -> Callable[..., TYPE_RESPONSE]:
    from moto.dynamodb.responses import DynamoHandler

    return DynamoHandler.dispatch


def _sqs() -> Callable[..., TYPE_RESPONSE]:
    from moto.sqs.responses import SQSResponse

    return SQSResponse.dispatch


def _sns() -> Callable[..., TYPE_RESPONSE]:
    from moto.sns.responses import SNSResponse

    return SNSResponse.dispatch


_RESPONDERS = {"ec2": _ec2, "iam": _iam, "dynamodb": _dynamodb, "sqs": _sqs, "sns": _sns}
