"""Puts the resources of a world into moto, service by service, each only when somebody first asks for it."""

from __future__ import annotations

import sys

from mfacli.emulator.plane.identities import as_moto
from mfacli.emulator.world.model import Instance, World


def seed_tables(world: World) -> None:
    """Put every table into moto's DynamoDB."""
    from moto.dynamodb.models import dynamodb_backends

    for account in world.accounts:
        for table in account.tables:
            dynamodb_backends[account.id][table.region].create_table(
                name=table.name,
                schema=[{"AttributeName": table.key, "KeyType": "HASH"}],
                throughput=None,
                attr=[{"AttributeName": table.key, "AttributeType": "S"}],
                global_indexes=None,
                indexes=None,
                streams=None,
                billing_mode="PAY_PER_REQUEST",
                sse_specification=None,
                tags=as_moto(table.tags),
                deletion_protection_enabled=False,
                warm_throughput=None,
            )


def seed_buckets(world: World) -> None:
    """Put every bucket into moto's S3."""
    from moto.s3.models import s3_backends

    for account in world.accounts:
        backend = s3_backends[account.id]["aws"]
        for bucket in account.buckets:
            backend.create_bucket(bucket.name, bucket.region)
            if bucket.policy is not None:
                backend.put_bucket_policy(bucket.name, bucket.policy.text.encode())
            if bucket.tags:
                backend.put_bucket_tagging(bucket.name, dict(bucket.tags))


def close_objects() -> None:
    """Close the files in which moto holds the contents of objects, before the buckets are given up."""
    if "moto.s3.models" not in sys.modules:
        return
    from moto.s3.models import FakeKey, s3_backends

    for account in s3_backends.values():
        for backend in account.values():
            for bucket in backend.buckets.values():
                for held in (*bucket.keys.values(), *bucket.multiparts.values()):
                    # A delete marker holds nothing.
                    if isinstance(held, FakeKey) or hasattr(held, "parts"):
                        held.dispose()


def seed_queues(world: World) -> None:
    """Put every queue into moto's SQS."""
    from moto.sqs.models import sqs_backends

    for account in world.accounts:
        for queue in account.queues:
            made = sqs_backends[account.id][queue.region].create_queue(queue.name, dict(queue.tags))
            if queue.policy is not None:
                made.policy = queue.policy.text


def seed_topics(world: World) -> None:
    """Put every topic into moto's SNS."""
    from moto.sns.models import sns_backends

    for account in world.accounts:
        for topic in account.topics:
            made = sns_backends[account.id][topic.region].create_topic(topic.name, tags=dict(topic.tags))
            if topic.policy is not None:
                made.policy = topic.policy.text


def seed_instances(world: World) -> None:
    """Put every instance into moto's EC2: the costliest import of all, and 130 MB."""
    from moto.ec2.models import ec2_backends

    for account in world.accounts:
        for instance in account.instances:
            ec2_backends[account.id][instance.region].run_instances(
                _IMAGE,
                1,
                None,
                [],
                instance_type=instance.type,
                is_instance_type_default=False,
                region_name=instance.region,
                tags={"instance": _instance_tags(instance)},
            )


# An image of moto's own catalogue; which one it is makes no difference to anybody.
_IMAGE = "ami-12c6146b"


def _instance_tags(instance: Instance) -> dict[str, str]:
    return {"Name": instance.name, **dict(instance.tags)}
