"""The request, tccli's files, the settings and the environment become one frozen plan for Tencent Cloud. Pure.

What was decided is as with AWS (`decide.py`), but:

* Profile: `-p`, MFACLI_PROFILE, TCCLI_PROFILE, the settings, `default`.
* Keys that a file holds with a token are a session's: a role can be assumed with them, without a code.
* A role's code goes along with the first AssumeRole of its chain, and no MFA session is opened for it.
* A session that lives two hours suits every kind of caller; up to 36 hours are a sub-user's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import DeviceChoice, ExportedSession, KnownDevice, Plan, Request, Step
from mfacli.domain.qcs import parse_tencent_device
from mfacli.profiles.asked import asked_profile
from mfacli.profiles.mfa_device import device_choice, opening_behind
from mfacli.profiles.notes import calls, device_note
from mfacli.profiles.route import find_route, follow
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_files import TencentFiles
from mfacli.profiles.tencent_keys import TencentRoute, signing_keys
from mfacli.profiles.tencent_profile import TencentBook
from mfacli.profiles.tencent_roles import refuse_what_is_not_taken, role_steps, session_step
from mfacli.profiles.tencent_where import TencentWhere, tencent_where

PROFILE_VARIABLES = ("TCCLI_PROFILE",)


def names_needed(
    request: Request, environment: Mapping[str, str], settings: Settings, *, elsewhere: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the profiles whose files the decision is made from: the one asked for, the role's, and their sources."""
    asked = asked_profile(request, environment, settings, variables=PROFILE_VARIABLES, elsewhere=elsewhere)
    names = [asked.name]
    if request.role is not None and ":" not in request.role:
        names.append(request.role)
    for name in names:
        source = settings.of_profile(Cloud.TENCENT, name).source_profile
        if source is not None and source not in names:
            # The list grows while it is gone through, to the end of each chain.
            names.append(source)
    return tuple(names)


def where_of(
    request: Request, files: TencentFiles, environment: Mapping[str, str], settings: Settings
) -> TencentWhere:
    """Return region and STS of the profile that `request` names, whatever its keys are."""
    assert request.profile is not None
    book = TencentBook(files=files, settings=settings)
    return tencent_where(request, follow(request.profile, book), environment)


def decide_tencent(
    request: Request,
    files: TencentFiles,
    environment: Mapping[str, str],
    *,
    settings: Settings | None = None,
    user: str = "",
    exported: ExportedSession | None = None,
    elsewhere: Collection[str] = (),
) -> Plan:
    """Return the plan for `request`; `files` holds those that `names_needed` names. The rest is as in `decide`.

    Raises `ProfileBroken` (and its `ProfileUnknown`), `UsageWrong` (and its `DurationOutOfRange`), `DeviceUnusable`.
    """
    settings = settings or Settings()
    refuse_what_is_not_taken(request)
    book = TencentBook(files=files, settings=settings)
    asked = asked_profile(request, environment, settings, variables=PROFILE_VARIABLES, elsewhere=elsewhere)
    route = find_route(request, asked, book)
    keys = signing_keys(route, files, environment, opened_with=exported.opened_with if exported else "")
    device = device_choice(
        request.device,
        route.chain.profiles,
        parse=parse_tencent_device,
        are_temporary=keys.are_temporary,
        is_required=not route.wanted,
    )
    place = tencent_where(request, route.chain, environment)
    steps = _steps(request, route, device, environment, settings, user)
    return Plan(
        cloud=Cloud.TENCENT,
        profile=route.name,
        key_source=keys.source,
        device=device,
        steps=steps,
        region=place.region,
        sts_region=place.sts_region,
        endpoint_url=place.endpoint_url,
        partition="",
        code_program=next((p.code_command for p in route.chain.profiles if p.code_command), None),
        is_duration_named=request.duration is not None,
        opening_kept_as=opening_behind(exported, keys.source, device),
        notes=(
            f"profile `{route.name}` of Tencent Cloud ({route.origin})",
            *keys.notes,
            *place.notes,
            device_note(device, Cloud.TENCENT),
            *calls(steps),
        ),
    )


def _steps(
    request: Request,
    route: TencentRoute,
    device: DeviceChoice,
    environment: Mapping[str, str],
    settings: Settings,
    user: str,
) -> tuple[Step, ...]:
    if not route.wanted:
        return (session_step(request, route.chain.holder, environment, settings),)
    return role_steps(route.wanted, request, has_device=isinstance(device, KnownDevice), user=user)
