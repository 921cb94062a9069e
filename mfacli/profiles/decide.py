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

from collections.abc import Collection, Mapping, Sequence

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Role, parse_device
from mfacli.domain.plan import (
    DeviceChoice,
    ExportedSession,
    KnownDevice,
    Plan,
    Request,
    Step,
)
from mfacli.profiles.asked import asked_profile
from mfacli.profiles.aws_chain import AwsBook, signing_keys
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_profile import AwsProfile
from mfacli.profiles.aws_roles import role_steps, session_step
from mfacli.profiles.aws_where import Where, where
from mfacli.profiles.mfa_device import device_choice, opening_behind
from mfacli.profiles.notes import calls, device_note, unused
from mfacli.profiles.route import Route, find_route
from mfacli.profiles.settings import Settings
from mfacli.profiles.signing import SigningKeys

PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")

_Route = Route[Role, AwsProfile]


def decide(
    request: Request,
    files: AwsFiles,
    environment: Mapping[str, str],
    *,
    settings: Settings | None = None,
    user: str = "",
    exported: ExportedSession | None = None,
    elsewhere: Collection[str] = (),
) -> Plan:
    """Return the plan for `request`.

    `user` is the operating system's name for who asks, `exported` what is known of the session in the environment,
    and `elsewhere` are the names that only the other cloud's profiles have.

    Raises `ProfileBroken` (and its `ProfileUnknown`), `UsageWrong` (and its `DurationOutOfRange`), `DeviceUnusable`.
    """
    settings = settings or Settings()
    book = AwsBook(files=files)
    asked = asked_profile(request, environment, settings, variables=PROFILE_VARIABLES, elsewhere=elsewhere)
    route = find_route(request, asked, book)
    keys = _keys(route, files, environment, exported)
    device = _device(request, route, environment, keys)
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
        code_program=_code_program(route.chain.profiles, settings),
        is_duration_named=request.duration is not None,
        opening_kept_as=opening_behind(exported, keys.source, device),
        notes=_notes(route, keys, place, device, steps),
    )


def _keys(
    route: _Route, files: AwsFiles, environment: Mapping[str, str], exported: ExportedSession | None
) -> SigningKeys:
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
    return keys


def _device(request: Request, route: _Route, environment: Mapping[str, str], keys: SigningKeys) -> DeviceChoice:
    return device_choice(
        request.device,
        route.chain.profiles,
        parse=parse_device,
        variable=("AWS_MFA_SERIAL", environment.get("AWS_MFA_SERIAL", "")),
        are_temporary=keys.are_temporary,
        is_required=not route.wanted,
    )


def _notes(
    route: _Route, keys: SigningKeys, place: Where, device: DeviceChoice, steps: Sequence[Step]
) -> tuple[str, ...]:
    return (
        f"profile `{route.name}` ({route.origin})",
        *keys.notes,
        *place.notes,
        device_note(device),
        *calls(steps),
        *unused(route.chain.profiles),
    )


def _code_program(profiles: Sequence[AwsProfile], settings: Settings) -> str | tuple[str, ...] | None:
    """Return what prints codes: the profile's own before its source's, our settings before the AWS files."""
    programs = (
        settings.of_profile(Cloud.AWS, profile.name).code_command or profile.mfa_process for profile in profiles
    )
    return next((program for program in programs if program), None)


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
