"""How long sessions last, and what their makers may call them (STS API, 1312/117839, 1312/48197, 598/33416).

No shortest duration is documented; the emulator takes any from one second on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mfacli.emulator.tencent.callers import Principal, RootPrincipal
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.refusals import Rejected, own_error

LONGEST_OF_ROOT = timedelta(seconds=7_200)
LONGEST_OF_USER = timedelta(seconds=129_600)
LONGEST_OF_ROLE = timedelta(seconds=43_200)
STANDARD = timedelta(seconds=1_800)
STANDARD_OF_ROLE = timedelta(seconds=7_200)


def own_duration(given: Given, principal: Principal) -> timedelta:
    """Return how long a GetSessionToken or GetFederationToken session is to last; raises `Rejected`."""
    most = LONGEST_OF_ROOT if isinstance(principal, RootPrincipal) else LONGEST_OF_USER
    return _duration(given, standard=STANDARD, most=most)


def role_duration(given: Given, longest: timedelta) -> timedelta:
    """Return how long an AssumeRole session is to last, `longest` being the role's own limit; raises `Rejected`.

    A role whose limit is shorter than the standard gives what it can where nothing is asked.
    """
    most = min(longest, LONGEST_OF_ROLE)
    return _duration(given, standard=min(STANDARD_OF_ROLE, most), most=most)


def end_of(now: datetime, duration: timedelta) -> datetime:
    """Return when a session that begins now ends: STS tells whole seconds, and it ends when it says."""
    return (now + duration).replace(microsecond=0)


def _duration(given: Given, *, standard: timedelta, most: timedelta) -> timedelta:
    seconds = given.integer("DurationSeconds", least=-(2**63))
    if seconds is None:
        return standard
    if seconds < 1:
        raise given.wrong("DurationSeconds")
    if seconds > most.total_seconds():
        raise _over(int(most.total_seconds()))
    return timedelta(seconds=seconds)


def _over(most: int) -> Rejected:
    return own_error(
        "InvalidParameter.OverTimeError",
        f"DurationSeconds exceeds the limit of {most} seconds.",
        f"DurationSeconds 超过上限 {most} 秒。",
    )
