"""Reads the resources of a world file: tables, buckets, queues, topics, instances."""

from __future__ import annotations

from typing import TypeVar

from mfacli.emulator.world.model import Bucket, Guarded, Instance, Queue, Table, Topic
from mfacli.emulator.world.places import Place
from mfacli.policy.document import PolicyKind

REGION = r"[a-z]{2}(-[a-z]+)+-\d"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_QUEUE = r"[A-Za-z0-9_-]{1,80}"
_TOPIC = r"[A-Za-z0-9_-]{1,256}"
_TABLE = r"[A-Za-z0-9_.-]{3,255}"
_INSTANCE = r"[ -~]{1,255}"

Kind = TypeVar("Kind", bound=Guarded)


def buckets(account: Place, region: str) -> tuple[Bucket, ...]:
    """Return an account's buckets."""
    return tuple(_guarded(Bucket, *named, region) for named in account.tables("buckets", name_pattern=_BUCKET))


def queues(account: Place, region: str) -> tuple[Queue, ...]:
    """Return an account's queues."""
    return tuple(_guarded(Queue, *named, region) for named in account.tables("queues", name_pattern=_QUEUE))


def topics(account: Place, region: str) -> tuple[Topic, ...]:
    """Return an account's topics."""
    return tuple(_guarded(Topic, *named, region) for named in account.tables("topics", name_pattern=_TOPIC))


def tables(account: Place, region: str) -> tuple[Table, ...]:
    """Return an account's tables."""
    return tuple(_table(*named, region) for named in account.tables("tables", name_pattern=_TABLE))


def instances(account: Place, region: str) -> tuple[Instance, ...]:
    """Return an account's instances."""
    return tuple(_instance(*named, region) for named in account.tables("instances", name_pattern=_INSTANCE))


def _guarded(kind: type[Kind], name: str, place: Place, region: str) -> Kind:
    found = kind(
        name=name,
        region=place.text("region", region, pattern=REGION),
        policy=place.policy("policy", PolicyKind.RESOURCE),
        tags=place.tags(),
    )
    place.finish()
    return found


def _table(name: str, place: Place, region: str) -> Table:
    found = Table(
        name=name,
        region=place.text("region", region, pattern=REGION),
        key=place.text("key", "Id", pattern=r"[ -~]{1,255}"),
        tags=place.tags(),
    )
    place.finish()
    return found


def _instance(name: str, place: Place, region: str) -> Instance:
    found = Instance(
        name=name,
        region=place.text("region", region, pattern=REGION),
        type=place.text("type", "t3.micro", pattern=r"[a-z0-9-]+\.[a-z0-9-]+"),
        tags=place.tags(),
    )
    place.finish()
    return found
