"""IAM's operations on MFA devices, done for real: seeds that codes come from, and codes that are checked."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import Caller, RootPrincipal
from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.iam.asked import merged_tags, page, tag_list, tags_of, text, user_of
from mfacli.emulator.iam.qr import otpauth_link, qr_png
from mfacli.emulator.iam.users import user_result
from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import own_error
from mfacli.emulator.world.model import DeviceKind

_SEED_SIZE = 40

Parameters = Mapping[str, object]
Result = Mapping[str, object] | None


class MfaOperations:
    """What IAM answers about devices; every method takes a call's parameters and its caller."""

    def __init__(self, devices: Devices, people: People) -> None:
        self._devices = devices
        self._people = people
        self.answers: dict[str, Callable[[Parameters, Caller], Result]] = {
            "CreateVirtualMFADevice": self.create,
            "DeleteVirtualMFADevice": self.delete,
            "EnableMFADevice": self.enable,
            "ResyncMFADevice": self.resync,
            "DeactivateMFADevice": self.deactivate,
            "ListMFADevices": self.list_of_user,
            "ListVirtualMFADevices": self.list_virtual,
            "GetMFADevice": self.get,
            "TagMFADevice": self.tag,
            "UntagMFADevice": self.untag,
            "ListMFADeviceTags": self.list_tags,
        }

    def create(self, parameters: Parameters, caller: Caller) -> Result:
        """Make a virtual device with a seed that is shown this once."""
        account_id = caller.principal.account_id
        name = text(parameters, "VirtualMFADeviceName")
        seed = Secret(base64.b32encode(os.urandom(_SEED_SIZE)).decode())
        device = Device(
            serial=f"arn:aws:iam::{account_id}:mfa{text(parameters, 'Path') or '/'}{name}",
            kind=DeviceKind.VIRTUAL,
            account_id=account_id,
            name=name,
            tags=merged_tags((), tags_of(parameters)),
        )
        self._devices.create(device, seed)
        made: dict[str, object] = {
            "SerialNumber": device.serial,
            "Base32StringSeed": seed.reveal().encode(),
            "QRCodePNG": qr_png(otpauth_link(name, account_id, seed)),
            "Tags": tag_list(device.tags) or None,
        }
        return {"VirtualMFADevice": made}

    def delete(self, parameters: Parameters, caller: Caller) -> Result:
        """Remove a virtual device that is enabled for nobody."""
        self._devices.delete(text(parameters, "SerialNumber"), caller.principal.account_id)
        return None

    def enable(self, parameters: Parameters, caller: Caller) -> Result:
        """Give a device to a user who shows two successive codes."""
        user = user_of(parameters, caller, self._people)
        self._devices.enable(text(parameters, "SerialNumber"), user.account_id, user.user_id, _codes(parameters))
        return None

    def resync(self, parameters: Parameters, caller: Caller) -> Result:
        """Set a device's clock by two successive codes."""
        user = user_of(parameters, caller, self._people)
        self._devices.resync(text(parameters, "SerialNumber"), user.user_id, _codes(parameters))
        return None

    def deactivate(self, parameters: Parameters, caller: Caller) -> Result:
        """Take a device from a user."""
        user = user_of(parameters, caller, self._people)
        self._devices.deactivate(text(parameters, "SerialNumber"), user.user_id)
        return None

    def list_of_user(self, parameters: Parameters, caller: Caller) -> Result:
        """List a user's devices, the caller's where no user is named; the root user has none here."""
        if isinstance(caller.principal, RootPrincipal) and not text(parameters, "UserName"):
            return page("MFADevices", [], parameters)
        user = user_of(parameters, caller, self._people)
        found = [
            {"UserName": user.name, "SerialNumber": device.serial, "EnableDate": device.enabled_at}
            for device in self._devices.of_user(user.user_id)
        ]
        return page("MFADevices", found, parameters)

    def list_virtual(self, parameters: Parameters, caller: Caller) -> Result:
        """List an account's virtual devices: all, or those that are enabled for somebody or for nobody."""
        wanted = text(parameters, "AssignmentStatus") or "Any"
        found = [
            self._virtual(device)
            for device in self._devices.virtual_in(caller.principal.account_id)
            if wanted == "Any" or (wanted == "Assigned") == (device.owner_id is not None)
        ]
        return page("VirtualMFADevices", found, parameters)

    def get(self, parameters: Parameters, caller: Caller) -> Result:
        """Tell of a security key; IAM documents that it takes no other kind here."""
        serial = text(parameters, "SerialNumber")
        device = self._devices.find(serial)
        user = user_of(parameters, caller, self._people) if text(parameters, "UserName") else None
        found = device is not None and device.account_id == caller.principal.account_id and not device.gives_codes
        owner = self._people.user(device.account_id, device.owner_id) if device and device.owner_id else None
        if not found or device is None or owner is None or (user is not None and user != owner):
            raise own_error("NoSuchEntity", 404, f"MFA Device with serial number {serial} does not exist.")
        return {"UserName": owner.name, "SerialNumber": serial, "EnableDate": device.enabled_at}

    def tag(self, parameters: Parameters, caller: Caller) -> Result:
        """Add tags to a virtual device."""
        device = self._taggable(parameters, caller)
        self._devices.tag(device.serial, device.account_id, merged_tags(device.tags, tags_of(parameters)))
        return None

    def untag(self, parameters: Parameters, caller: Caller) -> Result:
        """Take tags from a virtual device."""
        device = self._taggable(parameters, caller)
        keys = parameters.get("TagKeys")
        gone = set(keys) if isinstance(keys, list) else set()
        self._devices.tag(device.serial, device.account_id, tuple(tag for tag in device.tags if tag[0] not in gone))
        return None

    def list_tags(self, parameters: Parameters, caller: Caller) -> Result:
        """List a virtual device's tags."""
        return page("Tags", tag_list(self._taggable(parameters, caller).tags), parameters)

    def _taggable(self, parameters: Parameters, caller: Caller) -> Device:
        serial = text(parameters, "SerialNumber")
        device = self._devices.find(serial)
        in_account = device is not None and device.account_id == caller.principal.account_id
        if device is None or not in_account or device.kind is not DeviceKind.VIRTUAL:
            raise own_error("NoSuchEntity", 404, f"MFA Device with serial number {serial} does not exist.")
        return device

    def _virtual(self, device: Device) -> Mapping[str, object]:
        owner = self._people.user(device.account_id, device.owner_id) if device.owner_id else None
        return {
            "SerialNumber": device.serial,
            "User": user_result(owner, self._people) if owner else None,
            "EnableDate": device.enabled_at,
        }


def _codes(parameters: Parameters) -> tuple[str, str]:
    return text(parameters, "AuthenticationCode1"), text(parameters, "AuthenticationCode2")
