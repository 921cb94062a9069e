"""The people in a world's Tencent Cloud accounts: found by name for whoever runs the emulator, and listed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mfacli.domain.cloud import Cloud
from mfacli.emulator.devices import Devices
from mfacli.emulator.subjects import ROOT, Home, Subject
from mfacli.emulator.tencent.town.entities import Account, User
from mfacli.emulator.tencent.town.town import Town

_NAME = re.compile(r"qcs::cam:(?::uin/)?(?P<owner>[0-9]{1,20}):(?:uin/(?P<uin>[0-9]{1,20})|root)", re.ASCII)


class TencentNeighbours:
    """The `Neighbours` of a town."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def homes(self) -> Sequence[Home]:
        """Return the accounts."""
        return [Home(label=account.label, id=account.uin, neighbours=self) for account in self._town.accounts()]

    def plain(self, text: str) -> str | None:
        """Return `ACCOUNT:NAME` for a qcs name, by its uin: as policies write it, or GetCallerIdentity."""
        found = _NAME.fullmatch(text)
        if found is None:
            return None
        owner, uin = found["owner"], found["uin"]
        user = self._town.users.find(uin) if uin else None
        if user is None or user.owner_uin != owner:
            return f"{owner}:{ROOT if uin in (None, owner) else uin}"
        return f"{owner}:{user.name}"

    def find(self, account_id: str, name: str) -> Subject | None:
        """Return an account's user, or the account itself where it has a key."""
        account = self._town.account(account_id)
        if account is None:
            return None
        user = self._town.users.named(account_id, name)
        if user is not None:
            return self._subject(account, user.qcs, user.uin)
        is_root = name == ROOT and account.has_root_key
        return self._subject(account, account.root_qcs, account.uin) if is_root else None

    def names(self, account_id: str) -> Sequence[str]:
        """Return the names of an account's users."""
        return [user.name for user in self._town.users.of_account(account_id)]

    def _subject(self, account: Account, qcs: str, uin: str) -> Subject:
        keys = [key for key in self._town.users.keys_of(uin) if key.is_active]
        return Subject(
            cloud=Cloud.TENCENT,
            name=qcs,
            account_id=account.uin,
            region=account.region,
            key=(keys[0].secret_id, keys[0].secret_key) if keys else None,
            device_owner=uin,
        )


def tencent_summary(town: Town, devices: Devices) -> Sequence[Mapping[str, object]]:
    """Return the accounts as the control surface shows them, without any secret."""
    return [
        {
            "label": account.label,
            "uin": account.uin,
            "appid": account.appid,
            "region": account.region,
            "has_root_key": account.has_root_key,
            "has_root_device": bool(devices.of_user(account.uin)),
            "users": [_user(user, town, devices) for user in town.users.of_account(account.uin)],
            "groups": [group.name for group in town.users.groups(account.uin)],
            "roles": [role.qcs for role in town.roles.of_account(account.uin)],
            "buckets": [bucket.name for bucket in town.buckets.of_account(account.uin)],
            "instances": [
                {"id": box.instance_id, "name": box.name, "state": box.state.value}
                for box in town.instances.of_account(account.uin)
            ],
        }
        for account in town.accounts()
    ]


def _user(user: User, town: Town, devices: Devices) -> Mapping[str, object]:
    return {
        "name": user.name,
        "uin": user.uin,
        "qcs": user.qcs,
        "has_key": any(key.is_active for key in town.users.keys_of(user.uin)),
        "has_device": bool(devices.of_user(user.uin)),
    }
