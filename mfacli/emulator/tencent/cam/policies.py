"""CAM's policies: an account's own, and the preset ones that nobody can change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from mfacli.emulator.tencent.cam.documents import description_of, document_of
from mfacli.emulator.tencent.cam.found import Found, need, number, owner_of, page_of, unused, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import missing, own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import Holder, HolderKind, Policy
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids
from mfacli.policy.document import PolicyKind

_NAME = re.compile(r"[\w+=,.@-]{1,128}")
_PAGE = ("Page", "Rp")
_MOST_POLICIES = 1_500
_SCOPES = {"All": (False, True), "QCS": (True,), "Local": (False,)}
_OWN, _PRESET = 1, 2
_BY_SYNTAX = 2
_RELATED = {HolderKind.USER: 1, HolderKind.GROUP: 2, HolderKind.ROLE: 3}
_ENTITIES = {
    "All": tuple(HolderKind),
    "User": (HolderKind.USER,),
    "Group": (HolderKind.GROUP,),
    "Role": (HolderKind.ROLE,),
}


class Policies:
    """The actions about policies."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        one = ("PolicyId",)
        return {
            "CreatePolicy": Action(
                shape=Shape(required=("PolicyName", "PolicyDocument"), optional=("Description",)),
                needs=on_anything,
                answer=self._create,
            ),
            "UpdatePolicy": Action(
                shape=Shape(optional=(*one, "PolicyName", "PolicyDocument", "Description")),
                needs=self._needs_of_meant,
                answer=self._update,
            ),
            "GetPolicy": Action(shape=Shape(required=one), needs=_needs, answer=self._get),
            "ListPolicies": Action(
                shape=Shape(optional=(*_PAGE, "Scope", "Keyword")), needs=on_anything, answer=self._list
            ),
            "DeletePolicy": Action(shape=Shape(required=one), needs=_needs_of_all, answer=self._delete),
            "ListEntitiesForPolicy": Action(
                shape=Shape(required=one, optional=(*_PAGE, "EntityFilter")), needs=_needs, answer=self._entities
            ),
        }

    def _create(self, asked: Asked, given: Given) -> Result:
        owner_uin, now = owner_of(asked), self._town.now()
        text, description = document_of(given, PolicyKind.IDENTITY), description_of(given) or ""
        with self._town.guard:
            name = self._new_name(asked, given)
            policy = Policy(
                policy_id=unused(
                    lambda: tencent_ids.policy_id(owner_uin), partial(self._town.policies.find, owner_uin)
                ),
                name=name,
                text=text,
                created_at=now,
                updated_at=now,
                description=description,
            )
            self._town.policies.put(owner_uin, policy)
        return {"PolicyId": policy.policy_id}

    def _new_name(self, asked: Asked, given: Given) -> str:
        name, others = given.text("PolicyName"), self._town.policies.of_account(owner_of(asked))
        if not _NAME.fullmatch(name):
            raise own_error(
                "InvalidParameter.PolicyNameError", "The policy name is invalid.", "PolicyName 字段不合法。"
            )
        if any(policy.name == name for policy in others):
            raise own_error("FailedOperation.PolicyNameInUse", "The policy name is in use.", "策略名已存在。")
        if len(others) >= _MOST_POLICIES:
            raise own_error(
                "FailedOperation.PolicyFull", f"The most are {_MOST_POLICIES} policies.", "用户策略数超过上限。"
            )
        return name

    def _needs_of_meant(self, asked: Asked, given: Given) -> Sequence[Need]:
        policy_id = given.integer("PolicyId")
        if policy_id is not None:
            return [need(asked, f"policyid/{policy_id}")]
        policy = self._town.policies.named(owner_of(asked), given.text("PolicyName"))
        return [need(asked, f"policyid/{policy.policy_id if policy else '*'}")]

    def _update(self, asked: Asked, given: Given) -> Result:
        """Change what is given: beside an id, a name is a new one."""
        with self._town.guard:
            policy = _own(self._found.policy_meant(asked, given))
            if "PolicyId" in given and given.optional_text("PolicyName") not in (None, policy.name):
                policy = replace(policy, name=self._new_name(asked, given))
            if "PolicyDocument" in given:
                policy = replace(policy, text=document_of(given, PolicyKind.IDENTITY))
            description = description_of(given)
            if description is not None:
                policy = replace(policy, description=description)
            self._town.policies.put(owner_of(asked), replace(policy, updated_at=self._town.now()))
        return {"PolicyId": policy.policy_id}

    def _get(self, asked: Asked, given: Given) -> Result:
        policy = self._found.policy(asked, number(given, "PolicyId"))
        return {
            "PolicyName": policy.name,
            "Description": policy.description,
            "Type": _type(policy),
            "AddTime": written(policy.created_at),
            "UpdateTime": written(policy.updated_at),
            "PolicyDocument": policy.text,
            "PresetAlias": "",
            "IsServiceLinkedRolePolicy": 0,
            "Tags": [],
        }

    def _list(self, asked: Asked, given: Given) -> Result:
        scope, keyword = given.optional_text("Scope") or "All", given.optional_text("Keyword") or ""
        if scope not in _SCOPES:
            raise own_error(
                "InvalidParameter.ScopeError", "Scope is All, QCS or Local.", "Scope 字段取值为 All、QCS 或 Local。"
            )
        found = [
            policy
            for policy in self._town.policies.of_account(owner_of(asked))
            if policy.is_preset in _SCOPES[scope] and keyword in policy.name
        ]
        listed = [self._listed(asked, policy) for policy in found[page_of(given)]]
        return {"TotalNum": len(found), "List": listed, "ServiceTypeList": []}

    def _listed(self, asked: Asked, policy: Policy) -> Mapping[str, object]:
        holders = self._holders(asked, policy)
        return {
            "PolicyId": policy.policy_id,
            "PolicyName": policy.name,
            "AddTime": written(policy.created_at),
            "UpdateTime": written(policy.updated_at),
            "Type": _type(policy),
            "Description": policy.description,
            "CreateMode": _BY_SYNTAX,
            "Attachments": sum(kind is HolderKind.USER for kind, _, _, _ in holders),
            "AttachEntityCount": len(holders),
            "ServiceType": "",
            "IsAttached": None,
            "Deactived": 0,
            "DeactivedDetail": [],
            "IsServiceLinkedPolicy": 0,
        }

    def _delete(self, asked: Asked, given: Given) -> Result:
        """Delete all or none. What CAM does to a boundary is not documented: here nobody deletes its own limit."""
        with self._town.guard:
            found = [_own(self._found.policy(asked, policy_id)) for policy_id in given.integers("PolicyId")]
            if any(self._town.policies.is_boundary(policy.policy_id) for policy in found):
                raise own_error(
                    "FailedOperation", "The policy is somebody's permissions boundary.", "该策略已被设置为权限边界。"
                )
            for policy in found:
                self._town.policies.remove(owner_of(asked), policy.policy_id)
        return {}

    def _entities(self, asked: Asked, given: Given) -> Result:
        kinds = _ENTITIES.get(given.optional_text("EntityFilter") or "All")
        if kinds is None:
            raise own_error(
                "InvalidParameter.EntityFilterError",
                "EntityFilter is All, User, Group or Role.",
                "EntityFilter 字段取值为 All、User、Group 或 Role。",
            )
        policy = self._found.policy(asked, number(given, "PolicyId"))
        found = [
            {"Id": id_, "Name": name, "Uin": uin, "RelatedType": _RELATED[kind], "AttachmentTime": at}
            for kind, (id_, uin), name, at in self._holders(asked, policy)
            if kind in kinds
        ]
        return {"TotalNum": len(found), "List": found[page_of(given)]}

    def _holders(self, asked: Asked, policy: Policy) -> Sequence[tuple[HolderKind, tuple[str, int], str, str]]:
        """Return kind, id and uin, name and time of all in the caller's account that a policy is attached to."""
        found = []
        for holder, at in self._town.policies.holders_of(policy.policy_id):
            name = self._name_of(owner_of(asked), holder)
            if name is not None:
                uin = int(holder.id) if holder.kind is HolderKind.USER else 0
                found.append((holder.kind, (holder.id, uin), name, written(at)))
        return found

    def _name_of(self, owner_uin: str, holder: Holder) -> str | None:
        """Return the name of what a preset policy is attached to; None where it is in another account."""
        one = (
            self._town.users.find(holder.id)
            if holder.kind is HolderKind.USER
            else self._town.users.group(int(holder.id))
            if holder.kind is HolderKind.GROUP
            else self._town.roles.find(owner_uin, holder.id)
        )
        return one.name if one is not None and one.owner_uin == owner_uin else None


def _needs(asked: Asked, given: Given) -> Sequence[Need]:
    return [need(asked, f"policyid/{number(given, 'PolicyId')}")]


def _needs_of_all(asked: Asked, given: Given) -> Sequence[Need]:
    ids = given.integers("PolicyId")
    if not ids:
        raise missing("PolicyId")
    return [need(asked, f"policyid/{policy_id}") for policy_id in ids]


def _own(policy: Policy) -> Policy:
    if policy.is_preset:
        raise own_error("FailedOperation.Unmodifiable", "A preset policy cannot be changed.", "预设策略禁止变更。")
    return policy


def _type(policy: Policy) -> int:
    return _PRESET if policy.is_preset else _OWN
