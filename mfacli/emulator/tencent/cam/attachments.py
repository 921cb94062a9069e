"""What CAM's policies are attached to: users, groups and roles.

To attach takes a permission on who or what shall have the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mfacli.emulator.tencent.cam.found import Found, need, number, owner_of, page_of, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.tables import Action
from mfacli.emulator.tencent.town.entities import Holder, HolderKind, Policy
from mfacli.emulator.tencent.town.town import Town

_PAGE = ("Page", "Rp")
_BY_SYNTAX = 2
Finding = Callable[[Asked, Given, str], Holder]


class Attachments:
    """The actions that attach policies, detach them and list what is attached."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        role = ("RoleId", "RoleName")
        return {
            "AttachUserPolicy": self._changing(("PolicyId", "AttachUin"), self._user, self._attach),
            "DetachUserPolicy": self._changing(("PolicyId", "DetachUin"), self._user, self._detach),
            "AttachGroupPolicy": self._changing(("PolicyId", "AttachGroupId"), self._group, self._attach),
            "DetachGroupPolicy": self._changing(("PolicyId", "DetachGroupId"), self._group, self._detach),
            "AttachRolePolicy": self._changing_role(self._attach, "Attach"),
            "DetachRolePolicy": self._changing_role(self._detach, "Detach"),
            "ListAttachedUserPolicies": self._listing(("TargetUin",), (), self._user, _of_user),
            "ListAttachedUserAllPolicies": Action(
                shape=Shape(required=("TargetUin", "AttachType"), optional=(*_PAGE, "StrategyType", "Keyword")),
                needs=_of_user,
                answer=self._all_of_user,
            ),
            "ListAttachedGroupPolicies": self._listing(("TargetGroupId",), ("Keyword",), self._group, _of_group),
            "ListAttachedRolePolicies": self._listing(
                (), (*role, "Keyword", "PolicyType"), self._role, self._found.needs_role
            ),
        }

    def _changing(
        self,
        required: tuple[str, str],
        finding: Finding,
        change: Callable[[Policy, Holder], None],
    ) -> Action:
        name = required[1]

        def answer(asked: Asked, given: Given) -> Result:
            with self._town.guard:
                change(self._found.policy_meant(asked, given), finding(asked, given, name))
            return {}

        needs = _needs_of_group(name) if name.endswith("GroupId") else _needs_of_user(name)
        return Action(shape=Shape(required=required), needs=needs, answer=answer)

    def _changing_role(self, change: Callable[[Policy, Holder], None], begin: str) -> Action:
        def needs(asked: Asked, given: Given) -> Sequence[Need]:
            return self._found.needs_role(asked, given, attached=begin)

        def answer(asked: Asked, given: Given) -> Result:
            with self._town.guard:
                change(self._found.policy_meant(asked, given), self._role(asked, given, begin))
            return {}

        optional = ("PolicyId", "PolicyName", f"{begin}RoleId", f"{begin}RoleName")
        return Action(shape=Shape(optional=optional), needs=needs, answer=answer)

    def _listing(
        self,
        required: tuple[str, ...],
        optional: tuple[str, ...],
        finding: Finding,
        needs: Callable[[Asked, Given], Sequence[Need]],
    ) -> Action:
        name = required[0] if required else ""
        # The same description has another name where it is a role's.
        note = "Remark" if required else "Description"

        def answer(asked: Asked, given: Given) -> Result:
            wanted, keyword = given.optional_text("PolicyType", pattern="User|QCS"), given.optional_text("Keyword")
            attached = self._town.policies.attached_to(owner_of(asked), finding(asked, given, name))
            found = [
                _listed(policy, note)
                for policy, _ in attached
                if wanted in (None, _kind(policy)) and (keyword or "") in policy.name
            ]
            return {"TotalNum": len(found), "List": found[page_of(given)]}

        return Action(shape=Shape(required=required, optional=(*_PAGE, *optional)), needs=needs, answer=answer)

    def _all_of_user(self, asked: Asked, given: Given) -> Result:
        owner_uin, user = owner_of(asked), self._found.user(asked, number(given, "TargetUin"))
        how, kind = given.integer("AttachType", most=2), given.integer("StrategyType", least=1, most=2)
        keyword = given.optional_text("Keyword") or ""
        groups: dict[int, list[Mapping[str, object]]] = {}
        found: dict[int, Policy] = {}
        if how != 2:
            for policy, _ in self._town.policies.attached_to(owner_uin, Holder(HolderKind.USER, user.uin)):
                found[policy.policy_id] = policy
        for group in self._town.users.groups_of(user.uin) if how != 1 else ():
            holder = Holder(HolderKind.GROUP, str(group.group_id))
            for policy, _ in self._town.policies.attached_to(owner_uin, holder):
                found[policy.policy_id] = policy
                groups.setdefault(policy.policy_id, []).append({"GroupId": group.group_id, "GroupName": group.name})
        listed = [
            {
                "PolicyId": str(policy.policy_id),
                "PolicyName": policy.name,
                "Description": policy.description,
                "AddTime": written(policy.created_at),
                "StrategyType": "2" if policy.is_preset else "1",
                "CreateMode": str(_BY_SYNTAX),
                "Groups": groups.get(policy.policy_id, []),
                "Deactived": 0,
                "DeactivedDetail": [],
            }
            for policy in found.values()
            if kind in (None, 2 if policy.is_preset else 1) and keyword in policy.name
        ]
        return {"TotalNum": len(listed), "PolicyList": listed[page_of(given)]}

    def _attach(self, policy: Policy, holder: Holder) -> None:
        self._town.policies.attach(policy.policy_id, holder, at=self._town.now())

    def _detach(self, policy: Policy, holder: Holder) -> None:
        """Detach; that it was not attached is no error."""
        self._town.policies.detach(policy.policy_id, holder)

    def _user(self, asked: Asked, given: Given, name: str) -> Holder:
        return Holder(HolderKind.USER, self._found.user(asked, number(given, name)).uin)

    def _group(self, asked: Asked, given: Given, name: str) -> Holder:
        return Holder(HolderKind.GROUP, str(self._found.group(asked, number(given, name)).group_id))

    def _role(self, asked: Asked, given: Given, attached: str) -> Holder:
        return Holder(HolderKind.ROLE, self._found.role(asked, given, attached=attached).role_id)


def _needs_of_user(name: str) -> Callable[[Asked, Given], Sequence[Need]]:
    return lambda asked, given: [need(asked, f"uin/{number(given, name)}")]


def _needs_of_group(name: str) -> Callable[[Asked, Given], Sequence[Need]]:
    return lambda asked, given: [need(asked, f"groupid/{number(given, name)}")]


_of_user = _needs_of_user("TargetUin")
_of_group = _needs_of_group("TargetGroupId")


def _kind(policy: Policy) -> str:
    return "QCS" if policy.is_preset else "User"


def _listed(policy: Policy, note: str) -> Mapping[str, object]:
    return {
        "PolicyId": policy.policy_id,
        "PolicyName": policy.name,
        "AddTime": written(policy.created_at),
        "CreateMode": _BY_SYNTAX,
        "PolicyType": _kind(policy),
        note: policy.description,
        "Deactived": 0,
        "DeactivedDetail": [],
    }
