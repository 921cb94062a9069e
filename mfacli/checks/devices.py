"""Checks whether the keys are good, and the device that a profile names its user's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, bad, good, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What the cloud said of a profile's keys and device.

    `problem` and `hint` say why it could not be asked, or what it said against them. `serials` are the usable devices
    that it lists, None where it does not tell us. `serial` is the one that the profile names, if any, and `has_seed`
    whether a seed of it is kept.
    """

    cloud: str
    profile: str
    who: str = ""
    problem: str = ""
    hint: str = ""
    serial: str = ""
    serials: tuple[str, ...] | None = None
    has_seed: bool = False


def check_device(facts: DeviceFacts) -> Iterator[Finding]:
    """Yield whether keys and device go together."""
    if facts.problem:
        yield bad(Family.DEVICES, f"profile `{facts.profile}`: {facts.problem}", facts.hint)
        return
    yield good(Family.DEVICES, f"the keys of profile `{facts.profile}` are those of {facts.who}")
    if facts.serials is None:
        if facts.serial:
            yield good(Family.DEVICES, f"the cloud does not tell whether `{facts.serial}` is theirs: a code would")
        else:
            yield warning(
                Family.DEVICES,
                f"profile `{facts.profile}` names no device, and the cloud does not tell which there are",
                "add `mfa_serial` to the profile",
            )
    elif not facts.serials:
        yield bad(
            Family.DEVICES,
            f"the user of profile `{facts.profile}` has no MFA device that STS can use",
            f"mfacli device enroll -p {facts.profile}",
        )
    elif facts.serial and facts.serial not in facts.serials:
        yield bad(
            Family.DEVICES,
            f"`{facts.serial}` is no device of this user that STS can use",
            "write one of these as `mfa_serial`: " + ", ".join(facts.serials),
        )
    else:
        seed = "a seed of it is kept" if facts.has_seed else "codes are typed"
        yield good(Family.DEVICES, f"device `{facts.serial or facts.serials[0]}` is theirs; {seed}")
