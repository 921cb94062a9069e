"""Puts what a world file says of an account into the town. All ids are worked out from names, and so stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from mfacli.domain.qcs import serial_of
from mfacli.domain.secret import Secret
from mfacli.emulator.devices import Device
from mfacli.emulator.tencent.codes import device_key
from mfacli.emulator.tencent.cos.crc64 import crc64
from mfacli.emulator.tencent.town.buckets import Buckets
from mfacli.emulator.tencent.town.entities import (
    Bucket,
    CosObject,
    Group,
    Holder,
    HolderKind,
    Instance,
    Policy,
    Role,
    User,
)
from mfacli.emulator.tencent.town.instances import Instances
from mfacli.emulator.tencent.town.policies import Policies
from mfacli.emulator.tencent.town.roles import Roles
from mfacli.emulator.tencent.town.users import Users
from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.elements import KeyState
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import DeviceKind, World
from mfacli.emulator.world.tencent_model import TencentAccount, TencentHolder, TencentUser

IMAGE = "img-eb30mz89"


class Ground(Protocol):
    """The parts of a town that an account is put into."""

    users: Users
    policies: Policies
    roles: Roles
    instances: Instances
    buckets: Buckets


def found(ground: Ground, account: TencentAccount, *, at: datetime) -> None:
    """Put an account and all that is in it into an empty place."""
    for text in account.all_policies():
        policy = Policy(
            policy_id=tencent_ids.policy_id(account.uin, text.name),
            name=text.name,
            text=text.text,
            created_at=at,
            updated_at=at,
        )
        ground.policies.put(account.uin, policy)
    if account.has_root_key:
        ground.users.add_key(account.uin, account.uin, at=at, name=("root",))
    _people(ground, account, at)
    _roles(ground, account, at)
    _things(ground, account, at)


def uin_of(account: TencentAccount, user: TencentUser) -> str:
    """Return the uin that a user of a world file has."""
    return user.uin or tencent_ids.sub_uin(account.uin, user.name)


def _people(ground: Ground, account: TencentAccount, at: datetime) -> None:
    for spec in account.users:
        uin = uin_of(account, spec)
        ground.users.put(User(owner_uin=account.uin, uin=uin, name=spec.name, created_at=at))
        _attach(ground, account, spec, Holder(HolderKind.USER, uin), at)
        for number, state in enumerate(spec.keys, start=1):
            key = ground.users.add_key(account.uin, uin, at=at, name=(str(number),))
            ground.users.put_key(replace(key, is_active=state is KeyState.ACTIVE))
    for group in account.groups:
        group_id = tencent_ids.group_id(account.uin, group.name)
        members = tuple(uin_of(account, user) for user in account.users if group.name in user.groups)
        ground.users.put_group(
            Group(owner_uin=account.uin, group_id=group_id, name=group.name, created_at=at, members=members)
        )
        _attach(ground, account, group, Holder(HolderKind.GROUP, str(group_id)), at)


def _roles(ground: Ground, account: TencentAccount, at: datetime) -> None:
    for spec in account.roles:
        role_id = spec.role_id or tencent_ids.role_id(account.uin, spec.name)
        ground.roles.put(
            Role(
                owner_uin=account.uin,
                role_id=role_id,
                name=spec.name,
                trust=spec.trust.text,
                created_at=at,
                updated_at=at,
                longest_session=spec.longest_session,
                has_console=spec.has_console,
            )
        )
        _attach(ground, account, spec, Holder(HolderKind.ROLE, role_id), at)


def _attach(ground: Ground, account: TencentAccount, spec: TencentHolder, holder: Holder, at: datetime) -> None:
    for name in (*(policy.name for policy in spec.policies), *spec.attached):
        ground.policies.attach(_policy_id(ground, account, name), holder, at=at)
    if spec.boundary is not None:
        ground.policies.bound(holder, _policy_id(ground, account, spec.boundary))


def _policy_id(ground: Ground, account: TencentAccount, name: str) -> int:
    policy = ground.policies.named(account.uin, name)
    assert policy is not None  # the world has been checked
    return policy.policy_id


def _things(ground: Ground, account: TencentAccount, at: datetime) -> None:
    for number, box in enumerate(account.instances, start=2):
        ground.instances.put(
            Instance(
                owner_uin=account.uin,
                instance_id=box.instance_id or tencent_ids.instance_id(account.uin, box.name),
                name=box.name,
                region=box.zone.rpartition("-")[0],
                zone=box.zone,
                type=box.type,
                image_id=IMAGE,
                private_ip=f"10.0.{number // 250}.{number % 250}",
                created_at=at,
                since=at,
            )
        )
    for spec in account.buckets:
        bucket = Bucket(
            owner_uin=account.uin,
            appid=account.appid,
            name=spec.name,
            region=spec.region,
            created_at=at,
            policy=spec.policy.text if spec.policy else None,
        )
        ground.buckets.put(bucket)
        for key, text in spec.objects:
            body = text.encode()
            item = CosObject(key=key, body=body, content_type="text/plain", modified_at=at, checksum=crc64(body))
            ground.buckets.put_object(bucket.name, item)


def tencent_devices(world: World, key: WorldKey) -> Iterator[tuple[Device, Secret]]:
    """Yield the devices of a world's Tencent Cloud users and accounts, with their seeds."""
    for account in world.tencent_accounts:
        owners = [(uin_of(account, user), user.device) for user in account.users]
        for uin, spec in [(account.uin, account.root_device), *owners]:
            if spec is not None:
                device = soft_token(account.uin, uin, clock_off=spec.clock_off)
                yield device, key.device_seed(device.serial)


def soft_token(owner_uin: str, uin: str, *, clock_off: timedelta = timedelta()) -> Device:
    """Return the one device that a user of an account, or the account itself, can have."""
    return Device(
        serial=device_key(serial_of(owner_uin), uin),
        kind=DeviceKind.VIRTUAL,
        # AWS's account ids are digits too.
        account_id=f"uin/{owner_uin}",
        name=uin,
        owner_id=uin,
        clock_off=clock_off,
    )
