"""The facts that `doctor` gathers about profiles: what stands in the clouds' files, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from mfacli.checks.finding import Finding
from mfacli.checks.profiles import (
    AwsSectionFacts,
    PlanFacts,
    TencentFileFacts,
    check_aws_section,
    check_plan,
    check_stray_section,
    check_tencent_file,
)
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.moments import parse_moment
from mfacli.domain.plan import Plan, Request, RoleStep
from mfacli.errors import MfacliError, ProfileUnknown
from mfacli.output.aws_files import EXPIRY_KEY
from mfacli.profiles.ini import SECRET_KEYS, Section
from mfacli.profiles.tencent_files import KeyKind
from mfacli.store.choice import crypt_file_path

_SHOWN = {Cloud.AWS: "AWS", Cloud.TENCENT: "Tencent Cloud"}
# Ways to credentials that are not mfacli's.
_OTHER_WAYS = ("sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "login_session")
# What mfacli writes of a session, and nothing else: more than that is a person's section.
_OURS = SECRET_KEYS | {"aws_access_key_id", EXPIRY_KEY, "aws_account_id", "region"}
_NO_KEYS = "holds settings only, no keys and no role"
_EMPTY: Mapping[str, str] = {}


def profile_findings(desk: Desk, request: Request) -> Iterable[Finding]:
    """Yield what there is to say of the profiles: of all, or of the one that `request` names."""
    is_known = False
    for cloud in Cloud:
        if request.cloud not in {None, cloud}:
            continue
        for name in desk.planning.names_of(cloud):
            if request.profile in {None, name}:
                is_known = True
                yield from check_plan(_plan_facts(desk, cloud, name))
                yield from _written(desk, cloud, name)
    if request.profile is not None and not is_known:
        desk.planning.plan_of(request)
    if request.profile is None:
        for header in desk.files.stray:
            yield from check_stray_section(header, str(desk.files.paths.config))


def secret_files(desk: Desk) -> list[Path]:
    """Return the files that hold secrets, as far as they can be read."""
    found = []
    try:
        config = any(section.secrets for section in desk.files.config.values())
        found = [desk.files.paths.credentials, *([desk.files.paths.config] if config else [])]
    except MfacliError:
        from mfacli.profiles.aws_files import aws_paths

        found = [aws_paths(desk.environment, home=Path.home()).credentials]
    folder = desk.planning.tencent_folder
    found += sorted(path for path in folder.glob("*.credential") if path.is_file()) if folder.is_dir() else []
    return [*found, crypt_file_path(desk.places)]


def _plan_facts(desk: Desk, cloud: Cloud, name: str) -> PlanFacts:
    shown = _SHOWN[cloud]
    if cloud is Cloud.AWS and (words := _no_plan_of_ours(desk, name)):
        return PlanFacts(cloud=shown, name=name, leads_to=words)
    if cloud is Cloud.TENCENT and _has_settings_only(desk, name):
        return PlanFacts(cloud=shown, name=name, leads_to=_NO_KEYS)
    try:
        plan = desk.planning.plan_of(Request(wants_role=None, profile=name, cloud=cloud))
    except ProfileUnknown as problem:
        return PlanFacts(cloud=shown, name=name, problem=problem.message, hint=problem.hint)
    except MfacliError as problem:
        if cloud is Cloud.TENCENT and _is_session(desk, name):
            return PlanFacts(cloud=shown, name=name, leads_to="holds a session")
        return PlanFacts(cloud=shown, name=name, problem=problem.message, hint=problem.hint)
    return PlanFacts(cloud=shown, name=name, leads_to=_leads_to(plan))


def _leads_to(plan: Plan) -> str:
    last = plan.steps[-1] if plan.steps else None
    what = f"assumes {last.role_arn.rsplit('/', 1)[-1]}" if isinstance(last, RoleStep) else "opens a session"
    return f"{what} with the keys of {plan.key_source}"


def _no_plan_of_ours(desk: Desk, name: str) -> str:
    """Return what a profile of AWS is where mfacli opens nothing with it, and that is no fault; else nothing."""
    config, credentials = desk.files.config.get(name), desk.files.credentials.get(name)
    keys = {key for section in (config, credentials) if section for key in (*section.settings, *section.secrets)}
    if {"aws_session_token", "aws_security_token"} & keys and "role_arn" not in keys:
        return "holds a session"
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


def _is_session(desk: Desk, name: str) -> bool:
    stored = desk.planning.tencent_credentials((name,)).credentials.get(name)
    return stored is not None and stored.token is not None


def _written(desk: Desk, cloud: Cloud, name: str) -> Iterable[Finding]:
    can_move = not desk.backends[1].problem or desk.store_setting.value == "file"
    if cloud is Cloud.AWS:
        return check_aws_section(_aws_facts(desk, name, can_move=can_move), now=desk.clock.now())
    files = desk.planning.tencent_credentials((name,))
    stored = files.credentials.get(name)
    if stored is None:
        return ()
    return check_tencent_file(
        TencentFileFacts(
            name=name,
            path=stored.path,
            way=stored.kind.value,
            has_keys=stored.secret_id is not None and stored.kind is KeyKind.STATIC,
            has_token=stored.token is not None,
            has_role=stored.role_arn is not None,
            is_kept=name in desk.kept_as(Cloud.TENCENT),
            can_move=can_move,
        )
    )


def _aws_facts(desk: Desk, name: str, *, can_move: bool) -> AwsSectionFacts:
    files = desk.files
    config, credentials = files.config.get(name), files.credentials.get(name)
    holder = credentials or config
    has_keys_in_config = (
        config is not None
        and "aws_access_key_id" in config.settings
        and not (credentials is not None and "aws_access_key_id" in credentials.settings)
    )
    if has_keys_in_config:
        holder = config
    noted = credentials.settings.get(EXPIRY_KEY) if credentials else None
    return AwsSectionFacts(
        name=name,
        path=holder.place.path if holder else "",
        section=holder.place.section if holder else "",
        config=_texts(config),
        credentials=_texts(credentials),
        has_two_tokens=_has_two_tokens(credentials),
        expires_at=parse_moment(noted.text) if noted else None,
        was_ours=credentials is not None and {*credentials.settings, *credentials.secrets} <= _OURS,
        is_kept=name in files.kept,
        can_move=can_move,
    )


def _texts(section: Section | None) -> Mapping[str, str]:
    if section is None:
        return _EMPTY
    return {key: setting.text for key, setting in section.settings.items()} | dict.fromkeys(section.secrets, "")


def _has_two_tokens(section: Section | None) -> bool:
    if section is None:
        return False
    tokens = [section.secrets.get(name) for name in ("aws_security_token", "aws_session_token")]
    first, second = tokens
    return first is not None and second is not None and bool(first.text and second.text) and first.text != second.text
