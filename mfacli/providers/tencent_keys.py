"""CAM's operations on the API keys of the user whose keys make the call; without a uin CAM takes the caller's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

from mfacli.domain.credentials import CloudKey, Keys, LastUse
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret
from mfacli.errors import CloudRefused, EntityMissing
from mfacli.providers.attempt import attempt_of
from mfacli.providers.tencent_calls import TencentCalls
from mfacli.providers.tencent_requests import Request

ResultT = TypeVar("ResultT")

# CAM writes times as China's, without saying so.
_CHINA = timezone(timedelta(hours=8))
# In milliseconds: the year 2100, beyond which a number means something else.
_LATEST = 4_102_444_800_000


class TencentKeys:
    """The `KeyLister` and `KeyMaker` for Tencent Cloud."""

    def __init__(self, calls: TencentCalls) -> None:
        self._calls = calls

    def list_keys(self, *, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        """Return all API keys of the caller; see `KeyLister`."""
        return self._ask("ListAccessKeys", {}, plan, keys, _listed)

    def last_use(self, access_key_id: str, *, plan: Plan, keys: Keys) -> LastUse | None:
        """Return when the key was last used; None where CAM does not tell, which need not mean that it never was."""
        with suppress(CloudRefused):
            return self._ask("GetSecurityLastUsed", {"SecretIdList": [access_key_id]}, plan, keys, _last_use)
        return None

    def create_key(self, *, plan: Plan, keys: Keys) -> Keys:
        """Make a new one; see `KeyMaker`."""
        return self._ask("CreateAccessKey", {}, plan, keys, _made, makes_something=True)

    def switch_key(self, access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        """Activate or deactivate one."""
        request: Request = {"AccessKeyId": access_key_id, "Status": "Active" if is_active else "Inactive"}
        self._ask("UpdateAccessKey", request, plan, keys, lambda _: None)

    def delete_key(self, access_key_id: str, *, plan: Plan, keys: Keys) -> None:
        """Delete one; it may have gone already."""
        with suppress(EntityMissing):
            self._ask("DeleteAccessKey", {"AccessKeyId": access_key_id}, plan, keys, lambda _: None)

    def _ask(
        self,
        operation: str,
        request: Request,
        plan: Plan,
        keys: Keys,
        read: Callable[[Mapping[str, object]], ResultT],
        *,
        makes_something: bool = False,
    ) -> ResultT:
        return self._calls.make(
            attempt_of(operation, plan, keys),
            request,
            plan,
            keys,
            lambda answer, _: read(answer),
            service="cam",
            makes_something=makes_something,
        )


def _listed(answer: Mapping[str, object]) -> list[CloudKey]:
    match answer:
        case {"AccessKeys": [*found]}:
            return [_key(each) for each in found]
        case _:
            raise ValueError("no keys are in the answer")


def _key(found: object) -> CloudKey:
    match found:
        case {"AccessKeyId": str(key_id), "Status": str(status), **rest}:
            return CloudKey(
                access_key_id=key_id, is_active=status == "Active", created_at=_moment(rest.get("CreateTime"))
            )
        case _:
            raise ValueError("a key in the answer has no id")


def _made(answer: Mapping[str, object]) -> Keys:
    match answer:
        case {"AccessKey": {"AccessKeyId": str(key_id), "SecretAccessKey": str(secret)}} if key_id and secret:
            return Keys(access_key_id=key_id, secret_access_key=Secret(secret))
        case _:
            raise ValueError("no new key is in the answer")


def _last_use(answer: Mapping[str, object]) -> LastUse | None:
    """Return the later of the two times that CAM tells: a day, known a day after, and a moment in milliseconds."""
    match answer:
        case {"SecretIdLastUsedRows": [{**row}, *_]}:
            day, milliseconds = row.get("LastUsedDate"), row.get("LastSecretUsedDate")
            known = [
                moment for moment in (_moment(day) or _moment(f"{day} 00:00:00"), _instant(milliseconds)) if moment
            ]
            return LastUse(at=max(known)) if known else None
        case _:
            return None


def _moment(text: object) -> datetime | None:
    """Return the time that CAM has written; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA).astimezone(UTC)
    except ValueError:
        return None


def _instant(milliseconds: object) -> datetime | None:
    """Return the time that CAM has counted; None where it is none."""
    if not isinstance(milliseconds, int) or not 0 < milliseconds < _LATEST:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
