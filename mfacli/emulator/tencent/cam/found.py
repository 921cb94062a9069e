"""Finds what calls of CAM name, and says which permission that takes.

What exists is named by its id: `qcs::cam::uin/OWNER:uin/SUB`, `groupid/N`, `policyid/N`, `roleName/NAME`. Where a
name finds nothing the permission is asked on all of its kind (`uin/*`), and the call refused only then. Whatever
makes something new, or lists, knows no resources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from mfacli.emulator.tencent.callers import RootPrincipal
from mfacli.emulator.tencent.context import uin_of
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need
from mfacli.emulator.tencent.refusals import Rejected, missing, own_error
from mfacli.emulator.tencent.tables import permission
from mfacli.emulator.tencent.town.entities import Group, Policy, Role, User
from mfacli.emulator.tencent.town.town import Town

Id = TypeVar("Id", int, str)
NAME = r"[\w+=,.@-]{1,64}"
_CHINA = timezone(timedelta(hours=8))
_MOST_IN_LIST = 200
_STANDARD_PAGE = 20


def owner_of(asked: Asked) -> str:
    """Return the account that a call is about: its caller's."""
    return asked.caller.principal.owner_uin


def need(asked: Asked, resource: str, *aliases: str) -> Need:
    """Return the permission that a call takes on `uin/1`, `groupid/1` and the like."""
    begin = f"qcs::cam::uin/{owner_of(asked)}:"
    return Need(
        action=permission(asked), resource=begin + resource, aliases=tuple(begin + alias for alias in aliases)
    )


def written(moment: datetime) -> str:
    """Return a time as CAM writes it, which is China's."""
    return moment.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")


def page_of(given: Given) -> slice:
    """Return which part of a list a call asks for; raises `Rejected`."""
    size = given.integer("Rp", least=1, most=_MOST_IN_LIST) or _STANDARD_PAGE
    number = given.integer("Page", least=1, most=_MOST_IN_LIST) or 1
    return slice((number - 1) * size, number * size)


def number(given: Given, name: str) -> int:
    """Return a number that a call must give; raises `Rejected`."""
    value = given.integer(name)
    if value is None:
        raise missing(name)
    return value


def switch(given: Given, name: str) -> bool | None:
    """Return whether something is asked for by a 1, or a 0; raises `Rejected` for anything else."""
    value = given.integer(name, most=1)
    return None if value is None else bool(value)


def unused(make: Callable[[], Id], holder: Callable[[Id], object]) -> Id:
    """Return an id that nothing has yet: some kinds have so few digits that two could meet."""
    while True:
        made = make()
        if holder(made) is None:
            return made


class Found:
    """Finds things of the caller's account; every method raises `Rejected` where there is none."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def user(self, asked: Asked, uin: int | str) -> User:
        """Return the user with this uin."""
        user = self._town.users.find(str(uin))
        if user is None or user.owner_uin != owner_of(asked):
            raise no_user()
        return user

    def user_named(self, asked: Asked, given: Given) -> User:
        """Return the user that `Name` names."""
        user = self._town.users.named(owner_of(asked), given.text("Name"))
        if user is None:
            raise no_user()
        return user

    def needs_named(self, asked: Asked, given: Given) -> Sequence[Need]:
        """Return the permission on the user that `Name` names."""
        user = self._town.users.named(owner_of(asked), given.text("Name"))
        return [need(asked, f"uin/{user.uin if user else '*'}")]

    def target(self, asked: Asked, given: Given) -> str:
        """Return whose keys a call is about: a user's or the account's uin, the caller's own where none is given."""
        asked_for, owner = given.integer("TargetUin"), owner_of(asked)
        uin = uin_of(asked.caller.principal) if asked_for is None else str(asked_for)
        if uin != owner:
            return self.user(asked, uin).uin
        if not isinstance(asked.caller.principal, RootPrincipal):
            message = "Sub-users may not touch the keys of the account itself."
            raise own_error("OperationDenied.SubUin", message, "子用户不允许操作主账号密钥。")
        return uin

    def needs_target(self, asked: Asked, given: Given) -> Sequence[Need]:
        """Return the permission on whose keys a call is about."""
        asked_for = given.integer("TargetUin")
        return [need(asked, f"uin/{uin_of(asked.caller.principal) if asked_for is None else asked_for}")]

    def group(self, asked: Asked, group_id: int) -> Group:
        """Return the group with this id."""
        group = self._town.users.group(group_id)
        if group is None or group.owner_uin != owner_of(asked):
            raise own_error("ResourceNotFound.GroupNotExist", "The user group does not exist.", "用户组不存在。")
        return group

    def policy(self, asked: Asked, policy_id: int) -> Policy:
        """Return the policy with this id, the account's or a preset one."""
        policy = self._town.policies.find(owner_of(asked), policy_id)
        if policy is None:
            raise no_policy()
        return policy

    def policy_meant(self, asked: Asked, given: Given) -> Policy:
        """Return the policy that `PolicyId` or `PolicyName` names."""
        policy_id = given.integer("PolicyId")
        if policy_id is not None:
            return self.policy(asked, policy_id)
        policy = self._town.policies.named(owner_of(asked), given.text("PolicyName"))
        if policy is None:
            raise no_policy()
        return policy

    def role(self, asked: Asked, given: Given, *, attached: str = "") -> Role:
        """Return the role that `RoleId` or `RoleName` names; `attached` is what may stand before both."""
        role = self._role(asked, given, attached)
        if role is None:
            raise own_error("InvalidParameter.RoleNotExist", "The role does not exist.", "角色不存在。")
        return role

    def needs_role(self, asked: Asked, given: Given, *, attached: str = "") -> Sequence[Need]:
        """Return the permission on the role that a call names."""
        role = self._role(asked, given, attached)
        if role is None:
            return [need(asked, "roleName/*", "role/*")]
        return [need(asked, f"roleName/{role.name}", f"role/{role.role_id}")]

    def _role(self, asked: Asked, given: Given, attached: str) -> Role | None:
        role_id = _id(given, f"{attached}RoleId")
        if role_id is not None:
            return self._town.roles.find(owner_of(asked), role_id)
        return self._town.roles.named(owner_of(asked), given.text(f"{attached}RoleName"))


def no_user() -> Rejected:
    """Return the refusal of a user that is not there."""
    return own_error("ResourceNotFound.UserNotExist", "The user does not exist.", "用户不存在。")


def no_policy() -> Rejected:
    """Return the refusal of a policy that is not there."""
    return own_error("InvalidParameter.PolicyIdNotExist", "The policy does not exist.", "策略ID不存在。")


def _id(given: Given, name: str) -> str | None:
    """Return a role's id, which is a text everywhere but in one action."""
    try:
        return given.optional_text(name)
    except Rejected:
        return str(number(given, name))
