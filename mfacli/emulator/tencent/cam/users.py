"""CAM's sub-users. A user's Uid, a second number in the cloud, is here its uin again; passwords open nothing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mfacli.emulator.tencent.cam.found import NAME, Found, owner_of, switch, unused, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import User
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids

_MOST_USERS = 1_000
_ABOUT = ("Remark", "ConsoleLogin", "Password", "NeedResetPassword", "PhoneNum", "CountryCode", "Email")


class Users:
    """The actions about users."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        named = Shape(required=("Name",))
        return {
            "AddUser": Action(
                shape=Shape(required=("Name",), optional=(*_ABOUT, "UseApi")), needs=on_anything, answer=self._add
            ),
            "GetUser": Action(shape=named, needs=self._found.needs_named, answer=self._get),
            "ListUsers": Action(shape=Shape(), needs=on_anything, answer=self._list),
            "UpdateUser": Action(
                shape=Shape(required=("Name",), optional=_ABOUT), needs=self._found.needs_named, answer=self._update
            ),
            "DeleteUser": Action(
                shape=Shape(required=("Name",), optional=("Force",)), needs=self._needs_to_delete, answer=self._delete
            ),
        }

    def _add(self, asked: Asked, given: Given) -> Result:
        owner_uin, has_key = owner_of(asked), switch(given, "UseApi")
        password = given.optional_text("Password")
        with self._town.guard:
            name = self._new_name(owner_uin, given)
            user = _described(
                User(
                    owner_uin=owner_uin,
                    uin=unused(lambda: tencent_ids.sub_uin(owner_uin), self._town.users.find),
                    name=name,
                    created_at=self._town.now(),
                ),
                given,
            )
            self._town.users.put(user)
            key = self._town.users.add_key(owner_uin, user.uin, at=self._town.date()) if has_key else None
        return {
            "Uin": int(user.uin),
            "Uid": int(user.uin),
            "Name": user.name,
            "Password": secrets.token_urlsafe(24) if user.has_console and not password else password or "",
            "SecretId": key.secret_id if key else "",
            "SecretKey": key.secret_key.reveal() if key else "",
        }

    def _new_name(self, owner_uin: str, given: Given) -> str:
        name = given.text("Name")
        others = self._town.users.of_account(owner_uin)
        if not re.fullmatch(NAME, name):
            raise own_error("InvalidParameter.UserNameIllegal", "The user name is invalid.", "用户名不合法。")
        if any(user.name == name for user in others):
            raise own_error("InvalidParameter.SubUserNameInUse", "The user name is in use.", "子用户名称重复。")
        if len(others) >= _MOST_USERS:
            raise own_error(
                "InvalidParameter.SubUserFull", f"The most are {_MOST_USERS} users.", "子账号数量达到上限。"
            )
        return name

    def _get(self, asked: Asked, given: Given) -> Result:
        user = self._found.user_named(asked, given)
        return {**_facts(user), "RecentlyLoginIP": "", "RecentlyLoginTime": ""}

    def _list(self, asked: Asked, _given: Given) -> Result:
        return {
            "Data": [
                {**_facts(user), "CreateTime": written(user.created_at), "NickName": user.name}
                for user in self._town.users.of_account(owner_of(asked))
            ]
        }

    def _update(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            self._town.users.put(_described(self._found.user_named(asked, given), given))
        return {}

    def _needs_to_delete(self, asked: Asked, given: Given) -> Sequence[Need]:
        """Return the permission on the user; to delete its keys with it takes another."""
        needs = self._found.needs_named(asked, given)
        if not switch(given, "Force"):
            return needs
        return [*needs, *(replace(one, action="cam:DeleteApiKey") for one in needs)]

    def _delete(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            user = self._found.user_named(asked, given)
            if self._town.users.keys_of(user.uin) and not switch(given, "Force"):
                message = "The user still has API keys: delete them first, or set Force to 1."
                raise own_error("OperationDenied.HaveKeys", message, "存在未删除的API密钥。")
            self._town.remove_user(user.uin)
        return {}


def _described(user: User, given: Given) -> User:
    """Return a user with what a call says of it; what it does not say stays."""
    has_console = switch(given, "ConsoleLogin")
    switch(given, "NeedResetPassword")
    return replace(
        user,
        remark=_either(given, "Remark", user.remark),
        phone=_either(given, "PhoneNum", user.phone),
        country_code=_either(given, "CountryCode", user.country_code),
        email=_either(given, "Email", user.email),
        has_console=user.has_console if has_console is None else has_console,
    )


def _either(given: Given, name: str, before: str) -> str:
    value = given.optional_text(name, longest=1_024)
    return before if value is None else value


def _facts(user: User) -> dict[str, object]:
    return {
        "Uin": int(user.uin),
        "Uid": int(user.uin),
        "Name": user.name,
        "Remark": user.remark,
        "ConsoleLogin": int(user.has_console),
        "PhoneNum": user.phone,
        "CountryCode": user.country_code,
        "Email": user.email,
    }
