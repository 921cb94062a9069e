"""The nouns of a world: what a world file describes, checked and frozen, before the emulator makes it live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from mfacli.emulator.world.elements import KeyState as KeyState
from mfacli.emulator.world.elements import PolicyText as PolicyText
from mfacli.emulator.world.tencent_model import TencentAccount

Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A customer managed policy; `path` begins and ends with a slash."""

    name: str
    document: PolicyText
    path: str = "/"

    def arn(self, account_id: str) -> str:
        """Return its ARN in the account that holds it."""
        return f"arn:aws:iam::{account_id}:policy{self.path}{self.name}"


class DeviceKind(Enum):
    """The kinds of MFA devices. A security key gives no codes, so STS cannot use it."""

    VIRTUAL = "virtual"
    HARDWARE = "hardware"
    SECURITY_KEY = "security-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An MFA device.

    `name` is a virtual device's or security key's name, or a hardware device's serial. `clock_off` is how far the
    device's own clock is ahead: one that is off by more than a step must be resynchronised before STS takes its
    codes.
    """

    kind: DeviceKind
    name: str
    path: str = "/"
    clock_off: timedelta = timedelta()

    def serial(self, account_id: str) -> str:
        """Return the serial number that STS and IAM know it by."""
        match self.kind:
            case DeviceKind.VIRTUAL:
                return f"arn:aws:iam::{account_id}:mfa{self.path}{self.name}"
            case DeviceKind.SECURITY_KEY:
                return f"arn:aws:iam::{account_id}:u2f/user/{self.name}"
            case DeviceKind.HARDWARE:
                return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What users and roles have in common.

    `policies` are inline; `attached` are ARNs of managed policies; `boundary` is the ARN of one or None.
    """

    name: str
    path: str = "/"
    policies: tuple[PolicyText, ...] = ()
    attached: tuple[str, ...] = ()
    boundary: str | None = None
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Entity):
    """An IAM user with long-term keys and devices."""

    groups: tuple[str, ...] = ()
    keys: tuple[KeyState, ...] = ()
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Entity):
    """An IAM role; `trust` says who may assume it."""

    trust: PolicyText
    longest_session: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An IAM group."""

    name: str
    path: str = "/"
    policies: tuple[PolicyText, ...] = ()
    attached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A DynamoDB table with a string key called `key`."""

    name: str
    region: str
    key: str = "Id"
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A resource that may have a policy of its own."""

    name: str
    region: str
    policy: PolicyText | None = None
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(Guarded):
    """An S3 bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Guarded):
    """An SQS queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Guarded):
    """An SNS topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running EC2 instance, known by its Name tag; EC2 chooses its id."""

    name: str
    region: str
    type: str = "t3.micro"
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account and everything in it.

    `label` is its name in the world file. `service_control` holds the control policies over its users and roles,
    level by level from the organization's root; `resource_control` those over its resources. `has_root_key` says
    whether its root user has an access key. `loose_devices` are hardware devices that nobody has enabled yet.
    """

    label: str
    id: str
    has_root_key: bool = False
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    tables: tuple[Table, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    queues: tuple[Queue, ...] = ()
    topics: tuple[Topic, ...] = ()
    instances: tuple[Instance, ...] = ()
    loose_devices: tuple[Device, ...] = ()
    service_control: tuple[tuple[PolicyText, ...], ...] = ()
    resource_control: tuple[tuple[PolicyText, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the documents leave a choice.

    `region` is where resources are that do not say. `chained_roles_inherit_mfa`: AWS documents that a role's
    session carries no MFA, third parties report that a role assumed with an MFA session inherits it.
    """

    region: str = "us-east-1"
    chained_roles_inherit_mfa: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All accounts of both clouds, and the settings. `origin` names the file it was read from, for messages."""

    origin: str
    accounts: tuple[Account, ...]
    settings: Settings = Settings()
    tencent_accounts: tuple[TencentAccount, ...] = ()

    def users(self) -> Iterator[tuple[Account, User]]:
        """Yield every user with its account."""
        for account in self.accounts:
            for user in account.users:
                yield account, user
