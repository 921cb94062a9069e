"""The nouns of a town, frozen: a change puts a new one in the old one's place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mfacli.domain.secret import Secret
from mfacli.emulator.tencent.callers import UserPrincipal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An owner account: `appid` is what COS calls it, `label` its name in the world file."""

    label: str
    uin: str
    appid: str
    region: str
    has_root_key: bool

    @property
    def root_qcs(self) -> str:
        """The account itself as policies write it."""
        return f"qcs::cam::uin/{self.uin}:root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A long-term key of the user (or of the account itself) whose uin it has."""

    secret_id: str
    secret_key: Secret
    owner_uin: str
    uin: str
    created_at: datetime
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A sub-user. The flags name the checks (`Stoken`, `Phone`…) that the console asks for, at login or otherwise."""

    owner_uin: str
    uin: str
    name: str
    created_at: datetime
    remark: str = ""
    country_code: str = ""
    phone: str = ""
    email: str = ""
    has_console: bool = False
    login_flags: tuple[str, ...] = ()
    action_flags: tuple[str, ...] = ()

    @property
    def principal(self) -> UserPrincipal:
        """The user as a caller."""
        return UserPrincipal(owner_uin=self.owner_uin, uin=self.uin, name=self.name)

    @property
    def qcs(self) -> str:
        """The user as policies write it."""
        return self.principal.qcs


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group; `members` are uins."""

    owner_uin: str
    group_id: int
    name: str
    created_at: datetime
    remark: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy of an account, or a preset one that all accounts have. `text` is JSON that has been checked."""

    policy_id: int
    name: str
    text: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    is_preset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role; `trust` is JSON that has been checked, `longest_session` what AssumeRole gives at most.

    `has_console` is whether its sessions open the console.
    """

    owner_uin: str
    role_id: str
    name: str
    trust: str
    created_at: datetime
    updated_at: datetime
    longest_session: timedelta
    description: str = ""
    has_console: bool = False

    @property
    def qcs(self) -> str:
        """The role as policies write it, by its name."""
        return f"qcs::cam::uin/{self.owner_uin}:roleName/{self.name}"

    @property
    def qcs_by_id(self) -> str:
        """The role as policies write it, by its id."""
        return f"qcs::cam::uin/{self.owner_uin}:role/{self.role_id}"


class HolderKind(Enum):
    """What a policy can be attached to."""

    USER = "user"
    GROUP = "group"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Holder:
    """What a policy is attached to: a user by its uin, a group or a role by its id. Ids are never used twice."""

    kind: HolderKind
    id: str


class InstanceState(Enum):
    """The states of an instance that the emulator knows: two in which it stays, and the ways to them and out."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STARTING = "STARTING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    REBOOTING = "REBOOTING"
    TERMINATING = "TERMINATING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A CVM instance; a terminated one is gone.

    `since` is when it came into its state. `last_action` and `last_request_id` are those of the latest call that
    changed it, empty where none did. A protected instance cannot be terminated.
    """

    owner_uin: str
    instance_id: str
    name: str
    region: str
    zone: str
    type: str
    image_id: str
    private_ip: str
    created_at: datetime
    since: datetime
    state: InstanceState = InstanceState.RUNNING
    charge_type: str = "POSTPAID_BY_HOUR"
    is_protected: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    last_action: str = ""
    last_request_id: str = ""

    @property
    def qcs(self) -> str:
        """The instance as policies write it."""
        return f"qcs::cvm:{self.region}:uin/{self.owner_uin}:instance/{self.instance_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CosObject:
    """An object in a bucket. `headers` are what is given back with it, beside its type: x-cos-meta-… and others.

    `checksum` is its CRC-64.
    """

    key: str
    body: bytes
    content_type: str
    modified_at: datetime
    checksum: int
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        """The MD5 of the object, in quotes, as COS writes it."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket; `name` ends in the owner's APPID. `policy` is JSON that has been checked."""

    owner_uin: str
    appid: str
    name: str
    region: str
    created_at: datetime
    policy: str | None = None

    def qcs(self, key: str = "") -> str:
        """Return an object as policies write it; with no key, the bucket itself."""
        return f"qcs::cos:{self.region}:uid/{self.appid}:{self.name}/{key}"
