"""Who a Tencent Cloud request is from, once its signature and token have been checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import CredentialKind as CredentialKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPrincipal:
    """A sub-user: `uin` is its own, `owner_uin` its account's."""

    owner_uin: str
    uin: str
    name: str

    @property
    def qcs(self) -> str:
        """The user as policies write it."""
        return f"qcs::cam::uin/{self.owner_uin}:uin/{self.uin}"

    @property
    def identity(self) -> str:
        """The user as GetCallerIdentity writes it."""
        return f"qcs::cam:{self.owner_uin}:uin/{self.uin}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPrincipal:
    """An account itself."""

    owner_uin: str

    @property
    def qcs(self) -> str:
        """The account as policies write it."""
        return f"qcs::cam::uin/{self.owner_uin}:root"

    @property
    def identity(self) -> str:
        """The account in GetCallerIdentity's form for users, which is the only one documented."""
        return f"qcs::cam:{self.owner_uin}:uin/{self.owner_uin}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePrincipal:
    """A session of a role; `caller_uin` is who assumed it."""

    owner_uin: str
    role_id: str
    role_name: str
    session_name: str
    caller_uin: str

    @property
    def qcs(self) -> str:
        """The role as policies write it, by its name."""
        return f"qcs::cam::uin/{self.owner_uin}:roleName/{self.role_name}"

    @property
    def qcs_by_id(self) -> str:
        """The role as policies write it, by its id."""
        return f"qcs::cam::uin/{self.owner_uin}:role/{self.role_id}"

    @property
    def identity(self) -> str:
        """The session as GetCallerIdentity writes it."""
        return f"qcs::sts:{self.owner_uin}:assumed-role/{self.role_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedPrincipal:
    """A federated user made by GetFederationToken; `uin` is who called it, `name` what it was called."""

    owner_uin: str
    uin: str
    name: str

    @property
    def qcs(self) -> str:
        """The federated user's name, which is the same everywhere."""
        return f"qcs::sts:{self.owner_uin}:federated-user/{self.uin}"

    @property
    def identity(self) -> str:
        """The federated user as GetCallerIdentity writes it."""
        return self.qcs


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousPrincipal:
    """Nobody: an unsigned request."""

    owner_uin: str = ""
    qcs: str = "qcs::cam::anonymous:anonymous"
    identity: str = "qcs::cam::anonymous:anonymous"


Principal = UserPrincipal | RootPrincipal | RolePrincipal | FederatedPrincipal | AnonymousPrincipal


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The principal and the facts of its credentials. Times are in world time, aware UTC.

    `mfa_at` is when the session's code was checked; None means no MFA. `session_policy` is the JSON text passed when
    the session was made. `tags` are the session tags.
    """

    principal: Principal
    kind: CredentialKind
    secret_id: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    mfa_at: datetime | None = None
    mfa_serial: str | None = None
    session_policy: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def is_temporary(self) -> bool:
        """Whether the credentials expire."""
        return self.kind.is_temporary


ANONYMOUS = Caller(principal=AnonymousPrincipal(), kind=CredentialKind.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key that the world knows: what its signatures must be made with, and whose it is."""

    secret_key: Secret
    caller: Caller
