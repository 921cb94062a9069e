"""The facts that `doctor` gathers about this shell's environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from mfacli.checks.environment import FILE_VARIABLES, PROFILE_VARIABLES, EnvironmentFacts, check_environment
from mfacli.checks.finding import Finding
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import MfacliError
from mfacli.output.environment_names import names_of
from mfacli.profiles.variables import session_key


def environment_findings(desk: Desk, request: Request) -> Iterable[Finding]:
    """Yield what in the environment goes before the profiles, or is broken."""
    facts = EnvironmentFacts(
        variables=desk.environment,
        missing_files=frozenset(_missing_files(desk.environment)),
        profiles=_profiles(desk),
        region_of=_said_in_use(desk, request, "region"),
        device_of=_said_in_use(desk, request, "mfa_serial"),
        lead_past=_leading_past(desk.environment),
    )
    return check_environment(facts, now=desk.clock.now())


def _missing_files(environment: Mapping[str, str]) -> Iterable[str]:
    for name in FILE_VARIABLES:
        path = environment.get(name)
        # Path.expanduser raises for an unknown user, this does not.
        if path and not Path(os.path.expanduser(path)).exists():  # noqa: PTH111
            yield path


def _profiles(desk: Desk) -> Mapping[str, frozenset[str]] | None:
    """Return the names that each variable for a profile may hold; None where the files cannot be read."""
    try:
        of_aws, of_tencent = (frozenset(desk.planning.names_of(cloud)) for cloud in (Cloud.AWS, Cloud.TENCENT))
    except MfacliError:
        return None
    ours, *others = PROFILE_VARIABLES
    return {ours: of_aws | of_tencent} | {name: of_tencent if "TCCLI" in name else of_aws for name in others}


def _said_in_use(desk: Desk, request: Request, key: str) -> Mapping[str, str]:
    """Return what AWS' profile in use says of a key, by its name; nothing where it says nothing."""
    try:
        if desk.planning.cloud_of(request) is not Cloud.AWS:
            return {}
        name = desk.planning.asked_for(request, Cloud.AWS)
        section = desk.files.config.get(name)
    except MfacliError:
        return {}
    said = section.settings.get(key) if section else None
    return {name: said.text} if said is not None and said.text else {}


def _leading_past(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes Tencent Cloud's tools pass over the session that is there; AWS' take it in any case."""
    if not session_key(environment, Cloud.TENCENT):
        return ()
    return tuple(name for name in names_of(Cloud.TENCENT).stale if environment.get(name))
