"""The STS calls of a plan in Tencent Cloud, with every parameter checked. Pure: values in, values out.

The code goes along with the first AssumeRole, not with a GetSessionToken before it: whether qcs:mfaPresent outlives a
role assumed with a session's keys is documented nowhere. Nor is any limit for roles assumed with another role's keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.durations import show_duration
from mfacli.domain.mfa import USUAL_SESSION
from mfacli.domain.plan import Request, RoleStep, SessionTokenStep
from mfacli.domain.qcs import TencentRole
from mfacli.errors import DurationOutOfRange, UsageWrong
from mfacli.profiles import tencent_limits as limits
from mfacli.profiles.parameters import checked, refuse, shell_duration
from mfacli.profiles.role_step import role_step, written_duration
from mfacli.profiles.route import Wanted
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_profile import TencentProfile

# The API's own.
DEFAULT_ROLE = timedelta(seconds=7200)
TencentWanted = Wanted[TencentRole, TencentProfile]


def session_step(
    request: Request, holder: TencentProfile, environment: Mapping[str, str], settings: Settings
) -> SessionTokenStep:
    """Return the GetSessionToken call."""
    duration, origin = _session_duration(request, holder, environment, settings)
    if wrong := limits.wrong_session_duration(duration):
        raise DurationOutOfRange(f"an MFA session's duration {wrong}; {origin} says {show_duration(duration)}")
    return SessionTokenStep(duration=duration, with_code=True)


def _session_duration(
    request: Request, holder: TencentProfile, environment: Mapping[str, str], settings: Settings
) -> tuple[timedelta, str]:
    if request.duration is not None:
        return request.duration, "--duration"
    if named := shell_duration(environment):
        return named
    # Of a profile that names a role, duration_seconds is the role's.
    if holder.duration is not None and holder.role is None:
        return holder.duration, written_duration(holder)
    if settings.duration is not None:
        return settings.duration, f"`duration` in `{settings.path}`"
    return USUAL_SESSION[Cloud.TENCENT], "the default"


def role_steps(
    wanted: Sequence[TencentWanted], request: Request, *, has_device: bool, user: str
) -> tuple[RoleStep, ...]:
    """Return the calls that lead to the last role; the first takes the code where there is a device."""
    *middle, last = wanted
    first, *rest = [*(_role_step(stone, None, user) for stone in middle), _role_step(last, request, user)]
    return (replace(first, with_code=has_device), *rest)


def _role_step(wanted: TencentWanted, request: Request | None, user: str) -> RoleStep:
    """Return one AssumeRole call; `request` is given for the last of the chain only."""
    step = role_step(wanted, request, user, usual=DEFAULT_ROLE, wrong=limits.wrong_role_duration)
    return step if request is None else _with_options(step, request)


def _with_options(step: RoleStep, request: Request) -> RoleStep:
    """Let the command line's options go before the profile's settings, each checked."""
    refuse("the tags", limits.wrong_tags(request.tags))
    if request.policy is not None:
        refuse("the session policy", limits.wrong_policy(request.policy))
    session_name = checked(request.role_session_name, "--role-session-name", limits.wrong_session_name)
    return replace(
        step,
        role_session_name=session_name or step.role_session_name,
        external_id=checked(request.external_id, "--external-id", limits.wrong_external_id) or step.external_id,
        source_identity=checked(request.source_identity, "--source-identity", limits.wrong_source_identity),
        tags=request.tags,
        policy=request.policy,
    )


def refuse_what_is_not_taken(request: Request) -> None:
    """Raise `UsageWrong` for the options that only AWS' AssumeRole takes."""
    for option, value in (("--transitive-tag", request.transitive_tags), ("--policy-arn", request.policy_arns)):
        if value:
            raise UsageWrong(f"{option} is for AWS: AssumeRole of Tencent Cloud takes nothing of the kind")
