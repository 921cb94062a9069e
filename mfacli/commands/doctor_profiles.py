"""The facts that `doctor` gathers about profiles: which there are, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from mfacli.checks.finding import Family, Finding, bad
from mfacli.checks.profiles import PlanFacts, check_count, check_plan, check_stray_section
from mfacli.commands.doctor_sections import aws_facts, written_findings
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Plan, Request, RoleStep
from mfacli.errors import MfacliError, ProfileBroken
from mfacli.profiles.variables import KEY_VARIABLES

_SHOWN = {Cloud.AWS: "AWS", Cloud.TENCENT: "Tencent Cloud"}
# Ways to credentials that are not mfacli's.
_OTHER_WAYS = ("sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "login_session")
_NO_KEYS = "holds settings only, no keys and no role"


def profile_findings(desk: Desk, request: Request) -> Iterable[Finding]:
    """Yield what there is to say of the profiles: of all, or of the one that `request` names."""
    there: list[tuple[Cloud, str]] = []
    broken: list[Finding] = []
    for cloud in Cloud:
        if request.cloud not in {None, cloud}:
            continue
        try:
            names = desk.planning.names_of(cloud)
        except ProfileBroken as problem:
            broken.append(bad(Family.PROFILES, problem.message, problem.hint))
            continue
        there += [(cloud, name) for name in names if request.profile in {None, name}]
    yield from broken
    for cloud, name in there:
        # Of such a one the token is all there is to say.
        if not (cloud is Cloud.AWS and aws_facts(desk, name).has_stale_token):
            yield from check_plan(_plan_facts(desk, cloud, name))
        with suppress(MfacliError):
            # What cannot be read has been told by now.
            yield from written_findings(desk, cloud, name)
    if broken:
        return
    if request.profile is None:
        if not any(desk.environment.get(variables[0]) for variables in KEY_VARIABLES.values()):
            yield from check_count(len(there), whose=_SHOWN[request.cloud] if request.cloud else "either cloud")
        for header in desk.files.stray if request.cloud is not Cloud.TENCENT else ():
            yield from check_stray_section(header, str(desk.files.paths.config))
    elif not there:
        desk.planning.plan_of(request)


def _plan_facts(desk: Desk, cloud: Cloud, name: str) -> PlanFacts:
    request = Request(wants_role=None, profile=name, cloud=cloud)
    try:
        leads_to = _no_plan_of_ours(desk, request) or _leads_to(desk.planning.plan_of(request))
    except MfacliError as problem:
        return PlanFacts(cloud=_SHOWN[cloud], name=name, problem=problem.message, hint=problem.hint)
    return PlanFacts(cloud=_SHOWN[cloud], name=name, leads_to=leads_to)


def _leads_to(plan: Plan) -> str:
    last = plan.steps[-1] if plan.steps else None
    what = f"assumes {last.role_arn.rsplit('/', 1)[-1]}" if isinstance(last, RoleStep) else "opens a session"
    return f"{what} with the keys of {plan.key_source}"


def _no_plan_of_ours(desk: Desk, request: Request) -> str:
    """Return what a profile is where mfacli opens nothing with it, and that is no fault; else nothing."""
    name = str(request.profile)
    if desk.planning.held_session(request) is not None:
        return "holds a session"
    if request.cloud is Cloud.AWS:
        return _other_way(desk, name)
    return _NO_KEYS if _has_settings_only(desk, name) else ""


def _other_way(desk: Desk, name: str) -> str:
    config, credentials = desk.files.config.get(name), desk.files.credentials.get(name)
    keys = {key for section in (config, credentials) if section for key in (*section.settings, *section.secrets)}
    if "web_identity_token_file" in keys:
        # It is what names the role.
        keys -= {"role_arn"}
    for way in _OTHER_WAYS:
        if way in keys and not {"aws_access_key_id", "role_arn"} & keys and name not in desk.files.kept:
            return f"gets its keys by `{way}`, without mfacli's files"
    if not {"aws_access_key_id", "role_arn", "source_profile", "credential_source", "include_profile"} & keys:
        has_secret = "aws_secret_access_key" in keys
        return "" if has_secret or name in desk.files.kept else _NO_KEYS
    return ""


def _has_settings_only(desk: Desk, name: str) -> bool:
    """Whether a profile is a `.configure` alone, as tccli leaves behind wherever it is started."""
    is_told = name in desk.settings.of_profiles.get(Cloud.TENCENT, {}) or name in desk.kept_as(Cloud.TENCENT)
    return not is_told and desk.planning.tencent_credentials((name,)).credentials.get(name) is None
