"""The emulator's own map: what its rooms ask of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mfacli.emulator.callers import Caller, Credential, Principal
from mfacli.emulator.operations import Operation
from mfacli.emulator.requests import Answer, Incoming


class WorldClock(Protocol):
    """The emulator's two clocks, both aware UTC.

    Wire time is what the Date header says and what signatures are judged by: the machine's time plus a settable
    skew (to show what a client with a wrong clock meets). World time is wire time plus what has been advanced: codes,
    MFA ages and expiries live in it, so a test can let an hour pass while its clients stay where they are.
    """

    def wire_now(self) -> datetime:
        """Return what the Date header says."""

    def world_now(self) -> datetime:
        """Return the time that codes and sessions live in."""

    def advance(self, duration: timedelta) -> None:
        """Let world time jump forward by `duration` (never back)."""

    def set_skew(self, skew: timedelta) -> None:
        """Set how far wire time is ahead of the machine's."""


class CredentialDirectory(Protocol):
    """Finds the credential behind an access key id."""

    def credential_for(self, access_key_id: str, token: str | None) -> Credential:
        """Return it; raises `Refusal` UNKNOWN_KEY, BAD_TOKEN or EXPIRED_TOKEN (in world time)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPolicy:
    """A policy document as stored: JSON text, a name for messages, and the ARN where it is a managed one."""

    name: str
    text: str
    arn: str | None = None


class PolicyBook(Protocol):
    """Everything the world holds that bears on a decision."""

    def identity_policies(self, principal: Principal) -> Sequence[NamedPolicy]:
        """Return the user's, its groups' or the role's policies, inline and managed; nothing for others."""

    def boundary(self, principal: Principal) -> NamedPolicy | None:
        """Return the permissions boundary of the user or role."""

    def resource_policy(self, resource_arn: str) -> NamedPolicy | None:
        """Return the policy on a bucket (or the bucket of an object), queue, topic or table."""

    def trust_policy(self, role_arn: str) -> NamedPolicy | None:
        """Return a role's trust policy, None where there is no such role."""

    def owner_of(self, resource_arn: str) -> str | None:
        """Return the account that owns a bucket (or object), queue, topic, table…; None where nobody does."""

    def principal_tags(self, principal: Principal) -> Mapping[str, str]:
        """Return the tags of the user or role."""


class OperationAnswer(Protocol):
    """Answers one service's operations that the emulator does itself; None means: not one of ours."""

    def answer(self, operation: Operation, caller: Caller, incoming: Incoming) -> Answer | None:
        """Return the answer, or None; raises `Refusal`."""


class DataPlane(Protocol):
    """Answers what the emulator does not do itself."""

    def forward(self, operation: Operation, incoming: Incoming, account_id: str) -> Answer:
        """Return the data plane's answer, acting in `account_id`."""
