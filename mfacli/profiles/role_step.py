"""What an AssumeRole call has with either cloud: the role, its name in the logs, how long it lives. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from mfacli.domain.durations import show_duration
from mfacli.domain.plan import Request, RoleStep
from mfacli.errors import DurationOutOfRange
from mfacli.profiles.parameters import default_session_name
from mfacli.profiles.route import Linked, Wanted


class WithRole(Linked, Protocol):
    """A profile, as far as it says how its role is assumed."""

    @property
    def duration(self) -> timedelta | None:
        """How long the session shall live."""

    @property
    def role_session_name(self) -> str | None:
        """The session's name in the logs."""

    @property
    def external_id(self) -> str | None:
        """What the role's trust policy asks third parties for."""


Role = TypeVar("Role")
Profile = TypeVar("Profile", bound=WithRole)


def role_step(
    wanted: Wanted[Role, Profile],
    request: Request | None,
    user: str,
    *,
    usual: timedelta,
    wrong: Callable[[timedelta], str | None],
) -> RoleStep:
    """Return one AssumeRole call with what its profile says; `request` is given for the last of a chain only.

    It lives the `usual` time where nobody says another; `wrong` checks it. Raises `DurationOutOfRange`.
    """
    duration, origin = role_duration(wanted, request, usual=usual)
    if why := wrong(duration):
        raise DurationOutOfRange(f"a role session's duration {why}; {origin} says {show_duration(duration)}")
    profile = wanted.profile
    return RoleStep(
        role_arn=str(wanted.role),
        role_session_name=(profile and profile.role_session_name) or default_session_name(user),
        duration=duration,
        external_id=profile.external_id if profile else None,
    )


def role_duration(
    wanted: Wanted[Role, Profile], request: Request | None, *, usual: timedelta
) -> tuple[timedelta, str]:
    """Return how long a role's session shall live, and what says so."""
    if request is not None and request.duration is not None:
        return request.duration, "--duration"
    if wanted.profile is not None and wanted.profile.duration is not None:
        return wanted.profile.duration, written_duration(wanted.profile)
    return usual, "the default"


def written_duration(profile: Linked) -> str:
    """Return where a profile's `duration_seconds` is written, for people."""
    return f"`duration_seconds` of profile `{profile.name}` ({profile.place_of('duration_seconds')})"
