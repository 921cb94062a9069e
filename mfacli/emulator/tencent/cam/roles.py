"""CAM's roles and their trust policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from mfacli.emulator.tencent.cam.documents import description_of, document_of
from mfacli.emulator.tencent.cam.found import Found, owner_of, page_of, switch, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Result, Shape
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import Role
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.tencent_model import LONGEST_ROLE_SESSION
from mfacli.policy.document import PolicyKind

_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,128}", re.ASCII)
_EITHER = ("RoleId", "RoleName")
_MOST_ROLES = 1_000
_LONGEST_SECONDS = int(LONGEST_ROLE_SESSION.total_seconds())


class Roles:
    """The actions about roles."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        needs = self._found.needs_role
        return {
            "CreateRole": Action(
                shape=Shape(
                    required=("RoleName", "PolicyDocument"),
                    optional=("Description", "ConsoleLogin", "SessionDuration"),
                ),
                needs=on_anything,
                answer=self._create,
            ),
            "GetRole": Action(shape=Shape(optional=_EITHER), needs=needs, answer=self._get),
            "DescribeRoleList": Action(shape=Shape(required=("Page", "Rp")), needs=on_anything, answer=self._list),
            "UpdateAssumeRolePolicy": Action(
                shape=Shape(required=("PolicyDocument",), optional=_EITHER), needs=needs, answer=self._update
            ),
            "UpdateRoleDescription": Action(
                shape=Shape(required=("Description",), optional=_EITHER), needs=needs, answer=self._update
            ),
            "UpdateRoleSessionDuration": Action(
                shape=Shape(required=("SessionDuration",), optional=_EITHER), needs=needs, answer=self._update
            ),
            "DeleteRole": Action(shape=Shape(optional=_EITHER), needs=needs, answer=self._delete),
        }

    def _create(self, asked: Asked, given: Given) -> Result:
        owner_uin, now = owner_of(asked), self._town.now()
        trust, description = document_of(given, PolicyKind.TRUST), description_of(given)
        longest, has_console = _longest(given), bool(switch(given, "ConsoleLogin"))
        with self._town.guard:
            name = self._new_name(owner_uin, given)
            role = Role(
                owner_uin=owner_uin,
                role_id=tencent_ids.role_id(owner_uin),
                name=name,
                trust=trust,
                created_at=now,
                updated_at=now,
                longest_session=longest or LONGEST_ROLE_SESSION,
                description=description or "",
                has_console=has_console,
            )
            self._town.roles.put(role)
        return {"RoleId": role.role_id}

    def _new_name(self, owner_uin: str, given: Given) -> str:
        name = given.text("RoleName")
        if not _NAME.fullmatch(name):
            raise own_error("InvalidParameter.RoleNameError", "The role name is invalid.", "角色名不合法。")
        if self._town.roles.named(owner_uin, name) is not None:
            raise own_error("InvalidParameter.RoleNameInUse", "The role name is in use.", "相同名称的角色已存在。")
        if len(self._town.roles.of_account(owner_uin)) >= _MOST_ROLES:
            raise own_error("InvalidParameter.RoleFull", f"The most are {_MOST_ROLES} roles.", "角色数量达到上限。")
        return name

    def _get(self, asked: Asked, given: Given) -> Result:
        return {"RoleInfo": _facts(self._found.role(asked, given))}

    def _list(self, asked: Asked, given: Given) -> Result:
        found = self._town.roles.of_account(owner_of(asked))
        return {"TotalNum": len(found), "List": [_facts(role) for role in found[page_of(given)]]}

    def _update(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            role = self._found.role(asked, given)
            if "PolicyDocument" in given:
                role = replace(role, trust=document_of(given, PolicyKind.TRUST))
            description, longest = description_of(given), _longest(given)
            role = role if description is None else replace(role, description=description)
            role = role if longest is None else replace(role, longest_session=longest)
            self._town.roles.put(replace(role, updated_at=self._town.now()))
        return {}

    def _delete(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            self._town.remove_role(self._found.role(asked, given).role_id)
        return {}


def _longest(given: Given) -> timedelta | None:
    """Return how long a role's sessions may last; 0 stands for the longest there is."""
    seconds = given.integer("SessionDuration", most=_LONGEST_SECONDS)
    return None if seconds is None else timedelta(seconds=seconds or _LONGEST_SECONDS)


def _facts(role: Role) -> Mapping[str, object]:
    return {
        "RoleId": role.role_id,
        "RoleName": role.name,
        "RoleArn": role.qcs,
        "PolicyDocument": role.trust,
        "Description": role.description,
        "AddTime": written(role.created_at),
        "UpdateTime": written(role.updated_at),
        "ConsoleLogin": int(role.has_console),
        "RoleType": "user",
        "SessionDuration": int(role.longest_session.total_seconds()),
        "DeletionTaskId": None,
        "Tags": [],
    }
