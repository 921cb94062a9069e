"""Looks up users, roles, groups and keys where moto keeps them: a change counts from the next request on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfacli.domain.identity import parse_arn
from mfacli.domain.secret import Secret
from mfacli.emulator.callers import Principal, RolePrincipal, UserPrincipal
from mfacli.emulator.contracts import NamedPolicy
from mfacli.emulator.plane.identities import managed_policy
from mfacli.emulator.plane.moto_world import MotoWorld

if TYPE_CHECKING:
    from moto.iam.models import Group, IAMBackend, Role, User

# What stands for a boundary that has been deleted: nothing is inside it.
_NOTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class UserKey:
    """A user's access key."""

    owner: UserPrincipal
    secret: Secret
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """What AssumeRole must know of a role."""

    account_id: str
    name: str
    path: str
    id: str
    longest_session_seconds: int


class People:
    """The world's IAM, read under moto's lock."""

    def __init__(self, moto: MotoWorld) -> None:
        self._moto = moto
        # moto has no room for a user's permissions boundary: user ids to policy ARNs.
        self._boundaries: dict[str, str] = {}

    @contextmanager
    def account(self, account_id: str) -> Iterator[IAMBackend]:
        """Have an account's IAM for the length of a `with`; raises `KeyError` for an account that is not there."""
        if account_id not in self._moto.account_ids:
            raise KeyError(account_id)
        with self._moto.entered("iam"):
            from moto.iam.models import iam_backends

            yield iam_backends[account_id]["aws"]

    def user(self, account_id: str, user_id: str) -> UserPrincipal | None:
        """Return the user with this id under its present name, or None where it has been deleted."""
        with self.account(account_id) as iam:
            found = _user(iam, user_id)
            return _principal(account_id, found) if found else None

    def users(self, account_id: str) -> Sequence[UserPrincipal]:
        """Return an account's users."""
        with self.account(account_id) as iam:
            return [_principal(account_id, user) for user in iam.users.values()]

    def role_arns(self, account_id: str) -> Sequence[str]:
        """Return the ARNs of an account's roles."""
        with self.account(account_id) as iam:
            return [role.arn for role in iam.roles.values()]

    def user_named(self, account_id: str, name: str) -> UserPrincipal | None:
        """Return the user with this name, or None."""
        with self.account(account_id) as iam:
            found = iam.users.get(name)
            return _principal(account_id, found) if found else None

    def key(self, account_id: str, access_key_id: str) -> UserKey | None:
        """Return a user's access key, or None."""
        with self.account(account_id) as iam:
            for user in iam.users.values():
                for key in user.access_keys:
                    if key.access_key_id == access_key_id:
                        return UserKey(
                            owner=_principal(account_id, user),
                            secret=Secret(key.secret_access_key),
                            is_active=key.status == "Active",
                        )
        return None

    def first_key(self, account_id: str, user_name: str) -> tuple[str, Secret] | None:
        """Return a user's first active access key, or None."""
        with self.account(account_id) as iam:
            for key in iam.users[user_name].access_keys:
                if key.status == "Active":
                    return key.access_key_id, Secret(key.secret_access_key)
        return None

    def role(self, role_arn: str) -> RoleFacts | None:
        """Return the role with this ARN, or None."""
        with self._role(role_arn) as role:
            if role is None:
                return None
            return RoleFacts(
                account_id=role.account_id,
                name=role.name,
                path=role.path,
                id=role.id,
                longest_session_seconds=int(role.max_session_duration or 3600),
            )

    def has_role(self, account_id: str, role_id: str) -> bool:
        """Return whether the role with this id is still there."""
        with self.account(account_id) as iam:
            return role_id in iam.roles

    def policies(self, principal: Principal) -> Sequence[NamedPolicy]:
        """Return the user's, its groups' or the role's policies; nothing for others and for the deleted."""
        if not isinstance(principal, UserPrincipal | RolePrincipal):
            return ()
        with self.account(principal.account_id) as iam:
            if isinstance(principal, RolePrincipal):
                role = iam.roles.get(principal.role_id)
                return _policies(role) if role else ()
            user = _user(iam, principal.user_id)
            if user is None:
                return ()
            holders: list[User | Group] = [user, *(group for group in iam.groups.values() if user in group.users)]
            return [policy for holder in holders for policy in _policies(holder)]

    def boundary(self, principal: Principal) -> NamedPolicy | None:
        """Return the permissions boundary of the user or role, or None."""
        if not isinstance(principal, UserPrincipal | RolePrincipal):
            return None
        with self.account(principal.account_id) as iam:
            if isinstance(principal, RolePrincipal):
                role = iam.roles.get(principal.role_id)
                arn = role.permissions_boundary_arn if role else None
            else:
                arn = self._boundaries.get(principal.user_id)
            if not arn:
                return None
            text = policy_text(iam, arn)
            return NamedPolicy(name=arn.rsplit("/", 1)[-1], text=_NOTHING if text is None else text, arn=arn)

    def boundary_arn(self, user_id: str) -> str | None:
        """Return the ARN of a user's permissions boundary, or None."""
        return self._boundaries.get(user_id)

    def set_boundary(self, user_id: str, arn: str | None) -> None:
        """Set a user's permissions boundary, or with None take it away."""
        if arn is None:
            self._boundaries.pop(user_id, None)
        else:
            self._boundaries[user_id] = arn

    def replace_boundaries(self, boundaries: Mapping[str, str]) -> None:
        """Have exactly these boundaries: policy ARNs by user id."""
        self._boundaries = dict(boundaries)

    def trust(self, role_arn: str) -> NamedPolicy | None:
        """Return a role's trust policy, or None where there is no such role."""
        with self._role(role_arn) as role:
            return NamedPolicy(name=role.name, text=role.assume_role_policy_document) if role else None

    @contextmanager
    def _role(self, role_arn: str) -> Iterator[Role | None]:
        arn = parse_arn(role_arn)
        if arn is None or arn.service != "iam" or arn.account_id not in self._moto.account_ids:
            yield None
            return
        with self.account(arn.account_id) as iam:
            yield next((role for role in iam.roles.values() if role.arn == role_arn), None)

    def managed(self, account_id: str, arn: str) -> NamedPolicy | None:
        """Return a managed policy that principals of the account may be given, or None."""
        with self.account(account_id) as iam:
            text = policy_text(iam, arn)
            return None if text is None else NamedPolicy(name=arn.rsplit("/", 1)[-1], text=text, arn=arn)

    def tags(self, principal: Principal) -> Mapping[str, str]:
        """Return the tags of the user or role."""
        if not isinstance(principal, UserPrincipal | RolePrincipal):
            return {}
        with self.account(principal.account_id) as iam:
            if isinstance(principal, RolePrincipal):
                role = iam.roles.get(principal.role_id)
                return _as_mapping(role.tags if role else None)
            user = _user(iam, principal.user_id)
            return _as_mapping(user.tags if user else None)


def policy_text(iam: IAMBackend, arn: str) -> str | None:
    """Return the default version of a managed policy, or None where there is no such policy."""
    try:
        policy = managed_policy(iam, arn)
    except KeyError:
        return None
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            return version.document
    return None


def _policies(holder: User | Group | Role) -> list[NamedPolicy]:
    inline = [NamedPolicy(name=name, text=text) for name, text in holder.policies.items()]
    iam = holder.managed_policies
    attached = [
        NamedPolicy(name=policy.name, text=text, arn=policy.arn)
        for policy in iam.values()
        if (text := policy_text(policy.backend, policy.arn)) is not None
    ]
    return inline + attached


def _user(iam: IAMBackend, user_id: str) -> User | None:
    return next((user for user in iam.users.values() if user.id == user_id), None)


def _principal(account_id: str, user: User) -> UserPrincipal:
    return UserPrincipal(account_id=account_id, name=user.name, path=user.path, user_id=user.id)


def _as_mapping(tags: Sequence[Mapping[str, str]] | None) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
