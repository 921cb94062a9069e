"""CAM's user groups and who is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mfacli.emulator.tencent.cam.found import NAME, Found, need, number, owner_of, page_of, unused, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import missing, own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import Group, User
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids

_PAGE = ("Page", "Rp")
_MOST_GROUPS = 300
_SUB_USER = 3


class Groups:
    """The actions about groups."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        one, info = ("GroupId",), Shape(required=("Info",))
        return {
            "CreateGroup": Action(
                shape=Shape(required=("GroupName",), optional=("Remark",)), needs=on_anything, answer=self._create
            ),
            "GetGroup": Action(shape=Shape(required=one), needs=_needs, answer=self._get),
            "ListGroups": Action(shape=Shape(optional=(*_PAGE, "Keyword")), needs=on_anything, answer=self._list),
            "UpdateGroup": Action(
                shape=Shape(required=one, optional=("GroupName", "Remark")), needs=_needs, answer=self._update
            ),
            "DeleteGroup": Action(shape=Shape(required=one), needs=_needs, answer=self._delete),
            "AddUserToGroup": Action(shape=info, needs=_needs_of_pairs, answer=self._join),
            "RemoveUserFromGroup": Action(shape=info, needs=_needs_of_pairs, answer=self._leave),
            "ListUsersForGroup": Action(
                shape=Shape(required=one, optional=_PAGE), needs=_needs, answer=self._members
            ),
            "ListGroupsForUser": Action(
                shape=Shape(optional=("Uid", "SubUin", *_PAGE)), needs=_needs_of_user, answer=self._memberships
            ),
        }

    def _create(self, asked: Asked, given: Given) -> Result:
        owner_uin = owner_of(asked)
        with self._town.guard:
            name = self._new_name(owner_uin, given)
            group = Group(
                owner_uin=owner_uin,
                group_id=unused(lambda: tencent_ids.group_id(owner_uin), self._town.users.group),
                name=name,
                created_at=self._town.now(),
                remark=given.optional_text("Remark", longest=1_024) or "",
            )
            self._town.users.put_group(group)
        return {"GroupId": group.group_id}

    def _new_name(self, owner_uin: str, given: Given) -> str:
        name = given.text("GroupName", pattern=NAME)
        if self._town.users.group_named(owner_uin, name) is not None:
            raise own_error("InvalidParameter.GroupNameInUse", "The group name is in use.", "用户组名称重复。")
        if len(self._town.users.groups(owner_uin)) >= _MOST_GROUPS:
            raise own_error(
                "InvalidParameter.GroupFull", f"The most are {_MOST_GROUPS} groups.", "用户组数量达到上限。"
            )
        return name

    def _get(self, asked: Asked, given: Given) -> Result:
        group = self._found.group(asked, number(given, "GroupId"))
        return {**_facts(group), "GroupNum": len(group.members), "UserInfo": self._people(group)}

    def _list(self, asked: Asked, given: Given) -> Result:
        keyword = given.optional_text("Keyword") or ""
        found = [group for group in self._town.users.groups(owner_of(asked)) if keyword in group.name]
        return {"TotalNum": len(found), "GroupInfo": [_facts(group) for group in found[page_of(given)]]}

    def _update(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            group = self._found.group(asked, number(given, "GroupId"))
            name, remark = given.optional_text("GroupName"), given.optional_text("Remark", longest=1_024)
            if name not in (None, group.name):
                group = replace(group, name=self._new_name(owner_of(asked), given))
            self._town.users.put_group(group if remark is None else replace(group, remark=remark))
        return {}

    def _delete(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            self._town.remove_group(self._found.group(asked, number(given, "GroupId")).group_id)
        return {}

    def _join(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            for group, user in self._pairs(asked, given):
                self._town.users.join(group.group_id, [user.uin])
        return {}

    def _leave(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            for group, user in self._pairs(asked, given):
                self._town.users.leave(group.group_id, [user.uin])
        return {}

    def _pairs(self, asked: Asked, given: Given) -> Sequence[tuple[Group, User]]:
        """Return the groups and users that a call is about; raises `Rejected` before anything is changed."""
        return [
            (self._found.group(asked, number(one, "GroupId")), self._found.user(asked, _uin(one)))
            for one in given.structures("Info")
        ]

    def _members(self, asked: Asked, given: Given) -> Result:
        people = self._people(self._found.group(asked, number(given, "GroupId")))
        return {"TotalNum": len(people), "UserInfo": people[page_of(given)]}

    def _memberships(self, asked: Asked, given: Given) -> Result:
        user = self._found.user(asked, _uin(given, "SubUin"))
        found = self._town.users.groups_of(user.uin)
        return {"TotalNum": len(found), "GroupInfo": [_facts(group) for group in found[page_of(given)]]}

    def _people(self, group: Group) -> Sequence[Mapping[str, object]]:
        users = [user for uin in group.members if (user := self._town.users.find(uin)) is not None]
        return [
            {
                "Uid": int(user.uin),
                "Uin": int(user.uin),
                "Name": user.name,
                "PhoneNum": user.phone,
                "CountryCode": user.country_code,
                "PhoneFlag": 0,
                "Email": user.email,
                "EmailFlag": 0,
                "UserType": _SUB_USER,
                "CreateTime": written(user.created_at),
                "IsReceiverOwner": 0,
            }
            for user in users
        ]


def _needs(asked: Asked, given: Given) -> Sequence[Need]:
    return [need(asked, f"groupid/{number(given, 'GroupId')}")]


def _needs_of_pairs(asked: Asked, given: Given) -> Sequence[Need]:
    pairs = given.structures("Info")
    if not pairs:
        raise missing("Info")
    groups = dict.fromkeys(number(one, "GroupId") for one in pairs)
    return [need(asked, f"groupid/{group_id}") for group_id in groups]


def _needs_of_user(asked: Asked, given: Given) -> Sequence[Need]:
    return [need(asked, f"uin/{_uin(given, 'SubUin')}")]


def _uin(given: Given, name: str = "Uin") -> int:
    """Return a user's uin, which may come as its Uid; raises `Rejected` where neither is given."""
    uin, uid = given.integer(name), given.integer("Uid")
    found = uid if uin is None else uin
    if found is None:
        message = f"Either {name} or Uid must be given."
        raise own_error("InvalidParameter.UserUinAndUinNotAllNull", message, "用户的Uin和Uid不能都为空。")
    return found


def _facts(group: Group) -> dict[str, object]:
    return {
        "GroupId": group.group_id,
        "GroupName": group.name,
        "Remark": group.remark,
        "CreateTime": written(group.created_at),
    }
