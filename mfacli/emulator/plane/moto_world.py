"""A world come alive in moto: seeded when it is first needed, entered by one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from mfacli.emulator.plane.identities import seed_identities
from mfacli.emulator.plane.resources import (
    close_objects,
    seed_buckets,
    seed_instances,
    seed_queues,
    seed_tables,
    seed_topics,
)
from mfacli.emulator.plane.seclusion import refuse_meddling, secluded
from mfacli.emulator.plane.turns import Stage, on_stage
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import World


class MotoWorld:
    """One emulator's share of moto.

    EC2 alone costs more than a second to import, so each service's resources are put there at its first request.
    """

    def __init__(self, world: World, key: WorldKey) -> None:
        refuse_meddling()
        self._seeds: dict[str, Callable[[], None]] = {
            "iam": partial(seed_identities, world, key),
            "dynamodb": partial(seed_tables, world),
            "s3": partial(seed_buckets, world),
            "sqs": partial(seed_queues, world),
            "sns": partial(seed_topics, world),
            "ec2": partial(seed_instances, world),
        }
        self._all_seeds = dict(self._seeds)
        self._stage = Stage()
        self.account_ids = frozenset(account.id for account in world.accounts)

    @property
    def services(self) -> frozenset[str]:
        """The services that it answers for."""
        return frozenset(self._all_seeds)

    @contextmanager
    def entered(self, service: str) -> Iterator[None]:
        """Have moto hold this world, with the service's resources, and no other thread in it."""
        with on_stage(self._stage):
            seed = self._seeds.get(service)
            if seed is not None:
                with secluded():
                    seed()
                # Only now: a world that is there in part must answer nobody.
                del self._seeds[service]
            yield

    def warm_up(self) -> None:
        """Load moto itself and the people, which every request needs."""
        with self.entered("iam"):
            pass

    def reset(self) -> None:
        """Begin anew: what was made since the start is gone, what the world file says is back."""
        with on_stage(self._stage):
            close_objects()
            self._seeds = dict(self._all_seeds)
            self._stage = Stage()
