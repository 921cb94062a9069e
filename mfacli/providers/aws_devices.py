"""IAM's operations on the MFA devices of the user whose keys make the call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

from mfacli.domain.codes import Code, Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan
from mfacli.domain.registered import NewDevice, RegisteredDevice
from mfacli.domain.secret import Secret
from mfacli.providers.attempt import Attempt, attempt_of
from mfacli.providers.aws_calls import AwsCalls

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_iam.type_defs import (
        EnableMFADeviceRequestTypeDef,
        ListMFADevicesRequestTypeDef,
        ListVirtualMFADevicesRequestTypeDef,
    )

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")
ResultT = TypeVar("ResultT")
Page = tuple[list[ItemT], str | None]


class AwsDevices:
    """The `DeviceRegistry` for AWS."""

    def __init__(self, calls: AwsCalls) -> None:
        self._calls = calls

    def create(self, device: Device, *, plan: Plan, keys: Keys) -> NewDevice:
        """Make the virtual device; raises `EntityExists` where its name is taken."""
        attempt = _about(device, attempt_of("CreateVirtualMFADevice", plan, keys))
        return self._ask(
            plan,
            keys,
            attempt,
            lambda iam: iam.create_virtual_mfa_device(VirtualMFADeviceName=device.name),
            lambda answer: NewDevice(
                device=Device(serial=answer["VirtualMFADevice"]["SerialNumber"]),
                seed=Seed(key=Secret(answer["VirtualMFADevice"]["Base32StringSeed"].decode("ascii").rstrip("="))),
            ),
            # Sent twice, the second answer would be that the name is taken, and the seed in the first be lost.
            is_sent_once=True,
        )

    def enable(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        """Give the device to the user; raises `CodeRejected`, and `EntityMissing` where it is too new."""
        self._ask(
            plan,
            keys,
            _with_codes("EnableMFADevice", device, codes, plan, keys),
            lambda iam: iam.enable_mfa_device(**_of_user_with_codes(device, codes, user)),
            _nothing,
            is_sent_once=True,
        )

    def resync(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        """Set the device's clock by two codes; raises `CodeRejected`."""
        self._ask(
            plan,
            keys,
            _with_codes("ResyncMFADevice", device, codes, plan, keys),
            lambda iam: iam.resync_mfa_device(**_of_user_with_codes(device, codes, user)),
            _nothing,
            is_sent_once=True,
        )

    def deactivate(self, device: Device, *, user: str, plan: Plan, keys: Keys) -> None:
        """Take the device from the user; raises `EntityMissing` where it is not theirs."""
        attempt = _about(device, attempt_of("DeactivateMFADevice", plan, keys))
        self._ask(
            plan,
            keys,
            attempt,
            lambda iam: iam.deactivate_mfa_device(UserName=user, SerialNumber=device.serial),
            _nothing,
        )

    def delete(self, device: Device, *, plan: Plan, keys: Keys) -> None:
        """Remove a virtual device that is enabled for nobody; raises `EntityExists` where it is for somebody."""
        attempt = _about(device, attempt_of("DeleteVirtualMFADevice", plan, keys))
        self._ask(
            plan, keys, attempt, lambda iam: iam.delete_virtual_mfa_device(SerialNumber=device.serial), _nothing
        )

    def of_user(self, *, plan: Plan, keys: Keys) -> Sequence[RegisteredDevice]:
        """Return the caller's devices of all kinds; without a name IAM takes the caller's own."""
        attempt = attempt_of("ListMFADevices", plan, keys)

        def page(marker: str) -> Page[RegisteredDevice]:
            request: ListMFADevicesRequestTypeDef = {"Marker": marker} if marker else {}
            return self._ask(
                plan,
                keys,
                attempt,
                lambda iam: iam.list_mfa_devices(**request),
                lambda answer: (
                    [
                        RegisteredDevice(serial=each["SerialNumber"], enabled_at=each["EnableDate"].astimezone(UTC))
                        for each in answer["MFADevices"]
                    ],
                    answer["Marker"] if answer.get("IsTruncated") else None,
                ),
            )

        return _all_pages(page)

    def unassigned(self, *, plan: Plan, keys: Keys) -> Sequence[str]:
        """Return the serials of the account's virtual devices that are enabled for nobody."""
        attempt = attempt_of("ListVirtualMFADevices", plan, keys)

        def page(marker: str) -> Page[str]:
            request: ListVirtualMFADevicesRequestTypeDef = {"AssignmentStatus": "Unassigned"}
            if marker:
                request["Marker"] = marker
            return self._ask(
                plan,
                keys,
                attempt,
                lambda iam: iam.list_virtual_mfa_devices(**request),
                lambda answer: (
                    [each["SerialNumber"] for each in answer["VirtualMFADevices"]],
                    answer["Marker"] if answer.get("IsTruncated") else None,
                ),
            )

        return _all_pages(page)

    def _ask(
        self,
        plan: Plan,
        keys: Keys,
        attempt: Attempt,
        call: Callable[[IAMClient], AnswerT],
        read: Callable[[AnswerT], ResultT],
        *,
        is_sent_once: bool = False,
    ) -> ResultT:
        line = self._calls.open(attempt, lambda: self._calls.clients.iam(plan, keys))
        # What carries a code is what the wire knows of that must not be sent again.
        line.wire.carries_code = is_sent_once
        return self._calls.make(line, attempt, lambda: call(line.client), read)


def _about(device: Device, attempt: Attempt) -> Attempt:
    return replace(attempt, thing=f"MFA device `{device.name}`", serial=device.serial)


def _with_codes(operation: str, device: Device, codes: tuple[Code, Code], plan: Plan, keys: Keys) -> Attempt:
    attempt = attempt_of(operation, plan, keys, device, codes[0])
    return _about(device, replace(attempt, secrets=(*attempt.secrets, codes[1].digits)))


def _of_user_with_codes(device: Device, codes: tuple[Code, Code], user: str) -> EnableMFADeviceRequestTypeDef:
    """Return what both operations on codes are asked with."""
    return {
        "UserName": user,
        "SerialNumber": device.serial,
        "AuthenticationCode1": codes[0].digits.reveal(),
        "AuthenticationCode2": codes[1].digits.reveal(),
    }


def _nothing(_: object) -> None:
    """Read an answer that says nothing."""


def _all_pages(page: Callable[[str], Page[ItemT]]) -> list[ItemT]:
    found: list[ItemT] = []
    marker: str | None = ""
    while marker is not None:
        items, marker = page(marker)
        found += items
    return found
