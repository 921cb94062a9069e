"""CVM instances."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from mfacli.emulator.tencent.town.entities import Instance


class Instances:
    """All instances of all accounts."""

    def __init__(self, guard: RLock) -> None:
        self._guard = guard
        self._instances: dict[str, Instance] = {}

    def clear(self) -> None:
        """Forget all instances."""
        with self._guard:
            self._instances.clear()

    def put(self, instance: Instance) -> None:
        """Have an instance, in place of the one with its id."""
        with self._guard:
            self._instances[instance.instance_id] = instance

    def find(self, instance_id: str) -> Instance | None:
        """Return the instance with this id, whoever's it is."""
        with self._guard:
            return self._instances.get(instance_id)

    def of_account(self, owner_uin: str, region: str | None = None) -> Sequence[Instance]:
        """Return an account's instances, of one region or all, the oldest first."""
        with self._guard:
            return [
                instance
                for instance in self._instances.values()
                if instance.owner_uin == owner_uin and region in (None, instance.region)
            ]

    def remove(self, instance_id: str) -> None:
        """Remove an instance."""
        with self._guard:
            self._instances.pop(instance_id, None)
