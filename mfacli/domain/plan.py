"""What will be done, decided before anything is: the request, and the frozen plan made of it.

A plan is a chain of STS calls that starts at long-term keys. Every beginning of the chain is a session of its own
with a fingerprint of its own, which is the cache key: one MFA session serves any number of roles, and an edited
profile can never serve the old role's session. Plans that differ only in how long sessions live are of one family,
and may serve each other's sessions.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device

FINGERPRINT_VERSION = 2
# Of the 32 hexadecimal digits of a fingerprint.
_FAMILY_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asked for; None or empty means: not said, the profile decides.

    `wants_role` tells `assume` from `session`; None: a role where the profile names one, else a session. `role` is
    an ARN, a qcs name, or a profile that names one.
    """

    wants_role: bool | None
    cloud: Cloud | None = None
    profile: str | None = None
    role: str | None = None
    device: str | None = None
    duration: timedelta | None = None
    region: str | None = None
    endpoint_url: str | None = None
    external_id: str | None = None
    role_session_name: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()


class KeysFrom(Enum):
    """The kinds of place that the first call's keys come from."""

    FILE = "file"
    KEYRING = "keyring"
    ENVIRONMENT = "environment"
    INSTANCE = "Ec2InstanceMetadata"
    CONTAINER = "EcsContainer"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """Where the keys that sign the first call are; the keys themselves are read only when they are needed.

    `access_key_id` is empty for INSTANCE and CONTAINER. `path` is set for FILE, and `section` where that
    file has any. `profile` is set for KEYRING: whose keys they are there.
    """

    kind: KeysFrom
    access_key_id: str = ""
    path: str = ""
    section: str = ""
    profile: str = ""

    def __str__(self) -> str:
        match self.kind:
            case KeysFrom.FILE:
                return f"[{self.section}] in {self.path}" if self.section else self.path
            case KeysFrom.KEYRING:
                return f"the keyring, as profile {self.profile}'s"
            case KeysFrom.ENVIRONMENT:
                return "the environment"
            case KeysFrom.INSTANCE:
                return "the instance's metadata"
            case KeysFrom.CONTAINER:
                return "the container's endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """The device is named; `origin` says by what, for people (`--device`, `mfa_serial of profile dev`)."""

    device: Device
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceToFind:
    """No device is named: IAM is asked for the user's own when the code is needed.

    `is_required` False means that the chain goes on without MFA where IAM names none.
    """

    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDevice:
    """The chain has no MFA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSession:
    """What is known of the session in this shell's environment, which hides the keys that were there before it.

    `opened_with` is the id of those keys, and `opening_kept_as` the fingerprint of an MFA session of theirs (empty:
    none is kept), by the device with the serial `device`.
    """

    opened_with: str
    opening_kept_as: str = ""
    device: str | None = None


DeviceChoice = KnownDevice | DeviceToFind | NoDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTokenStep:
    """One GetSessionToken call; `with_code` says whether serial and code go along."""

    duration: timedelta
    with_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleStep:
    """One AssumeRole call, with all that the API takes; `policy` is the inline session policy's JSON text."""

    role_arn: str
    role_session_name: str
    duration: timedelta
    with_code: bool = False
    external_id: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()


Step = SessionTokenStep | RoleStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of what will be done, and with what.

    `profile` is the name shown to people. `region` goes into the exports, `sts_region` and `endpoint_url` say
    which STS is called (`endpoint_url` None: the cloud's own; `sts_region` None: the partition's global one, or its
    home region's), and `partition` is one of AWS's, else empty. `code_program` is the profile's `mfa_process` or
    `code_command`: a text goes through the shell, a tuple is run as it stands. `is_duration_named` says that the
    person named how long the last session shall live, so that no other will do. `opening_kept_as` is the fingerprint
    of an MFA session known to be of the same keys, where those are hidden behind it. `notes` say for -v which setting
    won, and what was not used.
    """

    cloud: Cloud
    profile: str
    key_source: KeySource
    device: DeviceChoice
    steps: tuple[Step, ...]
    region: str | None = None
    sts_region: str | None = None
    endpoint_url: str | None = None
    services_endpoint_url: str | None = None
    partition: str = "aws"
    code_program: str | tuple[str, ...] | None = None
    is_duration_named: bool = False
    opening_kept_as: str = ""
    notes: tuple[str, ...] = ()

    def up_to(self, count: int) -> Plan:
        """Return the plan that ends after the first `count` steps."""
        is_named = self.is_duration_named and count == len(self.steps)
        return replace(self, steps=self.steps[:count], is_duration_named=is_named)

    @property
    def needs_code(self) -> bool:
        """Whether any step sends a code."""
        return any(step.with_code for step in self.steps)

    @property
    def opens_mfa_session(self) -> bool:
        """Whether the MFA session itself is all that is wanted."""
        return len(self.steps) == 1 and isinstance(self.steps[0], SessionTokenStep)

    @property
    def family(self) -> str:
        """The beginning of the fingerprint: everything that decides as whom, by whose MFA, the session would act.

        How long it lives is left out, and whether a role is assumed straight or through an MFA session.
        """
        return _digest(self._family_facts())[:_FAMILY_DIGITS]

    @property
    def fingerprint(self) -> str:
        """The cache key: everything that decides which session the cloud would give, and nothing else."""
        facts = [self._family_facts(), [_seconds(step) for step in self.steps], [s.with_code for s in self.steps]]
        return self.family + _digest(facts)[_FAMILY_DIGITS:32]

    def _family_facts(self) -> list[object]:
        roles = [step for step in self.steps if isinstance(step, RoleStep)]
        # Tencent Cloud has one STS for all regions, and wants some region named: a code must not be due for each.
        sts_region = None if self.cloud is Cloud.TENCENT else self.sts_region
        return [
            FINGERPRINT_VERSION,
            self.cloud.value,
            # Wherever the same keys are found, they open the same session.
            self.key_source.access_key_id or self.key_source.kind.value,
            _device_facts(self.device) if self.needs_code else None,
            [_role_facts(role) for role in roles] or "GetSessionToken",
            [sts_region, self.endpoint_url, self.partition],
        ]


def _digest(facts: list[object]) -> str:
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _device_facts(choice: DeviceChoice) -> str | None:
    match choice:
        case KnownDevice(device=device):
            return device.serial
        case DeviceToFind(is_required=is_required):
            return f"to find:{is_required}"
        case NoDevice():
            return None


def _seconds(step: Step) -> int:
    return int(step.duration.total_seconds())


def _role_facts(step: RoleStep) -> list[object]:
    return [
        step.role_arn,
        step.role_session_name,
        step.external_id,
        step.source_identity,
        step.tags,
        step.transitive_tags,
        step.policy,
        step.policy_arns,
    ]
