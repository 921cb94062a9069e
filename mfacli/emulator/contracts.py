"""The emulator's own map: what its rooms ask of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mfacli.emulator.callers import Caller, Credential, Principal
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import Refusal, RefusalKind
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

    def resource_tags(self, resource_arn: str) -> Mapping[str, str]:
        """Return the tags of an instance, bucket, queue, topic, table, user, role…; empty where there are none."""

    def entity_arn(self, account_id: str, kind: str, name: str) -> str | None:
        """Return the ARN, with its path, of the IAM entity called `name`; None where there is none.

        `kind` is the ARN's word for it: `user`, `role`, `group`, `instance-profile` or `server-certificate`; or
        `access-key`, with the key's id as its name, for the ARN of the user who has it.
        """

    def role_in_profile(self, account_id: str, profile_name: str) -> str | None:
        """Return the ARN of the role in an instance profile; None where there is none."""

    def instance_type(self, instance_arn: str) -> str | None:
        """Return the type of an EC2 instance; None where there is no such instance."""

    def partition_key(self, table_arn: str) -> str | None:
        """Return the name of a DynamoDB table's partition key; None where there is no such table."""


class ControlPolicies(Protocol):
    """What an organization imposes on its accounts. Each inner sequence is one level: root, unit, account."""

    def service_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        """Return the SCPs over an account's principals; no level means that it is under none."""

    def resource_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        """Return the RCPs over an account's resources."""


class CodeCheck(Protocol):
    """Judges a one-time code, and spends it."""

    def check(self, caller: Caller, serial: str, code: str) -> datetime:
        """Return the world time at which the code was good; raises `Refusal`. A code is good once."""


class CallCheck(Protocol):
    """Judges a call's parameters before permissions are looked at.

    What a kind of credentials may never ask is authorisation's own business and has been judged before.
    """

    def validate(self, operation: Operation, caller: Caller) -> None:
        """Raise `Refusal` where the service would refuse the parameters whatever the policies say."""


class Sealer(Protocol):
    """Makes a text unreadable to all but the world it came from."""

    def seal(self, text: str) -> str:
        """Return it sealed, in characters of `A-Za-z0-9_-`."""

    def open(self, sealed: str) -> str | None:
        """Return the text; None where this world did not seal it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One action on one resource, and what the policies said of it."""

    action: str
    resource: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """A request that may go on.

    `account_id` is the account to act in: the resource's owner where the call works on somebody's resource, else
    the caller's. `mfa_at` is when the code sent with this very call was found good (AssumeRole only).
    """

    account_id: str
    checks: tuple[Check, ...]
    mfa_at: datetime | None = None


class Denied(Refusal):
    """The policies do not allow the request. `checks` is never empty and ends with the one that failed.

    `message` is complete, in the service's own words: EC2's encoded message is already part of it.
    """

    def __init__(self, message: str, *, checks: tuple[Check, ...]) -> None:
        super().__init__(RefusalKind.ACCESS_DENIED, message)
        self.checks = checks


class Authorisation(Protocol):
    """Decides whether a request may go on."""

    def authorise(self, operation: Operation, caller: Caller, incoming: Incoming) -> Authorised:
        """Return where the request acts and what was decided; raises `Denied`, or another `Refusal`."""


class OperationAnswer(Protocol):
    """Answers one service's operations that the emulator does itself; None means: not one of ours."""

    def answer(self, operation: Operation, caller: Caller, incoming: Incoming) -> Answer | None:
        """Return the answer to an authorised call, or None; raises `Refusal`.

        GetSessionToken's code is checked here; AssumeRole's was while the call was authorised, and is not again.
        """


class DataPlane(Protocol):
    """Answers what the emulator does not do itself."""

    def forward(self, operation: Operation, incoming: Incoming, account_id: str) -> Answer:
        """Return the data plane's answer, acting in `account_id`."""
