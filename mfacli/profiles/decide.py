"""The request, the AWS files and the environment become one frozen plan. Pure: no clock, no file, no network.

What was decided where AWS leaves a choice:

* Profile: `-p`, MFACLI_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the settings, `default`. A variable of this shell
  goes before the settings file, which knows nothing of the shell.
* Keys: a profile that the command line names is read from the files; otherwise long-term keys in the environment go
  first. A session's keys never open another session: those that it was opened with are meant, where it hides them.
* `session` on a profile with a role opens the MFA session of the account its keys are in: the source's.
* A role longer than an hour is assumed straight from the long-term key, with the code, since what a session assumes
  lives an hour at most. Everything else goes through the one MFA session, which serves any number of roles. Roles in
  the middle of a chain are stepping stones and live an hour at most.
* A role needs no device: without one the chain has no code, and MFA is tried only where the cloud refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Role, parse_role
from mfacli.domain.plan import (
    DeviceChoice,
    ExportedSession,
    KnownDevice,
    Plan,
    Request,
    Step,
)
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.profiles.aws_chain import Chain, follow, signing_keys
from mfacli.profiles.aws_device import device_choice, opening_behind
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_profile import has_keys, has_profile, read_profile, unknown_profile
from mfacli.profiles.aws_roles import Wanted, role_steps, session_step
from mfacli.profiles.aws_where import where
from mfacli.profiles.notes import calls, device_note, unused
from mfacli.profiles.settings import Settings

DEFAULT_PROFILE = "default"
PROFILE_VARIABLES = ("MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The profile asked for, and by what; `is_flag` tells `-p`."""

    name: str
    origin: str
    is_flag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """Where the plan goes: along which profiles, to which roles (none: to the MFA session itself).

    `name` is shown to people, and `origin` says what named it. `is_explicit` says that the command line named where
    the keys are.
    """

    name: str
    origin: str
    chain: Chain
    wanted: tuple[Wanted, ...]
    is_explicit: bool


def decide(
    request: Request,
    files: AwsFiles,
    environment: Mapping[str, str],
    *,
    settings: Settings | None = None,
    user: str = "",
    exported: ExportedSession | None = None,
) -> Plan:
    """Return the plan for `request`.

    `user` is the operating system's name for who asks, `exported` what is known of the session in the environment.

    Raises `ProfileBroken` (and its `ProfileUnknown`), `UsageWrong` (and its `DurationOutOfRange`), `DeviceUnusable`.
    """
    settings = settings or Settings()
    asked = _asked(request, files, environment, settings)
    route = _route(request, asked, files)
    keys = signing_keys(
        route.chain,
        files,
        environment,
        may_use_environment=not route.is_explicit,
        opened_with=exported.opened_with if exported else "",
    )
    if keys.are_temporary and not route.wanted:
        raise route.chain.holder.broken(
            "credential_source", "gives a session's keys, and an MFA session needs long-term ones"
        )
    device = device_choice(
        request,
        route.chain.profiles,
        environment,
        are_temporary=keys.are_temporary,
        is_required=not route.wanted,
    )
    place = where(
        request,
        route.chain,
        [wanted.role for wanted in route.wanted],
        device.device if isinstance(device, KnownDevice) else None,
        environment,
    )
    steps = _steps(request, route, device, environment, settings, user, are_temporary=keys.are_temporary)
    return Plan(
        cloud=Cloud.AWS,
        profile=route.name,
        key_source=keys.source,
        device=device,
        steps=steps,
        region=place.region,
        sts_region=place.sts_region,
        endpoint_url=place.endpoint_url,
        services_endpoint_url=place.services_endpoint_url,
        partition=place.partition,
        code_program=next((p.mfa_process for p in route.chain.profiles if p.mfa_process), None),
        is_duration_named=request.duration is not None,
        opening_kept_as=opening_behind(exported, keys.source, device),
        notes=(
            f"profile `{route.name}` ({route.origin})",
            f"keys from {keys.source}",
            *place.notes,
            device_note(device),
            *calls(steps),
            *unused(route.chain.profiles),
        ),
    )


def _asked(request: Request, files: AwsFiles, environment: Mapping[str, str], settings: Settings) -> _Asked:
    asked = _named(request, environment, settings)
    # A missing `default` is no profile at all, which is fine where the environment has the keys.
    if asked.name != DEFAULT_PROFILE and not has_profile(asked.name, files):
        raise unknown_profile(asked.name, files, asked.origin)
    return asked


def _named(request: Request, environment: Mapping[str, str], settings: Settings) -> _Asked:
    if request.profile is not None:
        return _Asked(name=request.profile, origin="-p", is_flag=True)
    for variable in PROFILE_VARIABLES:
        if name := environment.get(variable, ""):
            return _Asked(name=name, origin=variable)
    if settings.profile:
        return _Asked(name=settings.profile, origin=f"`profile` in `{settings.path}`")
    return _Asked(name=DEFAULT_PROFILE, origin="the default")


def _route(request: Request, asked: _Asked, files: AwsFiles) -> _Route:
    if request.role is not None and request.wants_role is not False:
        if ":" in request.role:
            return _to_arn(parse_role(request.role), asked, files)
        return _to_profile(request.role, asked, files)
    chain = follow(asked.name, files)
    route = _Route(
        name=asked.name, origin=asked.origin, chain=chain, wanted=_wanted(chain), is_explicit=asked.is_flag
    )
    if request.wants_role is False:
        return replace(route, wanted=())
    if not chain.roles and (request.wants_role or _has_role_options(request)):
        raise _no_role(asked.name, files)
    return route


def _to_arn(role: Role, asked: _Asked, files: AwsFiles) -> _Route:
    """Assume an ARN with what the asked profile gives: its keys, or the role that it names."""
    chain = follow(asked.name, files)
    target = Wanted(role=role, profile=None)
    return _Route(
        name=asked.name,
        origin=asked.origin,
        chain=chain,
        wanted=(*_wanted(chain), target),
        is_explicit=asked.is_flag,
    )


def _to_profile(name: str, asked: _Asked, files: AwsFiles) -> _Route:
    """Assume the role that a profile names, with its own source, or with `-p` in the place of that."""
    if not has_profile(name, files):
        raise unknown_profile(name, files, "the command line")
    target = read_profile(name, files)
    if target.role is None:
        raise _no_role(name, files)
    if asked.is_flag and asked.name != name:
        before = follow(asked.name, files)
        if name in [profile.name for profile in before.profiles]:
            raise UsageWrong(f"profile `{asked.name}` gets its keys through `{name}` itself")
        chain = replace(before, profiles=(target, *before.profiles), roles=(*before.roles, target))
        names_keys = True
    else:
        chain = follow(name, files, then=asked.name)
        # Where the profile itself says nothing of its keys, they are whatever this shell would use anyway.
        names_keys = bool(target.source_profile or target.credential_source) or has_keys(name, files)
    is_explicit = asked.is_flag or names_keys
    return _Route(name=name, origin="the role asked for", chain=chain, wanted=_wanted(chain), is_explicit=is_explicit)


def _wanted(chain: Chain) -> tuple[Wanted, ...]:
    return tuple(Wanted(role=profile.role, profile=profile) for profile in chain.roles if profile.role)


def _has_role_options(request: Request) -> bool:
    return bool(
        request.external_id or request.role_session_name or request.source_identity or request.tags
        or request.transitive_tags or request.policy or request.policy_arns
    )  # fmt: skip


def _no_role(name: str, files: AwsFiles) -> ProfileBroken:
    sections = [*files.config.items(), *files.credentials.items()]
    having = sorted({other for other, section in sections if "role_arn" in section.settings})
    return ProfileBroken(
        f"profile `{name}` names no role",
        hint="name a role by its ARN, or one of: " + ", ".join(f"`{other}`" for other in having[:20])
        if having
        else f"name a role by its ARN, or write role_arn to `[profile {name}]` in `{files.paths.config}`",
    )


def _steps(
    request: Request,
    route: _Route,
    device: DeviceChoice,
    environment: Mapping[str, str],
    settings: Settings,
    user: str,
    *,
    are_temporary: bool,
) -> tuple[Step, ...]:
    holder = route.chain.holder
    if not route.wanted:
        return (session_step(request, holder, environment, settings),)
    return role_steps(
        route.wanted,
        request,
        opening=session_step(None, holder, environment, settings),
        has_device=isinstance(device, KnownDevice),
        are_temporary=are_temporary,
        user=user,
    )
