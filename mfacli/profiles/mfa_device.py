"""Which MFA device a plan has, and which session its code has bought already. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mfacli.domain.identity import Device
from mfacli.domain.plan import (
    DeviceChoice,
    DeviceToFind,
    ExportedSession,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
)
from mfacli.errors import DeviceUnusable, UsageWrong


class Naming(Protocol):
    """A profile, as far as it names a device."""

    @property
    def name(self) -> str:
        """What the profile is called."""

    @property
    def mfa_serial(self) -> str | None:
        """The serial it names."""

    def place_of(self, key: str) -> str:
        """Return where one of its keys is written, for people."""


def device_choice(
    flag: str | None,
    profiles: Sequence[Naming],
    *,
    parse: Callable[[str], Device],
    variable: tuple[str, str] = ("", ""),
    are_temporary: bool,
    is_required: bool,
) -> DeviceChoice:
    """Choose the device: the flag's, that of the `variable` (name and value), that of the profiles, in their order.

    Keys that `are_temporary` take no code. Where nobody names a device, the cloud is asked for it; `is_required` says
    whether the plan ends where it has none.
    """
    if are_temporary:
        if flag is not None:
            raise UsageWrong("--device cannot be used: the profile's keys are a session's, which take no code")
        return NoDevice()
    if flag is not None:
        return _known(flag, "--device", parse)
    if variable[1]:
        return _known(variable[1], variable[0], parse)
    for profile in profiles:
        if profile.mfa_serial:
            place = profile.place_of("mfa_serial")
            return _known(profile.mfa_serial, f"mfa_serial of profile {profile.name}", parse, f", {place}")
    return DeviceToFind(is_required=is_required)


def _known(serial: str, origin: str, parse: Callable[[str], Device], place: str = "") -> KnownDevice:
    try:
        return KnownDevice(device=parse(serial), origin=origin)
    except DeviceUnusable as problem:
        raise DeviceUnusable(f"{problem.message} ({origin}{place})", hint=problem.hint) from problem


def opening_behind(exported: ExportedSession | None, source: KeySource, device: DeviceChoice) -> str:
    """Return the fingerprint of the MFA session kept for keys that the environment's session hides; else nothing."""
    if exported is None or source.kind is not KeysFrom.ENVIRONMENT or source.access_key_id != exported.opened_with:
        return ""
    is_another = isinstance(device, KnownDevice) and device.device.serial != exported.device
    return "" if is_another else exported.opening_kept_as
