"""Says in plain data what is in the world now: accounts, people, devices and roles, without any secret."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.plane.people import People
from mfacli.emulator.tencent.neighbours import tencent_summary
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world.model import Account, World


def summary(world: World, people: People, town: Town, devices: Devices) -> Mapping[str, object]:
    """Return the world as the control surface shows it."""
    return {
        "origin": world.origin,
        "region": world.settings.region,
        "chained_roles_inherit_mfa": world.settings.chained_roles_inherit_mfa,
        "accounts": [_account(account, people, devices) for account in world.accounts],
        "tencent": tencent_summary(town, devices),
    }


def _account(account: Account, people: People, devices: Devices) -> Mapping[str, object]:
    return {
        "label": account.label,
        "id": account.id,
        "has_root_key": account.has_root_key,
        "users": [
            {
                "name": user.name,
                "arn": user.arn,
                "has_key": people.first_key(account.id, user.name) is not None,
                "devices": [_device(device) for device in devices.of_user(user.user_id)],
            }
            for user in people.users(account.id)
        ],
        "roles": people.role_arns(account.id),
        "buckets": [bucket.name for bucket in account.buckets],
        "tables": [table.name for table in account.tables],
        "queues": [queue.name for queue in account.queues],
        "topics": [topic.name for topic in account.topics],
        "instances": [instance.name for instance in account.instances],
    }


def _device(device: Device) -> Mapping[str, object]:
    return {"serial": device.serial, "kind": device.kind.value}
