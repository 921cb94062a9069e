"""Who asks (AWS), and what a policy's Principal says of them: not at all, by account, by role, or in person.

How a principal is named decides which implicit denials the grant escapes (IAM guide, policy evaluation logic), so a
match is a `Grant`, not a yes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum

from mfacli.domain.identity import Arn, parse_arn
from mfacli.errors import RequestMalformed

ACCOUNT_ID = re.compile(r"[0-9]{12}")
_SERVICE = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)")
WEB_IDENTITY_PROVIDERS = frozenset(
    {"accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com"}
)


class PrincipalKind(Enum):
    """The kinds of caller that policies tell apart."""

    USER = "IAM user"
    ROOT = "root user"
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user"
    IDENTITY_PROVIDER = "identity provider"
    SERVICE = "service"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller.

    `arn` is what messages show. `role_name` and `role_arn` (with the role's path; empty where it is not known) belong
    to role sessions, `issuer_arn` (the user or root that called GetFederationToken; empty where it is not known) to
    federated users. `account_id` is empty for services and for nobody.
    """

    kind: PrincipalKind
    arn: str
    account_id: str = ""
    role_name: str = ""
    role_arn: str = ""
    issuer_arn: str = ""
    canonical_user_id: str = ""


ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS, arn="anonymous")


def parse_principal(text: str, *, role_arn: str = "", issuer_arn: str = "", canonical_user_id: str = "") -> Principal:
    """Return the caller that an ARN (or a service's or identity provider's name) stands for.

    `role_arn` gives a role session the role's path, which its own ARN lacks; without it the role goes by its name,
    which is unique in an account. Raises `RequestMalformed`.
    """
    if text in WEB_IDENTITY_PROVIDERS:
        return Principal(kind=PrincipalKind.IDENTITY_PROVIDER, arn=text)
    if _SERVICE.fullmatch(text):
        return Principal(kind=PrincipalKind.SERVICE, arn=text)
    arn = parse_arn(text)
    if arn is None or arn.region or not ACCOUNT_ID.fullmatch(arn.account_id):
        raise _unknown(text)
    found = _iam_principal(text, arn) if arn.service == "iam" else _sts_principal(text, arn)
    return Principal(
        kind=found.kind,
        arn=text,
        account_id=arn.account_id,
        role_name=found.role_name,
        role_arn=role_arn if _is_role(role_arn, arn.account_id, found.role_name) else "",
        issuer_arn=issuer_arn if found.kind is PrincipalKind.FEDERATED_USER else "",
        canonical_user_id=canonical_user_id,
    )


def _iam_principal(text: str, arn: Arn) -> Principal:
    kind, _, name = arn.resource.partition("/")
    if arn.resource == "root":
        return Principal(kind=PrincipalKind.ROOT, arn=text)
    if kind == "user" and name and not name.endswith("/"):
        return Principal(kind=PrincipalKind.USER, arn=text)
    if kind in ("saml-provider", "oidc-provider") and name:
        return Principal(kind=PrincipalKind.IDENTITY_PROVIDER, arn=text)
    raise _unknown(text)


def _sts_principal(text: str, arn: Arn) -> Principal:
    parts = arn.resource.split("/")
    if arn.service == "sts" and parts[0] == "assumed-role" and len(parts) == 3 and all(parts):
        return Principal(kind=PrincipalKind.ROLE_SESSION, arn=text, role_name=parts[1])
    if arn.service == "sts" and parts[0] == "federated-user" and len(parts) == 2 and all(parts):
        return Principal(kind=PrincipalKind.FEDERATED_USER, arn=text)
    raise _unknown(text)


def _is_role(role_arn: str, account_id: str, name: str) -> bool:
    arn = parse_arn(role_arn)
    return (
        arn is not None
        and bool(name)
        and arn.account_id == account_id
        and arn.resource.startswith("role/")
        and arn.resource.rsplit("/", 1)[-1] == name
    )


def _unknown(text: str) -> RequestMalformed:
    return RequestMalformed(
        f"`{text}` is no caller",
        hint="a user arn:aws:iam::ACCOUNT:user/NAME, a role session arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, "
        "a federated user arn:aws:sts::ACCOUNT:federated-user/NAME, or root arn:aws:iam::ACCOUNT:root",
    )


class Grant(IntEnum):
    """How a Principal element names a caller, weakest first.

    ACCOUNT only lets the account's own policies decide. MAKER names what a session was made from, a role or the user
    who federated, and is limited by boundary and session policy. DIRECT (the user, the session itself, a service,
    everyone) is limited by no implicit denial of the caller's own layers.
    """

    NONE = 0
    ACCOUNT = 1
    MAKER = 2
    DIRECT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalSet:
    """The callers that a Principal or NotPrincipal element lists.

    `roles` pairs account and name of the roles in `arns`, for sessions whose role's path is not known.
    """

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    arns: frozenset[str] = frozenset()
    roles: frozenset[tuple[str, str]] = frozenset()
    services: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    canonical_users: frozenset[str] = frozenset()

    def grant_to(self, principal: Principal) -> Grant:
        """Return the strongest way in which the caller is listed."""
        if self.everyone:
            return Grant.DIRECT
        match principal.kind:
            case PrincipalKind.ANONYMOUS:
                return Grant.NONE
            case PrincipalKind.SERVICE:
                return self._direct(principal.arn in self.services)
            case PrincipalKind.IDENTITY_PROVIDER:
                return self._direct(principal.arn in self.providers)
            case PrincipalKind.USER:
                if principal.arn in self.arns:
                    return Grant.DIRECT
            case PrincipalKind.ROLE_SESSION:
                if principal.arn in self.arns:
                    return Grant.DIRECT
                if self.names_role(principal):
                    return Grant.MAKER
            case PrincipalKind.FEDERATED_USER:
                if principal.arn in self.arns:
                    return Grant.DIRECT
                if principal.issuer_arn in self.arns:
                    return Grant.MAKER
            case PrincipalKind.ROOT:
                pass
        return Grant.ACCOUNT if self.names_account(principal) else Grant.NONE

    def names_account(self, principal: Principal) -> bool:
        """Whether the caller's account is listed, by its id, its root or its canonical user."""
        if principal.account_id in self.accounts:
            return True
        return bool(principal.canonical_user_id) and principal.canonical_user_id in self.canonical_users

    def names_role(self, principal: Principal) -> bool:
        """Whether the role that the caller is a session of is listed."""
        if principal.role_arn:
            return principal.role_arn in self.arns
        return (principal.account_id, principal.role_name) in self.roles

    def spares(self, principal: Principal) -> bool:
        """Whether a Deny with this list as NotPrincipal leaves the caller alone.

        All that the caller is must be listed (IAM guide, NotPrincipal): user and account; session, role and account.
        """
        if self.everyone:
            return True
        match principal.kind:
            case PrincipalKind.ANONYMOUS:
                return False
            case PrincipalKind.SERVICE | PrincipalKind.IDENTITY_PROVIDER:
                return self.grant_to(principal) is Grant.DIRECT
            case PrincipalKind.USER | PrincipalKind.FEDERATED_USER:
                return principal.arn in self.arns and self.names_account(principal)
            case PrincipalKind.ROLE_SESSION:
                return principal.arn in self.arns and self.names_role(principal) and self.names_account(principal)
            case PrincipalKind.ROOT:
                return self.names_account(principal)

    @staticmethod
    def _direct(is_listed: bool) -> Grant:
        return Grant.DIRECT if is_listed else Grant.NONE
