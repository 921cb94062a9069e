"""What -v says of a plan: the device and what named it, the calls, and what was not used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.durations import show_duration
from mfacli.domain.plan import DeviceChoice, DeviceToFind, KnownDevice, NoDevice, RoleStep, SessionTokenStep, Step
from mfacli.profiles.aws_profile import AwsProfile


def device_note(device: DeviceChoice, cloud: Cloud = Cloud.AWS) -> str:
    """Return which device gives the code, and what named it."""
    asked = {
        Cloud.AWS: "IAM is asked for the user's own",
        Cloud.TENCENT: "STS is asked whose the keys are, and with it the device",
    }[cloud]
    match device:
        case KnownDevice(device=named, origin=origin):
            return f"device {named.serial} from {origin}"
        case DeviceToFind(is_required=True):
            return f"no device is named: {asked}"
        case DeviceToFind():
            return f"no device is named: {asked} where the role demands MFA"
        case NoDevice():
            return "no device: the keys are a session's"
        case _:
            assert_never(device)


def calls(steps: Sequence[Step]) -> list[str]:
    """Return the calls that are needed where nothing is kept, in their order."""
    return [f"call {number}: {_call(step)}" for number, step in enumerate(steps, start=1)]


def _call(step: Step) -> str:
    code = ", with a code" if step.with_code else ""
    match step:
        case SessionTokenStep():
            return f"GetSessionToken for {show_duration(step.duration)}{code}"
        case RoleStep():
            return f"AssumeRole {step.role_arn} for {show_duration(step.duration)}{code}"
        case _:
            assert_never(step)


def unused(profiles: Sequence[AwsProfile]) -> list[str]:
    """Return the keys of the profiles that mfacli does not look at."""
    return [
        f"not used by mfacli in profile `{profile.name}`: " + ", ".join(f"`{key}`" for key in profile.unused)
        for profile in profiles
        if profile.unused
    ]
