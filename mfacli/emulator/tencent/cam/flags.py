"""CAM's flags: which check the console asks a user for, at login and before what is sensitive.

They say nothing of whether a device is bound, and bind none: that is done in the console only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mfacli.emulator.tencent.callers import UserPrincipal
from mfacli.emulator.tencent.cam.found import Found, need, number
from mfacli.emulator.tencent.context import uin_of
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import User
from mfacli.emulator.tencent.town.town import Town

_SETTABLE = ("Phone", "Stoken", "Wechat")
_ALL = ("Phone", "Token", "Stoken", "Wechat", "Custom", "Mail", "U2FToken", "Passkey")
_OFFSITE = ("VerifyFlag", "NotifyPhone", "NotifyEmail", "NotifyWechat", "Tips")


class Flags:
    """The actions about protection, and GetUserAppId."""

    def __init__(self, town: Town, found: Found) -> None:
        self._town = town
        self._found = found

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        return {
            "SetMfaFlag": Action(
                shape=Shape(required=("OpUin",), optional=("LoginFlag", "ActionFlag")),
                needs=lambda asked, given: _on_user(asked, given, "OpUin"),
                answer=self._set,
            ),
            "DescribeSafeAuthFlag": Action(shape=Shape(), needs=on_anything, answer=self._own),
            "DescribeSafeAuthFlagColl": Action(
                shape=Shape(required=("SubUin",)),
                needs=lambda asked, given: _on_user(asked, given, "SubUin"),
                answer=self._of_user,
            ),
            "GetUserAppId": Action(shape=Shape(), needs=on_anything, answer=self._app_id),
        }

    def _set(self, asked: Asked, given: Given) -> Result:
        login, action = _chosen(given, "LoginFlag"), _chosen(given, "ActionFlag")
        with self._town.guard:
            user = self._found.user(asked, number(given, "OpUin"))
            user = user if login is None else replace(user, login_flags=login)
            self._town.users.put(user if action is None else replace(user, action_flags=action))
        return {}

    def _own(self, asked: Asked, _given: Given) -> Result:
        principal = asked.caller.principal
        return _told(self._town.users.find(principal.uin) if isinstance(principal, UserPrincipal) else None)

    def _of_user(self, asked: Asked, given: Given) -> Result:
        return _told(self._found.user(asked, number(given, "SubUin")))

    def _app_id(self, asked: Asked, _given: Given) -> Result:
        principal = asked.caller.principal
        account = self._town.account(principal.owner_uin)
        if account is None:
            raise own_error("ResourceNotFound.UserNotExist", "The account does not exist.", "用户不存在。")
        return {"Uin": uin_of(principal), "OwnerUin": account.uin, "AppId": int(account.appid)}


def _on_user(asked: Asked, given: Given, name: str) -> Sequence[Need]:
    return [need(asked, f"uin/{number(given, name)}")]


def _chosen(given: Given, name: str) -> tuple[str, ...] | None:
    """Return the checks that are set, None where nothing is said."""
    structure = given.structure(name)
    return None if structure is None else tuple(one for one in _SETTABLE if structure.integer(one, most=1))


def _told(user: User | None) -> Result:
    login, action = (user.login_flags, user.action_flags) if user else ((), ())
    return {
        "LoginFlag": {one: int(one in login) for one in _ALL},
        "ActionFlag": {one: int(one in action) for one in _ALL},
        "OffsiteFlag": dict.fromkeys(_OFFSITE, 0),
        "PromptTrust": 0,
    }
