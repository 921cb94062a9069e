"""The STS calls of a plan, with every parameter checked. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.durations import show_duration
from mfacli.domain.identity import Role
from mfacli.domain.mfa import CHAINED_LONGEST, USUAL_SESSION
from mfacli.domain.plan import Request, RoleStep, SessionTokenStep, Step
from mfacli.errors import DurationOutOfRange, UsageWrong
from mfacli.profiles import aws_limits as limits
from mfacli.profiles.aws_profile import AwsProfile
from mfacli.profiles.parameters import checked, refuse, shell_duration
from mfacli.profiles.role_step import role_duration, role_step, written_duration
from mfacli.profiles.route import Wanted
from mfacli.profiles.settings import Settings

DEFAULT_ROLE = timedelta(hours=1)


# What a plan of AWS leads to.
AwsWanted = Wanted[Role, AwsProfile]


def session_step(
    request: Request | None, holder: AwsProfile, environment: Mapping[str, str], settings: Settings
) -> SessionTokenStep:
    """Return the GetSessionToken call; `request` is None where the session is only the way to a role."""
    duration, origin = _session_duration(request, holder, environment, settings)
    if wrong := limits.wrong_session_duration(duration):
        raise DurationOutOfRange(f"an MFA session's duration {wrong}; {origin} says {show_duration(duration)}")
    return SessionTokenStep(duration=duration, with_code=True)


def _session_duration(
    request: Request | None, holder: AwsProfile, environment: Mapping[str, str], settings: Settings
) -> tuple[timedelta, str]:
    if request is not None and request.duration is not None:
        return request.duration, "--duration"
    if named := shell_duration(environment):
        return named
    if settings.duration is not None:
        return settings.duration, f"`duration` in `{settings.path}`"
    # In a section that names a role, duration_seconds is the role's.
    if holder.duration is not None and holder.role is None:
        return holder.duration, written_duration(holder)
    return USUAL_SESSION[Cloud.AWS], "the default"


def role_steps(
    wanted: Sequence[AwsWanted],
    request: Request,
    *,
    opening: SessionTokenStep,
    has_device: bool,
    are_temporary: bool,
    user: str,
) -> tuple[Step, ...]:
    """Return the calls that lead to the last role.

    `opening` is put in front where there is a device and the keys are long-term. Raises `DurationOutOfRange` for a
    role longer than an hour that a session's keys would have to assume.
    """
    *middle, last = wanted
    stones = [_role_step(stone, None, user) for stone in middle]
    stones = [replace(stone, duration=min(stone.duration, CHAINED_LONGEST)) for stone in stones]
    final = _role_step(last, request, user)
    if final.duration > CHAINED_LONGEST:
        if stones or are_temporary:
            raise _chained_too_long(final, last, request)
        return (replace(final, with_code=has_device),)
    if has_device and not are_temporary:
        return (opening, *stones, final)
    return (*stones, final)


def _chained_too_long(step: RoleStep, wanted: AwsWanted, request: Request) -> DurationOutOfRange:
    _, origin = role_duration(wanted, request, usual=DEFAULT_ROLE)
    longest = show_duration(CHAINED_LONGEST)
    return DurationOutOfRange(
        f"`{step.role_arn}` is assumed with a session's keys, which gives it {longest} at most; "
        f"{origin} says {show_duration(step.duration)}",
        hint=f"give --duration {longest}, or assume the role straight from long-term keys",
    )


def _role_step(wanted: AwsWanted, request: Request | None, user: str) -> RoleStep:
    """Return one AssumeRole call; `request` is given for the last of the chain only."""
    step = role_step(wanted, request, user, usual=DEFAULT_ROLE, wrong=limits.wrong_role_duration)
    if (profile := wanted.profile) is not None:
        step = replace(
            step,
            source_identity=profile.source_identity,
            tags=profile.tags,
            transitive_tags=profile.transitive_tags,
        )
    return step if request is None else _with_options(step, request)


def _with_options(step: RoleStep, request: Request) -> RoleStep:
    """Let the command line's options go before the profile's settings, each checked."""
    given = {key.casefold() for key, _ in request.tags}
    tags = tuple(tag for tag in step.tags if tag[0].casefold() not in given) + request.tags
    named = {key.casefold() for key in request.transitive_tags}
    transitive = tuple(key for key in step.transitive_tags if key.casefold() not in named) + request.transitive_tags
    refuse("the tags", limits.wrong_tags(tags))
    refuse("the transitive tags", limits.wrong_transitive_tags(transitive))
    known = {key.casefold() for key, _ in tags}
    if unknown := [key for key in transitive if key.casefold() not in known]:
        raise UsageWrong(
            f"the transitive tag `{unknown[0]}` is none of the session's tags",
            hint=f"give it a value: --tag {unknown[0]}=VALUE",
        )
    if request.policy is not None:
        refuse("the session policy", limits.wrong_policy(request.policy, request.policy_arns))
    refuse("the policy ARNs", limits.wrong_policy_arns(request.policy_arns))
    session_name = checked(request.role_session_name, "--role-session-name", limits.wrong_session_name)
    return replace(
        step,
        role_session_name=session_name or step.role_session_name,
        external_id=checked(request.external_id, "--external-id", limits.wrong_external_id) or step.external_id,
        source_identity=checked(request.source_identity, "--source-identity", limits.wrong_source_identity)
        or step.source_identity,
        tags=tags,
        transitive_tags=transitive,
        policy=request.policy,
        policy_arns=request.policy_arns,
    )
