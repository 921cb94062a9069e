"""Policies, preset and of accounts' own; what they are attached to; whom they bound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import RLock

from mfacli.emulator.tencent.town.entities import Holder, Policy
from mfacli.emulator.world.tencent_presets import presets

_LONG_AGO = datetime(2017, 1, 1, tzinfo=UTC)


class Policies:
    """All policies. A preset one belongs to every account and cannot be changed."""

    def __init__(self, guard: RLock) -> None:
        self._guard = guard
        self._presets = {
            policy_id: Policy(
                policy_id=policy_id,
                name=policy.name,
                text=policy.text,
                created_at=_LONG_AGO,
                updated_at=_LONG_AGO,
                is_preset=True,
            )
            for policy_id, policy in presets().items()
        }
        self._own: dict[str, dict[int, Policy]] = {}
        self._attached: dict[Holder, dict[int, datetime]] = {}
        self._boundaries: dict[Holder, int] = {}

    def clear(self) -> None:
        """Forget all but the preset policies."""
        with self._guard:
            self._own.clear()
            self._attached.clear()
            self._boundaries.clear()

    def put(self, owner_uin: str, policy: Policy) -> None:
        """Have a policy in an account, in place of the one with its id."""
        with self._guard:
            self._own.setdefault(owner_uin, {})[policy.policy_id] = policy

    def find(self, owner_uin: str, policy_id: int) -> Policy | None:
        """Return an account's policy, or the preset one, with this id."""
        with self._guard:
            return self._own.get(owner_uin, {}).get(policy_id) or self._presets.get(policy_id)

    def named(self, owner_uin: str, name: str) -> Policy | None:
        """Return an account's policy, or the preset one, of this name."""
        return next((policy for policy in self.of_account(owner_uin) if policy.name == name), None)

    def of_account(self, owner_uin: str) -> Sequence[Policy]:
        """Return an account's own policies and then the preset ones."""
        with self._guard:
            return [*self._own.get(owner_uin, {}).values(), *self._presets.values()]

    def remove(self, owner_uin: str, policy_id: int) -> None:
        """Remove an account's policy from everything that it is attached to, and then itself."""
        with self._guard:
            if self._own.get(owner_uin, {}).pop(policy_id, None) is None:
                return
            for attached in self._attached.values():
                attached.pop(policy_id, None)
            self._boundaries = {holder: one for holder, one in self._boundaries.items() if one != policy_id}

    def attach(self, policy_id: int, holder: Holder, *, at: datetime) -> None:
        """Attach a policy; where it is attached already, nothing changes."""
        with self._guard:
            self._attached.setdefault(holder, {}).setdefault(policy_id, at)

    def detach(self, policy_id: int, holder: Holder) -> bool:
        """Detach a policy, and return whether it was attached."""
        with self._guard:
            return self._attached.get(holder, {}).pop(policy_id, None) is not None

    def attached_to(self, owner_uin: str, holder: Holder) -> Sequence[tuple[Policy, datetime]]:
        """Return what is attached to a user, group or role of an account, and since when."""
        with self._guard:
            found = [(self.find(owner_uin, one), at) for one, at in self._attached.get(holder, {}).items()]
            return [(policy, at) for policy, at in found if policy is not None]

    def holders_of(self, policy_id: int) -> Sequence[tuple[Holder, datetime]]:
        """Return to what a policy is attached, and since when; a preset one in all accounts."""
        with self._guard:
            return [(holder, held[policy_id]) for holder, held in self._attached.items() if policy_id in held]

    def bound(self, holder: Holder, policy_id: int | None) -> None:
        """Set a user's or role's permissions boundary; None takes it away."""
        with self._guard:
            if policy_id is None:
                self._boundaries.pop(holder, None)
            else:
                self._boundaries[holder] = policy_id

    def is_boundary(self, policy_id: int) -> bool:
        """Return whether a policy is somebody's permissions boundary."""
        with self._guard:
            return policy_id in self._boundaries.values()

    def boundary(self, owner_uin: str, holder: Holder) -> Policy | None:
        """Return the permissions boundary of a user or role."""
        with self._guard:
            policy_id = self._boundaries.get(holder)
            return None if policy_id is None else self.find(owner_uin, policy_id)

    def forget(self, holder: Holder) -> None:
        """Drop what was attached to a user, group or role that has gone."""
        with self._guard:
            self._attached.pop(holder, None)
            self._boundaries.pop(holder, None)
