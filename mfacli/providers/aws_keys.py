"""IAM's operations on the access keys of the user whose keys make the call; without a name IAM takes the caller's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, Literal, TypeVar

from mfacli.domain.credentials import CloudKey, Keys, LastUse
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret
from mfacli.errors import AccessDenied, EntityMissing
from mfacli.providers.attempt import attempt_of
from mfacli.providers.aws_calls import AwsCalls

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_iam.type_defs import ListAccessKeysRequestTypeDef

AnswerT = TypeVar("AnswerT")
ResultT = TypeVar("ResultT")

# IAM's word for a key that was never used.
_NOTHING = "N/A"


class AwsKeys:
    """The `KeyLister` and `KeyMaker` for AWS."""

    def __init__(self, calls: AwsCalls) -> None:
        self._calls = calls

    def list_keys(self, *, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        """Return all access keys of the caller; see `KeyLister`."""
        found: list[CloudKey] = []
        marker: str | None = ""
        while marker is not None:
            page, marker = self._page(marker, plan, keys)
            found += page
        return found

    def _page(self, marker: str, plan: Plan, keys: Keys) -> tuple[list[CloudKey], str | None]:
        request: ListAccessKeysRequestTypeDef = {"Marker": marker} if marker else {}
        return self._ask(
            "ListAccessKeys",
            plan,
            keys,
            lambda iam: iam.list_access_keys(**request),
            lambda answer: (
                [
                    CloudKey(
                        access_key_id=each["AccessKeyId"],
                        is_active=each["Status"] == "Active",
                        created_at=each["CreateDate"].astimezone(UTC),
                    )
                    for each in answer["AccessKeyMetadata"]
                ],
                answer["Marker"] if answer.get("IsTruncated") else None,
            ),
        )

    def last_use(self, access_key_id: str, *, plan: Plan, keys: Keys) -> LastUse | None:
        """Return when the key was last used; None where policies do not allow to ask, or the key has gone."""
        with suppress(AccessDenied, EntityMissing):
            return self._ask(
                "GetAccessKeyLastUsed",
                plan,
                keys,
                lambda iam: iam.get_access_key_last_used(AccessKeyId=access_key_id)["AccessKeyLastUsed"],
                lambda used: LastUse(
                    at=used["LastUsedDate"].astimezone(UTC) if "LastUsedDate" in used else None,
                    service="" if used["ServiceName"] == _NOTHING else used["ServiceName"],
                ),
            )
        return None

    def create_key(self, *, plan: Plan, keys: Keys) -> Keys:
        """Make a new one; see `KeyMaker`."""
        return self._ask(
            "CreateAccessKey",
            plan,
            keys,
            lambda iam: iam.create_access_key()["AccessKey"],
            lambda made: Keys(access_key_id=made["AccessKeyId"], secret_access_key=Secret(made["SecretAccessKey"])),
            makes_something=True,
        )

    def switch_key(self, access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        """Activate or deactivate one."""
        status: Literal["Active", "Inactive"] = "Active" if is_active else "Inactive"
        self._ask(
            "UpdateAccessKey",
            plan,
            keys,
            lambda iam: iam.update_access_key(AccessKeyId=access_key_id, Status=status),
            lambda _: None,
        )

    def delete_key(self, access_key_id: str, *, plan: Plan, keys: Keys) -> None:
        """Delete one; it may have gone already."""
        with suppress(EntityMissing):
            self._ask(
                "DeleteAccessKey",
                plan,
                keys,
                lambda iam: iam.delete_access_key(AccessKeyId=access_key_id),
                lambda _: None,
            )

    def _ask(
        self,
        operation: str,
        plan: Plan,
        keys: Keys,
        call: Callable[[IAMClient], AnswerT],
        read: Callable[[AnswerT], ResultT],
        *,
        makes_something: bool = False,
    ) -> ResultT:
        attempt = attempt_of(operation, plan, keys)
        line = self._calls.open(attempt, lambda: self._calls.clients.iam(plan, keys))
        line.wire.makes_something = makes_something
        return self._calls.make(line, attempt, lambda: call(line.client), read)
