"""Who a request is from, once its signature and token have been checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mfacli.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPrincipal:
    """An IAM user; `path` begins and ends with a slash."""

    account_id: str
    name: str
    path: str
    user_id: str

    @property
    def arn(self) -> str:
        """The user's ARN, with the path."""
        return f"arn:aws:iam::{self.account_id}:user{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPrincipal:
    """An account's root user."""

    account_id: str

    @property
    def arn(self) -> str:
        """The account's root ARN."""
        return f"arn:aws:iam::{self.account_id}:root"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePrincipal:
    """A session of a role; `role_path` begins and ends with a slash."""

    account_id: str
    role_name: str
    role_path: str
    role_id: str
    session_name: str

    @property
    def arn(self) -> str:
        """The session's ARN as messages and GetCallerIdentity show it: without the role's path."""
        return f"arn:aws:sts::{self.account_id}:assumed-role/{self.role_name}/{self.session_name}"

    @property
    def role_arn(self) -> str:
        """The role's ARN, with its path: the value of aws:PrincipalArn."""
        return f"arn:aws:iam::{self.account_id}:role{self.role_path}{self.role_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedPrincipal:
    """A federated user made by GetFederationToken; `issuer` is the user who called it."""

    account_id: str
    name: str
    issuer: UserPrincipal | RootPrincipal

    @property
    def arn(self) -> str:
        """The federated user's ARN."""
        return f"arn:aws:sts::{self.account_id}:federated-user/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousPrincipal:
    """Nobody: an unsigned request."""

    account_id: str = ""
    arn: str = "anonymous"


Principal = UserPrincipal | RootPrincipal | RolePrincipal | FederatedPrincipal | AnonymousPrincipal


class CredentialKind(Enum):
    """How the caller's keys came to be, in either cloud: it decides the MFA keys and what STS lets them do."""

    NONE = "none"
    LONG_TERM = "long-term key"
    SESSION_TOKEN = "GetSessionToken"
    ROLE = "AssumeRole"
    FEDERATION = "GetFederationToken"

    @property
    def is_temporary(self) -> bool:
        """Whether such keys expire."""
        return self not in (CredentialKind.NONE, CredentialKind.LONG_TERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The principal and the facts of its credentials. Times are in world time, aware UTC.

    `mfa_at` is when the session's code was checked; None means no MFA. Whether aws:MultiFactorAuthPresent is then
    `false` or absent follows from `kind`. `session_policies` are the JSON texts passed when the session was made
    (inline first, then managed). `tags` are the session tags.
    """

    principal: Principal
    kind: CredentialKind
    access_key_id: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    mfa_at: datetime | None = None
    mfa_serial: str | None = None
    session_policies: tuple[str, ...] = ()
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()

    @property
    def is_temporary(self) -> bool:
        """Whether the credentials expire."""
        return self.kind.is_temporary


ANONYMOUS = Caller(principal=AnonymousPrincipal(), kind=CredentialKind.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key that the world knows: what its signatures must be made with, and whose it is."""

    secret_access_key: Secret
    caller: Caller
