"""Refuses a world that names what AWS does not have: regions, and managed policies of AWS's own.

Only lists can tell, which take a while to read: they are read for worlds that name such things.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from mfacli.emulator.plane.identities import AWS_MANAGED, aws_policies
from mfacli.emulator.world.model import Account, Settings, World
from mfacli.errors import EmulatorProblem


def refuse_inexistent(world: World) -> None:
    """Raise `EmulatorProblem` for the first region or AWS managed policy that there is not."""
    policies = [policy for account in world.accounts for policy in _aws_policies_in(account)]
    if policies:
        _refuse_others(world, "policy of AWS's own", policies, aws_policies())
    regions = [region for region in _regions_in(world) if region != Settings().region]
    if regions:
        _refuse_others(world, "region", regions, _regions())


def _refuse_others(world: World, kind: str, named: list[str], there: Collection[str]) -> None:
    for name in named:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            raise EmulatorProblem(
                f"`{world.origin}` names the {kind} `{name}`, which is not there",
                hint=f"did you mean `{near[0]}`?" if near else "",
            )


def _aws_policies_in(account: Account) -> Iterator[str]:
    named = [
        *(arn for user in account.users for arn in (*user.attached, user.boundary)),
        *(arn for role in account.roles for arn in (*role.attached, role.boundary)),
        *(arn for group in account.groups for arn in group.attached),
    ]
    yield from (arn for arn in named if arn is not None and arn.startswith(AWS_MANAGED))


def _regions_in(world: World) -> Iterator[str]:
    yield world.settings.region
    for account in world.accounts:
        yield from (table.region for table in account.tables)
        yield from (guarded.region for guarded in (*account.buckets, *account.queues, *account.topics))
        yield from (instance.region for instance in account.instances)


def _regions() -> Collection[str]:
    from botocore.loaders import create_loader

    partitions = create_loader().load_data("endpoints")["partitions"]
    return next(partition["regions"] for partition in partitions if partition["partition"] == "aws")
