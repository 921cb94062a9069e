"""Finds the user that a person means by `Sofia`, `A:Sofia`, `111122223333:Sofia`, `A:root` or an ARN."""

from __future__ import annotations

import difflib

from mfacli.domain.identity import parse_arn
from mfacli.emulator.callers import RootPrincipal, UserPrincipal
from mfacli.emulator.plane.people import People
from mfacli.emulator.world.model import Account, World
from mfacli.errors import EmulatorProblem

Subject = UserPrincipal | RootPrincipal
ROOT = "root"


class Subjects:
    """The people who have keys in a world."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people

    def find(self, text: str) -> Subject:
        """Return who is meant; raises `EmulatorProblem` where nobody is, or more than one."""
        place, _, name = _from_arn(text).rpartition(":")
        accounts = [account for account in self._world.accounts if place in ("", account.label, account.id)]
        if not accounts:
            known = ", ".join(account.label for account in self._world.accounts)
            raise EmulatorProblem(f"the world has no account `{place}`", hint=f"its accounts are {known}")
        found = [subject for account in accounts if (subject := self._in_account(account, name)) is not None]
        if not found:
            raise EmulatorProblem(f"the world has no user `{text}`", hint=self._nearest(accounts, name))
        if len(found) > 1:
            choices = ", ".join(f"`{subject.account_id}:{name}`" for subject in found)
            raise EmulatorProblem(f"more than one account has a user `{name}`", hint=f"say which: {choices}")
        return found[0]

    def _in_account(self, account: Account, name: str) -> Subject | None:
        user = self._people.user_named(account.id, name)
        if user is None and name == ROOT and account.has_root_key:
            return RootPrincipal(account_id=account.id)
        return user

    def _nearest(self, accounts: list[Account], name: str) -> str:
        names = [user.name for account in accounts for user in self._people.users(account.id)]
        near = difflib.get_close_matches(name, names, n=1)
        return f"did you mean `{near[0]}`?" if near else f"its users are {', '.join(sorted(names))}"


def _from_arn(text: str) -> str:
    arn = parse_arn(text)
    if arn is None or arn.service != "iam":
        return text
    return f"{arn.account_id}:{arn.resource.rpartition('/')[2]}"
