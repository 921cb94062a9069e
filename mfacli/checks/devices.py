"""Checks whether the keys are good, and the device that a profile names its user's own."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, bad, good, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What the cloud said of a profile's keys and device.

    `problem` and `hint` say why it could not be asked, or what it said against them. `account_id` is the keys'.
    `serials` are the devices that it lists and STS can use, None where it does not tell us, and `security_keys` those
    that make no codes. `wants_device` says that the profile can have one at all, and `is_required` that it does not
    go without. `serial` is the one that the profile names, if any, `serials_account` the account in it, and
    `has_seed` whether a seed of it is kept.
    """

    cloud: str
    profile: str
    who: str = ""
    problem: str = ""
    hint: str = ""
    account_id: str = ""
    wants_device: bool = True
    is_required: bool = True
    serial: str = ""
    serials_account: str = ""
    serials: tuple[str, ...] | None = None
    security_keys: tuple[str, ...] = ()
    has_seed: bool = False


def check_device(facts: DeviceFacts) -> Iterator[Finding]:
    """Yield whether keys and device go together."""
    if facts.problem:
        yield bad(Family.DEVICES, f"profile `{facts.profile}`: {facts.problem}", facts.hint)
        return
    if facts.who.endswith(":root"):
        yield warning(
            Family.DEVICES,
            f"the keys of profile `{facts.profile}` are the root user's ({facts.who}), whose sessions count as "
            "without MFA",
            "work as an IAM user with MFA, and delete the root user's keys in the console",
        )
    else:
        yield good(Family.DEVICES, f"the keys of profile `{facts.profile}` are those of {facts.who}")
    if facts.wants_device:
        yield from _device(facts)


def _device(facts: DeviceFacts) -> Iterator[Finding]:
    if facts.serials_account and facts.account_id and facts.serials_account != facts.account_id:
        yield bad(
            Family.DEVICES,
            f"`{facts.serial}` is a device in account {facts.serials_account}, and the keys of profile "
            f"`{facts.profile}` are of account {facts.account_id}",
            _choices(facts) or "write the serial of a device of this account as `mfa_serial`",
        )
    elif facts.serials is None:
        yield _untold(facts)
    elif not facts.serials:
        level = bad if facts.is_required else warning
        yield level(
            Family.DEVICES,
            f"the user of profile `{facts.profile}` has no MFA device that STS can use" + _beside(facts),
            f"mfacli device enroll -p {shlex.quote(facts.profile)}",
        )
    elif facts.serial and facts.serial not in facts.serials:
        yield bad(Family.DEVICES, f"`{facts.serial}` is no device of this user that STS can use", _choices(facts))
    else:
        seed = "a seed of it is kept" if facts.has_seed else "codes are typed"
        yield good(Family.DEVICES, f"device `{facts.serial or facts.serials[0]}` is theirs; {seed}")


def _untold(facts: DeviceFacts) -> Finding:
    if facts.serial:
        return good(Family.DEVICES, f"the cloud does not tell whether `{facts.serial}` is theirs: a code would")
    return warning(
        Family.DEVICES,
        f"profile `{facts.profile}` names no device, and the cloud does not tell which there are",
        "add `mfa_serial` to the profile",
    )


def _choices(facts: DeviceFacts) -> str:
    return "write one of these as `mfa_serial`: " + ", ".join(facts.serials) if facts.serials else ""


def _beside(facts: DeviceFacts) -> str:
    if not facts.security_keys:
        return ""
    return ": security keys and passkeys make no codes (" + ", ".join(facts.security_keys) + ")"
