"""Which MFA device a plan has, and which session its code has bought already. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.domain.identity import parse_device
from mfacli.domain.plan import (
    DeviceChoice,
    DeviceToFind,
    ExportedSession,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Request,
)
from mfacli.errors import DeviceUnusable, UsageWrong
from mfacli.profiles.aws_profile import AwsProfile


def device_choice(
    request: Request,
    profiles: Sequence[AwsProfile],
    environment: Mapping[str, str],
    *,
    are_temporary: bool,
    is_required: bool,
) -> DeviceChoice:
    """Choose the device: the flag's, AWS_MFA_SERIAL's, then that of the profiles, the one asked for first.

    Keys that `are_temporary` take no code. Where nobody names a device, IAM is asked for it if it `is_required`.
    """
    if are_temporary:
        if request.device is not None:
            raise UsageWrong("--device cannot be used: the profile's keys are a session's, which take no code")
        return NoDevice()
    if request.device is not None:
        return _known(request.device, "--device")
    if serial := environment.get("AWS_MFA_SERIAL", ""):
        return _known(serial, "AWS_MFA_SERIAL")
    for profile in profiles:
        if profile.mfa_serial:
            return _known(profile.mfa_serial, f"mfa_serial of profile {profile.name}", profile)
    return DeviceToFind(is_required=is_required)


def _known(serial: str, origin: str, profile: AwsProfile | None = None) -> KnownDevice:
    try:
        return KnownDevice(device=parse_device(serial), origin=origin)
    except DeviceUnusable as problem:
        place = f", {profile.places['mfa_serial']}" if profile else ""
        raise DeviceUnusable(f"{problem.message} ({origin}{place})", hint=problem.hint) from problem


def opening_behind(exported: ExportedSession | None, source: KeySource, device: DeviceChoice) -> str:
    """Return the fingerprint of the MFA session kept for keys that the environment's session hides; else nothing."""
    if exported is None or source.kind is not KeysFrom.ENVIRONMENT or source.access_key_id != exported.opened_with:
        return ""
    is_another = isinstance(device, KnownDevice) and device.device.serial != exported.device
    return "" if is_another else exported.opening_kept_as
