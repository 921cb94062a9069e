"""CVM instances, whose states move on by themselves as the world's time passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock

from mfacli.emulator.tencent.town.entities import Instance, InstanceState

CHANGES_TAKE = timedelta(seconds=5)
"""How long an instance is on its way from one state to the next; nothing documents it."""

_LEADS_TO = {
    InstanceState.PENDING: InstanceState.RUNNING,
    InstanceState.STARTING: InstanceState.RUNNING,
    InstanceState.REBOOTING: InstanceState.RUNNING,
    InstanceState.STOPPING: InstanceState.STOPPED,
}


class Instances:
    """All instances of all accounts."""

    def __init__(self, guard: RLock, *, now: Callable[[], datetime]) -> None:
        self._guard = guard
        self._now = now
        self._instances: dict[str, Instance] = {}
        self._started: dict[tuple[str, str], tuple[str, ...]] = {}

    def clear(self) -> None:
        """Forget all instances."""
        with self._guard:
            self._instances.clear()
            self._started.clear()

    def put(self, instance: Instance) -> None:
        """Have an instance, in place of the one with its id."""
        with self._guard:
            self._instances[instance.instance_id] = instance

    def find(self, instance_id: str) -> Instance | None:
        """Return the instance with this id, whoever's it is."""
        with self._guard:
            self._move_on()
            return self._instances.get(instance_id)

    def of_account(self, owner_uin: str, region: str | None = None) -> Sequence[Instance]:
        """Return an account's instances, of one region or all, the oldest first."""
        with self._guard:
            self._move_on()
            return [
                instance
                for instance in self._instances.values()
                if instance.owner_uin == owner_uin and region in (None, instance.region)
            ]

    def remember(self, owner_uin: str, client_token: str, ids: Sequence[str]) -> None:
        """Remember which instances were made for a client's token."""
        with self._guard:
            self._started[owner_uin, client_token] = tuple(ids)

    def made_for(self, owner_uin: str, client_token: str) -> Sequence[str] | None:
        """Return which instances were made for a client's token, None where none were."""
        with self._guard:
            return self._started.get((owner_uin, client_token))

    def _move_on(self) -> None:
        now = self._now()
        for instance in [one for one in self._instances.values() if one.since + CHANGES_TAKE <= now]:
            if instance.state is InstanceState.TERMINATING:
                del self._instances[instance.instance_id]
            elif instance.state in _LEADS_TO:
                self.put(replace(instance, state=_LEADS_TO[instance.state], since=instance.since + CHANGES_TAKE))
