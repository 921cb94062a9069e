"""Finds the user that a person means by `Sofia`, `A:Sofia`, `111122223333:Sofia`, `A:root`, an ARN or a qcs name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import parse_arn
from mfacli.domain.secret import Secret
from mfacli.emulator.plane.identities import root_key_id
from mfacli.emulator.plane.people import People
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import World
from mfacli.errors import EmulatorProblem

ROOT = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody who may have keys: a user of either cloud, or an account itself.

    `name` is an ARN or a qcs name. `key` is the first active one, its id and its secret. `device_owner` is whose
    devices theirs are, None where they can have none.
    """

    cloud: Cloud
    name: str
    account_id: str
    region: str
    key: tuple[str, Secret] | None
    device_owner: str | None

    def serial_of(self, device_key: str) -> str:
        """Return the serial as STS takes it: Tencent Cloud's do not tell one user's device from another's."""
        return device_key.partition("#")[0] if self.cloud is Cloud.TENCENT else device_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An account: its name in the world file, its id, and who lives there."""

    label: str
    id: str
    neighbours: Neighbours


class Neighbours(Protocol):
    """The people of one cloud."""

    def homes(self) -> Sequence[Home]:
        """Return the accounts."""

    def plain(self, text: str) -> str | None:
        """Return `ACCOUNT:NAME` for a user's name in this cloud's own form, None where it is in another."""

    def find(self, account_id: str, name: str) -> Subject | None:
        """Return an account's user of this name, or (by `root`) the account itself if it has a key."""

    def names(self, account_id: str) -> Sequence[str]:
        """Return the names of an account's users."""


class Subjects:
    """The people who have keys in a world."""

    def __init__(self, *clouds: Neighbours) -> None:
        self._clouds = clouds

    def find(self, text: str) -> Subject:
        """Return who is meant; raises `EmulatorProblem` where nobody is, or more than one."""
        plain = next((plain for cloud in self._clouds if (plain := cloud.plain(text)) is not None), text)
        place, _, name = plain.rpartition(":")
        homes = [home for cloud in self._clouds for home in cloud.homes()]
        meant = [home for home in homes if place in ("", home.label, home.id)]
        if not meant:
            known = ", ".join(home.label for home in homes)
            raise EmulatorProblem(f"the world has no account `{place}`", hint=f"its accounts are {known}")
        found = [subject for home in meant if (subject := home.neighbours.find(home.id, name)) is not None]
        if not found:
            raise EmulatorProblem(f"the world has no user `{text}`", hint=_nearest(meant, name))
        if len(found) > 1:
            choices = ", ".join(f"`{subject.account_id}:{name}`" for subject in found)
            raise EmulatorProblem(f"more than one account has a user `{name}`", hint=f"say which: {choices}")
        return found[0]


class AwsNeighbours:
    """The people in a world's AWS accounts."""

    def __init__(self, world: World, people: People, key: WorldKey) -> None:
        self._accounts = {account.id: account for account in world.accounts}
        self._region = world.settings.region
        self._people = people
        self._key = key

    def homes(self) -> Sequence[Home]:
        """Return the accounts."""
        return [Home(label=account.label, id=account.id, neighbours=self) for account in self._accounts.values()]

    def plain(self, text: str) -> str | None:
        """Return `ACCOUNT:NAME` for an ARN."""
        arn = parse_arn(text)
        if arn is None or arn.service != "iam":
            return None
        return f"{arn.account_id}:{arn.resource.rpartition('/')[2]}"

    def find(self, account_id: str, name: str) -> Subject | None:
        """Return an account's user, or its root user."""
        user = self._people.user_named(account_id, name)
        if user is not None:
            key = self._people.first_key(account_id, user.name)
            return self._subject(user.arn, account_id, key, device_owner=user.user_id)
        if name != ROOT or not self._accounts[account_id].has_root_key:
            return None
        key_id = root_key_id(account_id)
        root_key = (key_id, self._key.secret_access_key(key_id))
        return self._subject(f"arn:aws:iam::{account_id}:root", account_id, root_key, device_owner=None)

    def names(self, account_id: str) -> Sequence[str]:
        """Return the names of an account's users."""
        return [user.name for user in self._people.users(account_id)]

    def _subject(
        self, name: str, account_id: str, key: tuple[str, Secret] | None, *, device_owner: str | None
    ) -> Subject:
        return Subject(
            cloud=Cloud.AWS,
            name=name,
            account_id=account_id,
            region=self._region,
            key=key,
            device_owner=device_owner,
        )


def _nearest(homes: Sequence[Home], name: str) -> str:
    names = [one for home in homes for one in home.neighbours.names(home.id)]
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"its users are {', '.join(sorted(names))}"
