"""CAM's long-term keys: two of each user and of the account itself, and when each was last used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.tencent.cam.found import Found, owner_of, written
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Result, Shape
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.tables import Action, on_anything
from mfacli.emulator.tencent.town.entities import Key
from mfacli.emulator.tencent.town.town import Town

_MOST = 2
_MOST_ASKED = 10


class Keys:
    """The actions about keys."""

    def __init__(self, town: Town, found: Found, uses: KeyUses) -> None:
        self._town = town
        self._found = found
        self._uses = uses

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        needs, target = self._found.needs_target, ("TargetUin",)
        return {
            "CreateAccessKey": Action(
                shape=Shape(optional=(*target, "Description")), needs=needs, answer=self._create
            ),
            "ListAccessKeys": Action(shape=Shape(optional=target), needs=needs, answer=self._list),
            "UpdateAccessKey": Action(
                shape=Shape(required=("AccessKeyId", "Status"), optional=target), needs=needs, answer=self._update
            ),
            "DeleteAccessKey": Action(
                shape=Shape(required=("AccessKeyId",), optional=target), needs=needs, answer=self._delete
            ),
            "GetSecurityLastUsed": Action(
                shape=Shape(required=("SecretIdList",)), needs=on_anything, answer=self._last_used
            ),
        }

    def _create(self, asked: Asked, given: Given) -> Result:
        given.optional_text("Description", longest=1_024)
        with self._town.guard:
            uin = self._found.target(asked, given)
            if len(self._town.users.keys_of(uin)) >= _MOST:
                message = f"An account has at most {_MOST} keys."
                raise own_error("OperationDenied.AccessKeyOverLimit", message, f"每个账号最多支持 {_MOST} 个密钥。")
            key = self._town.users.add_key(owner_of(asked), uin, at=self._town.date())
        return {"AccessKey": {**_facts(key), "SecretAccessKey": key.secret_key.reveal()}}

    def _list(self, asked: Asked, given: Given) -> Result:
        return {"AccessKeys": [_facts(key) for key in self._town.users.keys_of(self._found.target(asked, given))]}

    def _update(self, asked: Asked, given: Given) -> Result:
        is_active = given.text("Status", pattern="Active|Inactive") == "Active"
        with self._town.guard:
            self._town.users.put_key(replace(self._key(asked, given), is_active=is_active))
        return {}

    def _delete(self, asked: Asked, given: Given) -> Result:
        with self._town.guard:
            self._town.users.remove_key(self._key(asked, given).secret_id)
        return {}

    def _last_used(self, asked: Asked, given: Given) -> Result:
        ids = given.texts("SecretIdList")
        if not 0 < len(ids) <= _MOST_ASKED:
            raise given.wrong("SecretIdList")
        return {"SecretIdLastUsedRows": [self._use(asked, secret_id) for secret_id in ids]}

    def _use(self, asked: Asked, secret_id: str) -> dict[str, object]:
        key = self._town.users.key(secret_id)
        is_theirs = key is not None and key.owner_uin == owner_of(asked)
        use = self._uses.last_of(secret_id) if is_theirs else None
        return {
            "SecretId": secret_id,
            "LastUsedDate": written(use.at)[:10] if use else None,
            "LastSecretUsedDate": int(use.at.timestamp() * 1_000) if use else None,
        }

    def _key(self, asked: Asked, given: Given) -> Key:
        uin = self._found.target(asked, given)
        key = self._town.users.key(given.text("AccessKeyId"))
        if key is None or key.owner_uin != owner_of(asked):
            raise own_error("ResourceNotFound.SecretNotExist", "The key does not exist.", "密钥不存在。")
        if key.uin != uin:
            raise own_error("OperationDenied.UinNotMatch", "The key is another user's.", "被操作密钥与账号不匹配。")
        return key


def _facts(key: Key) -> dict[str, object]:
    return {
        "AccessKeyId": key.secret_id,
        "Status": "Active" if key.is_active else "Inactive",
        "CreateTime": written(key.created_at),
    }
