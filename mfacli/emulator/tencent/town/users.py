"""Sub-users, their long-term keys and their groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock

from mfacli.emulator.tencent.town.entities import Group, Key, User
from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.keys import WorldKey


class Users:
    """Everybody in all accounts. `add_…` take what is new, `put_…` replace what has the same id."""

    def __init__(self, guard: RLock, key: WorldKey) -> None:
        self._guard = guard
        self._key = key
        self._users: dict[str, User] = {}
        self._keys: dict[str, Key] = {}
        self._groups: dict[int, Group] = {}

    def clear(self) -> None:
        """Forget everybody."""
        with self._guard:
            self._users.clear()
            self._keys.clear()
            self._groups.clear()

    def put(self, user: User) -> None:
        """Have a user, in place of the one with its uin."""
        with self._guard:
            self._users[user.uin] = user

    def find(self, uin: str) -> User | None:
        """Return the user with this uin."""
        with self._guard:
            return self._users.get(uin)

    def named(self, owner_uin: str, name: str) -> User | None:
        """Return an account's user of this name."""
        return next((user for user in self.of_account(owner_uin) if user.name == name), None)

    def of_account(self, owner_uin: str) -> Sequence[User]:
        """Return an account's users, the oldest first."""
        with self._guard:
            return [user for user in self._users.values() if user.owner_uin == owner_uin]

    def remove(self, uin: str) -> None:
        """Remove a user, with its keys and out of its groups."""
        with self._guard:
            self._users.pop(uin, None)
            for key in self.keys_of(uin):
                del self._keys[key.secret_id]
            for group in self._groups.values():
                if uin in group.members:
                    self.put_group(replace(group, members=tuple(one for one in group.members if one != uin)))

    def add_key(self, owner_uin: str, uin: str, *, at: datetime, name: Sequence[str] = ()) -> Key:
        """Return a new key of a user or (`uin` the owner's) of the account; `name` makes its id come out the same."""
        secret_id = tencent_ids.secret_id(uin, *name)
        key = Key(
            secret_id=secret_id,
            secret_key=tencent_ids.secret_key(self._key, secret_id),
            owner_uin=owner_uin,
            uin=uin,
            created_at=at,
        )
        self.put_key(key)
        return key

    def put_key(self, key: Key) -> None:
        """Have a key, in place of the one with its id."""
        with self._guard:
            self._keys[key.secret_id] = key

    def key(self, secret_id: str) -> Key | None:
        """Return a long-term key."""
        with self._guard:
            return self._keys.get(secret_id)

    def keys_of(self, uin: str) -> Sequence[Key]:
        """Return a user's or an account's own keys, the oldest first."""
        with self._guard:
            return [key for key in self._keys.values() if key.uin == uin]

    def remove_key(self, secret_id: str) -> None:
        """Remove a key."""
        with self._guard:
            self._keys.pop(secret_id, None)

    def put_group(self, group: Group) -> None:
        """Have a group, in place of the one with its id."""
        with self._guard:
            self._groups[group.group_id] = group

    def group(self, group_id: int) -> Group | None:
        """Return the group with this id."""
        with self._guard:
            return self._groups.get(group_id)

    def group_named(self, owner_uin: str, name: str) -> Group | None:
        """Return an account's group of this name."""
        return next((group for group in self.groups(owner_uin) if group.name == name), None)

    def groups(self, owner_uin: str) -> Sequence[Group]:
        """Return an account's groups, the oldest first."""
        with self._guard:
            return [group for group in self._groups.values() if group.owner_uin == owner_uin]

    def groups_of(self, uin: str) -> Sequence[Group]:
        """Return the groups that a user is in."""
        with self._guard:
            return [group for group in self._groups.values() if uin in group.members]

    def join(self, group_id: int, uins: Iterable[str]) -> None:
        """Put users into a group; who is in it already stays."""
        with self._guard:
            group = self._groups[group_id]
            self._groups[group_id] = replace(group, members=tuple(dict.fromkeys((*group.members, *uins))))

    def leave(self, group_id: int, uins: Iterable[str]) -> None:
        """Take users out of a group."""
        with self._guard:
            group, gone = self._groups[group_id], set(uins)
            self._groups[group_id] = replace(group, members=tuple(uin for uin in group.members if uin not in gone))

    def remove_group(self, group_id: int) -> None:
        """Remove a group; its members stay."""
        with self._guard:
            self._groups.pop(group_id, None)
