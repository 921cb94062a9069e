"""Refuses a world whose parts contradict each other: names used twice, groups and policies that are not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from mfacli.emulator.world.model import Account, World
from mfacli.errors import EmulatorProblem

MOST_DEVICES = 8
MOST_KEYS = 2
_AWS_MANAGED = "arn:aws:iam::aws:policy/"


def refuse_contradictions(world: World) -> None:
    """Raise `EmulatorProblem` for what no real cloud could hold."""
    refuse_twins(world, "account id", (account.id for account in world.accounts))
    refuse_twins(world, "bucket", (bucket.name for account in world.accounts for bucket in account.buckets))
    refuse_twins(world, "device", _serials(world))
    for account in world.accounts:
        _check_names(world, account)
        _check_people(world, account)


def _serials(world: World) -> Iterable[str]:
    for account in world.accounts:
        for device in account.loose_devices:
            yield device.serial(account.id)
        for user in account.users:
            for device in user.devices:
                yield device.serial(account.id)


def _check_names(world: World, account: Account) -> None:
    """Hold names to IAM's rule: two that differ in case only are the same."""
    for kind, entities in (("user", account.users), ("group", account.groups), ("role", account.roles)):
        names = [entity.name for entity in entities]
        for name in names:
            twin = next((other for other in names if other != name and other.lower() == name.lower()), None)
            if twin is not None:
                text = f"the {kind}s `{twin}` and `{name}` of account `{account.label}` differ in case only"
                raise contradiction(world, text, hint="to IAM these are one name")


def _check_people(world: World, account: Account) -> None:
    groups = [group.name for group in account.groups]
    policies = [policy.arn(account.id) for policy in account.policies]
    for user in account.users:
        who = f"user `{user.name}` of account `{account.label}`"
        refuse_absent(world, who, "group", user.groups, groups)
        refuse_absent(world, who, "policy", user.attached, policies)
        refuse_absent(world, who, "policy", [user.boundary] if user.boundary else [], policies)
        if len(user.keys) > MOST_KEYS:
            raise contradiction(world, f"{who} has {len(user.keys)} access keys, the most is {MOST_KEYS}")
        if len(user.devices) > MOST_DEVICES:
            raise contradiction(world, f"{who} has {len(user.devices)} devices, the most is {MOST_DEVICES}")
    for role in account.roles:
        who = f"role `{role.name}` of account `{account.label}`"
        refuse_absent(world, who, "policy", role.attached, policies)
        refuse_absent(world, who, "policy", [role.boundary] if role.boundary else [], policies)
    for group in account.groups:
        refuse_absent(world, f"group `{group.name}` of account `{account.label}`", "policy", group.attached, policies)


def refuse_absent(world: World, who: str, kind: str, named: Sequence[str], there: Sequence[str]) -> None:
    """Raise `EmulatorProblem` where `who` names what is not there; what AWS itself provides always is."""
    for name in named:
        if name not in there and not name.startswith(_AWS_MANAGED):
            near = difflib.get_close_matches(name, there, n=1)
            hint = f"did you mean `{near[0]}`?" if near else ""
            raise contradiction(world, f"{who} names the {kind} `{name}`, which is not there", hint=hint)


def refuse_twins(world: World, kind: str, names: Iterable[str]) -> None:
    """Raise `EmulatorProblem` where one of `names` is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise contradiction(world, f"the {kind} `{name}` is there twice")
        seen.add(name)


def contradiction(world: World, text: str, *, hint: str = "") -> EmulatorProblem:
    """Return the error that says `text` of a world."""
    return EmulatorProblem(f"in `{world.origin}` {text}", hint=hint)
