"""Looks up resources where moto keeps them: whose they are, their policies and their tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mfacli.domain.identity import Arn
from mfacli.emulator.contracts import NamedPolicy
from mfacli.emulator.plane.moto_world import MotoWorld

if TYPE_CHECKING:
    from moto.dynamodb.models.table import Table
    from moto.ec2.models.instances import Instance
    from moto.s3.models import FakeBucket
    from moto.sns.models import Topic
    from moto.sqs.models import Queue


class Things:
    """The world's buckets, queues, topics, tables and instances, read under moto's lock."""

    def __init__(self, moto: MotoWorld) -> None:
        self._moto = moto

    def owner(self, arn: Arn) -> str | None:
        """Return the account that owns a resource that is there; None where it is nobody's."""
        match arn.service:
            case "s3":
                with self._bucket(arn) as bucket:
                    return bucket.account_id if bucket else None
            case "sqs":
                with self._queue(arn) as queue:
                    return arn.account_id if queue else None
            case "sns":
                with self._topic(arn) as topic:
                    return arn.account_id if topic else None
            case "dynamodb":
                with self._table(arn) as table:
                    return arn.account_id if table else None
            case _:
                return arn.account_id if arn.account_id in self._moto.account_ids else None

    def policy(self, arn: Arn) -> NamedPolicy | None:
        """Return a resource's own policy, or None."""
        match arn.service:
            case "s3":
                with self._bucket(arn) as bucket:
                    text = bucket.policy.decode() if bucket and bucket.policy else None
            case "sqs":
                with self._queue(arn) as queue:
                    text = queue.policy if queue else None
            case "sns":
                with self._topic(arn) as topic:
                    text = topic.policy if topic else None
            case "dynamodb":
                text = self._table_policy(arn)
            case _:
                text = None
        return NamedPolicy(name=_bare_name(arn), text=text) if text else None

    def tags(self, arn: Arn) -> Mapping[str, str]:
        """Return a resource's tags."""
        match arn.service:
            case "s3":
                return self._bucket_or_object_tags(arn)
            case "sqs":
                with self._queue(arn) as queue:
                    return dict(queue.tags) if queue else {}
            case "sns":
                with self._topic(arn) as topic:
                    return dict(topic._tags) if topic else {}  # noqa: SLF001 - moto offers them by no other name
            case "dynamodb":
                with self._table(arn) as table:
                    return {tag["Key"]: tag["Value"] for tag in table.tags} if table else {}
            case "ec2":
                return self._ec2_tags(arn)
            case _:
                return {}

    def instance_type(self, arn: Arn) -> str | None:
        """Return the type of an EC2 instance, or None where there is none."""
        with self._instance(arn) as instance:
            return instance.instance_type if instance else None

    def partition_key(self, arn: Arn) -> str | None:
        """Return the name of a table's partition key, or None where there is no such table."""
        with self._table(arn) as table:
            return table.hash_key_names[0] if table else None

    def _bucket_or_object_tags(self, arn: Arn) -> Mapping[str, str]:
        name, _, key = arn.resource.partition("/")
        with self._bucket(arn) as bucket:
            if bucket is None:
                return {}
            from moto.s3.models import s3_backends

            backend = s3_backends[bucket.account_id]["aws"]
            if not key:
                return backend.tagger.get_tag_dict_for_resource(bucket.arn)
            found = backend.get_object(name, key)
            return backend.tagger.get_tag_dict_for_resource(found.arn) if found else {}

    def _ec2_tags(self, arn: Arn) -> Mapping[str, str]:
        with self._moto.entered("ec2"):
            from moto.ec2.models import ec2_backends

            if not self._is_place(arn) or arn.region not in ec2_backends[arn.account_id]:
                return {}
            return dict(ec2_backends[arn.account_id][arn.region].tags.get(arn.resource.rpartition("/")[2], {}))

    def _table_policy(self, arn: Arn) -> str | None:
        with self._table(arn) as table:
            if table is None:
                return None
            from moto.dynamodb.models import dynamodb_backends

            policies = dynamodb_backends[arn.account_id][arn.region].resource_policies
            found = policies.get(table.table_arn)
            return found.policy_doc if found else None

    @contextmanager
    def _bucket(self, arn: Arn) -> Iterator[FakeBucket | None]:
        with self._moto.entered("s3"):
            from moto.s3.models import s3_backends

            name = arn.resource.partition("/")[0]
            owner = s3_backends.bucket_accounts.get(name)
            yield s3_backends[owner[1]][owner[0]].buckets.get(name) if owner else None

    @contextmanager
    def _queue(self, arn: Arn) -> Iterator[Queue | None]:
        with self._moto.entered("sqs"):
            from moto.sqs.models import sqs_backends

            here = self._is_place(arn) and arn.region in sqs_backends[arn.account_id]
            yield sqs_backends[arn.account_id][arn.region].queues.get(arn.resource) if here else None

    @contextmanager
    def _topic(self, arn: Arn) -> Iterator[Topic | None]:
        with self._moto.entered("sns"):
            from moto.sns.models import sns_backends

            here = self._is_place(arn) and arn.region in sns_backends[arn.account_id]
            # A subscription's ARN is its topic's with one part more.
            topic = f"arn:aws:sns:{arn.region}:{arn.account_id}:{arn.resource.partition(':')[0]}"
            yield sns_backends[arn.account_id][arn.region].topics.get(topic) if here else None

    @contextmanager
    def _table(self, arn: Arn) -> Iterator[Table | None]:
        with self._moto.entered("dynamodb"):
            from moto.dynamodb.models import dynamodb_backends

            here = self._is_place(arn) and arn.region in dynamodb_backends[arn.account_id]
            parts = arn.resource.split("/")
            named = here and parts[0] == "table" and len(parts) > 1
            yield dynamodb_backends[arn.account_id][arn.region].tables.get(parts[1]) if named else None

    @contextmanager
    def _instance(self, arn: Arn) -> Iterator[Instance | None]:
        with self._moto.entered("ec2"):
            from moto.ec2.models import ec2_backends

            here = self._is_place(arn) and arn.region in ec2_backends[arn.account_id]
            name = arn.resource.rpartition("/")[2]
            yield ec2_backends[arn.account_id][arn.region].get_instance_by_id(name) if here else None

    def _is_place(self, arn: Arn) -> bool:
        return arn.account_id in self._moto.account_ids


def _bare_name(arn: Arn) -> str:
    if arn.service == "s3":
        return arn.resource.partition("/")[0]
    return arn.resource.removeprefix("table/")
