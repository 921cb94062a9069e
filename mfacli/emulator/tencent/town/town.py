"""A world's Tencent Cloud accounts, alive: made from the world file, changed by calls, brought back by a reset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock

from mfacli.emulator.tencent.callers import FederatedPrincipal, Principal, RolePrincipal, UserPrincipal
from mfacli.emulator.tencent.town import founding
from mfacli.emulator.tencent.town.buckets import Buckets
from mfacli.emulator.tencent.town.entities import Account, Holder, HolderKind, Policy
from mfacli.emulator.tencent.town.instances import Instances
from mfacli.emulator.tencent.town.policies import Policies
from mfacli.emulator.tencent.town.roles import Roles
from mfacli.emulator.tencent.town.users import Users
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import World


class Town:
    """Everything that is in the accounts. Safe among threads.

    Each part's own methods are whole in themselves; whoever looks first and acts then holds `guard` meanwhile.
    """

    def __init__(
        self,
        world: World,
        key: WorldKey,
        *,
        now: Callable[[], datetime],
        dated: Callable[[], datetime] | None = None,
    ) -> None:
        self.guard = RLock()
        self.users = Users(self.guard, key)
        self.policies = Policies(self.guard)
        self.roles = Roles(self.guard)
        self.instances = Instances(self.guard, now=now)
        self.buckets = Buckets(self.guard)
        self._world = world
        self._now = now
        self._dated = dated or now
        self._accounts = {
            spec.uin: Account(
                label=spec.label,
                uin=spec.uin,
                appid=spec.appid,
                region=spec.region,
                has_root_key=spec.has_root_key,
            )
            for spec in world.tencent_accounts
        }
        self.reset()

    def reset(self) -> None:
        """Bring everything back to the world file."""
        at = self.now()
        with self.guard:
            for part in (self.users, self.policies, self.roles, self.instances, self.buckets):
                part.clear()
            for spec in self._world.tencent_accounts:
                founding.found(self, spec, at=at)

    def now(self) -> datetime:
        """Return the world's time in whole seconds, for what is made now."""
        return self._now().replace(microsecond=0)

    def date(self) -> datetime:
        """Return what the Date header says, in whole seconds: what clients hold the age of a key against."""
        return self._dated().replace(microsecond=0)

    def accounts(self) -> Sequence[Account]:
        """Return the accounts in the order of the world file."""
        return tuple(self._accounts.values())

    def account(self, uin: str) -> Account | None:
        """Return the account with this uin."""
        return self._accounts.get(uin)

    def account_of_appid(self, appid: str) -> Account | None:
        """Return the account that COS calls so."""
        return next((account for account in self._accounts.values() if account.appid == appid), None)

    def identity_policies(self, principal: Principal) -> Sequence[Policy]:
        """Return the policies of a user and its groups, or of a role; a federated user has its maker's."""
        with self.guard:
            holders = [holder] if (holder := _holder(principal)) else []
            if isinstance(principal, UserPrincipal | FederatedPrincipal):
                groups = self.users.groups_of(principal.uin)
                holders += [Holder(HolderKind.GROUP, str(group.group_id)) for group in groups]
            attached = [self.policies.attached_to(principal.owner_uin, holder) for holder in holders]
            return [policy for found in attached for policy, _ in found]

    def boundary(self, principal: Principal) -> Policy | None:
        """Return the permissions boundary of a user or role."""
        holder = _holder(principal)
        return None if holder is None else self.policies.boundary(principal.owner_uin, holder)

    def remove_user(self, uin: str) -> None:
        """Remove a user with its keys, its memberships and its attachments."""
        with self.guard:
            self.users.remove(uin)
            self.policies.forget(Holder(HolderKind.USER, uin))

    def remove_group(self, group_id: int) -> None:
        """Remove a group with its attachments."""
        with self.guard:
            self.users.remove_group(group_id)
            self.policies.forget(Holder(HolderKind.GROUP, str(group_id)))

    def remove_role(self, role_id: str) -> None:
        """Remove a role with its attachments."""
        with self.guard:
            self.roles.remove(role_id)
            self.policies.forget(Holder(HolderKind.ROLE, role_id))

    def present(self, principal: Principal) -> Principal | None:
        """Return who a session's principal is today; None where its user, role or account has gone."""
        if principal.owner_uin not in self._accounts:
            return None
        match principal:
            case UserPrincipal(uin=uin):
                user = self.users.find(uin)
                return user.principal if user else None
            case RolePrincipal(owner_uin=owner, role_id=role_id):
                role = self.roles.find(owner, role_id)
                return replace(principal, role_name=role.name) if role else None
            case FederatedPrincipal(owner_uin=owner, uin=uin):
                return principal if uin == owner or self.users.find(uin) else None
            case _:
                return principal


def _holder(principal: Principal) -> Holder | None:
    match principal:
        case UserPrincipal(uin=uin) | FederatedPrincipal(uin=uin):
            return Holder(HolderKind.USER, uin)
        case RolePrincipal(role_id=role_id):
            return Holder(HolderKind.ROLE, role_id)
        case _:
            return None
