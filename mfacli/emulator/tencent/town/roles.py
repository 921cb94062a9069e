"""Roles, found by id, by name, and by either form of their qcs name."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from mfacli.domain.qcs import parse_tencent_role
from mfacli.emulator.tencent.town.entities import Role
from mfacli.errors import UsageWrong


class Roles:
    """All roles of all accounts."""

    def __init__(self, guard: RLock) -> None:
        self._guard = guard
        self._roles: dict[str, Role] = {}

    def clear(self) -> None:
        """Forget all roles."""
        with self._guard:
            self._roles.clear()

    def put(self, role: Role) -> None:
        """Have a role, in place of the one with its id."""
        with self._guard:
            self._roles[role.role_id] = role

    def find(self, owner_uin: str, role_id: str) -> Role | None:
        """Return an account's role with this id."""
        with self._guard:
            role = self._roles.get(role_id)
            return role if role is not None and role.owner_uin == owner_uin else None

    def named(self, owner_uin: str, name: str) -> Role | None:
        """Return an account's role of this name."""
        return next((role for role in self.of_account(owner_uin) if role.name == name), None)

    def of_account(self, owner_uin: str) -> Sequence[Role]:
        """Return an account's roles, the oldest first."""
        with self._guard:
            return [role for role in self._roles.values() if role.owner_uin == owner_uin]

    def by_qcs(self, text: str) -> Role | None:
        """Return the role that a qcs name means; None where there is none, or the text is no such name.

        `role/…` holds an id. The documents' own example has a role's name there, so a name is looked for too.
        """
        try:
            asked = parse_tencent_role(text)
        except UsageWrong:
            return None
        found = self.find(asked.owner_uin, asked.name) if asked.is_id else None
        return found or self.named(asked.owner_uin, asked.name)

    def remove(self, role_id: str) -> None:
        """Remove a role."""
        with self._guard:
            self._roles.pop(role_id, None)
