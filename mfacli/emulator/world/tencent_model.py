"""The nouns of a world's Tencent Cloud side: accounts, sub-users, roles, policies, instances and buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mfacli.emulator.world.elements import KeyState, PolicyText

LONGEST_ROLE_SESSION = timedelta(hours=12)
INSTANCE_TYPE = r"[A-Z0-9]+[a-z]*\.[A-Z0-9]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentDevice:
    """The one virtual MFA device that a user may have. `clock_off` is how far its own clock is ahead."""

    clock_off: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentHolder:
    """What users, groups and roles have in common.

    CAM knows no inline policies: `policies`, written where they are used, become custom policies of the account that
    are attached here. `attached` and `boundary` name custom or preset policies.
    """

    name: str
    policies: tuple[PolicyText, ...] = ()
    attached: tuple[str, ...] = ()
    boundary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentUser(TencentHolder):
    """A sub-user. An empty `uin` is worked out from the name."""

    uin: str = ""
    groups: tuple[str, ...] = ()
    keys: tuple[KeyState, ...] = ()
    device: TencentDevice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentGroup(TencentHolder):
    """A user group; it has no boundary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentRole(TencentHolder):
    """A role; `trust` says who may assume it, `has_console` whether that opens the console too.

    An empty `role_id` is worked out from the name.
    """

    trust: PolicyText
    role_id: str = ""
    longest_session: timedelta = LONGEST_ROLE_SESSION
    has_console: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentInstance:
    """A running CVM instance. An empty `instance_id` is worked out from the name."""

    name: str
    zone: str
    instance_id: str = ""
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentBucket:
    """A COS bucket; its name ends in the account's APPID. `objects` pairs keys and texts."""

    name: str
    region: str
    policy: PolicyText | None = None
    objects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentAccount:
    """An owner account and everything in it.

    `label` is its name in the world file, `uin` its own, `appid` what COS calls it. `region` is where things are that
    do not say. `has_root_key` says whether the account itself has a key, `root_device` whether it has a device.
    """

    label: str
    uin: str
    appid: str
    region: str
    has_root_key: bool = False
    root_device: TencentDevice | None = None
    users: tuple[TencentUser, ...] = ()
    groups: tuple[TencentGroup, ...] = ()
    roles: tuple[TencentRole, ...] = ()
    policies: tuple[PolicyText, ...] = ()
    instances: tuple[TencentInstance, ...] = ()
    buckets: tuple[TencentBucket, ...] = ()

    def all_policies(self) -> tuple[PolicyText, ...]:
        """Return the account's custom policies, wherever they are written."""
        holders: tuple[TencentHolder, ...] = (*self.users, *self.groups, *self.roles)
        return (*self.policies, *(policy for holder in holders for policy in holder.policies))
