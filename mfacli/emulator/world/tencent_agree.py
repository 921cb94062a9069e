"""Refuses Tencent Cloud accounts whose parts contradict each other, or another account's."""

from __future__ import annotations

from collections.abc import Iterable

from mfacli.emulator.world.agree import MOST_KEYS, contradiction, refuse_absent, refuse_twins
from mfacli.emulator.world.model import World
from mfacli.emulator.world.tencent_ids import sub_uin
from mfacli.emulator.world.tencent_model import TencentAccount, TencentHolder
from mfacli.emulator.world.tencent_presets import presets


def refuse_tencent_contradictions(world: World) -> None:
    """Raise `EmulatorProblem` for what no real cloud could hold."""
    accounts = world.tencent_accounts
    labels = (*(account.label for account in world.accounts), *(account.label for account in accounts))
    refuse_twins(world, "account label", labels)
    refuse_twins(world, "uin", _uins(accounts))
    refuse_twins(world, "APPID", (account.appid for account in accounts))
    refuse_twins(world, "bucket", (bucket.name for account in accounts for bucket in account.buckets))
    refuse_twins(world, "role id", (role.role_id for one in accounts for role in one.roles if role.role_id))
    refuse_twins(
        world, "instance id", (box.instance_id for one in accounts for box in one.instances if box.instance_id)
    )
    for account in accounts:
        _check_account(world, account)


def _uins(accounts: Iterable[TencentAccount]) -> Iterable[str]:
    for account in accounts:
        yield account.uin
        for user in account.users:
            yield user.uin or sub_uin(account.uin, user.name)


def _check_account(world: World, account: TencentAccount) -> None:
    names = [policy.name for policy in account.all_policies()]
    preset_names = [policy.name for policy in presets().values()]
    refuse_twins(world, f"policy of account `{account.label}`", (*names, *preset_names))
    groups = [group.name for group in account.groups]
    for user in account.users:
        who = f"user `{user.name}` of account `{account.label}`"
        refuse_absent(world, who, "group", user.groups, groups)
        if len(user.keys) > MOST_KEYS:
            raise contradiction(world, f"{who} has {len(user.keys)} keys, the most is {MOST_KEYS}")
    holders: dict[str, tuple[TencentHolder, ...]] = {
        "user": account.users,
        "group": account.groups,
        "role": account.roles,
    }
    for kind, found in holders.items():
        for holder in found:
            who = f"{kind} `{holder.name}` of account `{account.label}`"
            named = (*holder.attached, *([holder.boundary] if holder.boundary else []))
            refuse_absent(world, who, "policy", named, (*names, *preset_names))
    for bucket in account.buckets:
        if not bucket.name.endswith(f"-{account.appid}"):
            text = f"the bucket `{bucket.name}` of account `{account.label}` does not end in its APPID"
            raise contradiction(world, text, hint=f"call it `{bucket.name.rpartition('-')[0]}-{account.appid}`")
