"""Gathers the facts of `doctor`, what takes time all at once, and has the checks judge them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic

from mfacli.checks.environment import EnvironmentFacts, check_environment
from mfacli.checks.files import FileFacts, check_file
from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.commands.doctor_cloud import device_findings, endpoint_findings, places_to_ask
from mfacli.commands.doctor_keyring import keyring_findings
from mfacli.commands.doctor_profiles import profile_findings, secret_files
from mfacli.commands.doctor_versions import version_findings
from mfacli.commands.wiring import Desk
from mfacli.domain.plan import Request
from mfacli.errors import MfacliError

# The network has time-outs of its own, which end sooner but on a machine that is busy with much else.
_LONGEST = timedelta(seconds=30)
_FILE_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")

Check = Callable[[], Iterable[Finding]]


def all_findings(desk: Desk, request: Request) -> list[Finding]:
    """Return everything there is to say, by family."""
    settings = _judged(Family.SETTINGS, lambda: _settings(desk))
    slow: list[tuple[Family, Check]] = [(Family.VERSIONS, version_findings)]
    quick: list[tuple[Family, Check]] = [
        (Family.ENVIRONMENT, lambda: _environment(desk)),
        (Family.FILES, lambda: _files(desk)),
    ]
    # What is decided from settings that do not parse would only say the same again.
    if not any(finding.level.value == "bad" for finding in settings):
        quick.append((Family.PROFILES, lambda: profile_findings(desk, request)))
        slow += [(Family.KEYRING, lambda: keyring_findings(desk)), *_of_clouds(desk, request)]
    found = [*settings, *(each for family, check in quick for each in _judged(family, check))]
    found += _at_once(slow)
    order = list(Family)
    return sorted(found, key=lambda finding: order.index(finding.family))


def _of_clouds(desk: Desk, request: Request) -> Iterable[tuple[Family, Check]]:
    for place in places_to_ask(desk, request):
        yield Family.NETWORK, partial(endpoint_findings, desk, place)
        if place.plan is not None:
            yield Family.DEVICES, partial(device_findings, desk, place.plan)


def _at_once(checks: Iterable[tuple[Family, Check]]) -> list[Finding]:
    """Run the checks beside each other, and go on without those that take too long."""
    running: list[tuple[Family, threading.Thread, list[Finding]]] = []
    for family, check in checks:
        findings: list[Finding] = []
        thread = threading.Thread(target=partial(_collect, family, check, findings), daemon=True)
        thread.start()
        running.append((family, thread, findings))
    end = monotonic() + _LONGEST.total_seconds()
    found: list[Finding] = []
    for family, thread, findings in running:
        thread.join(max(0.0, end - monotonic()))
        if thread.is_alive():
            found.append(bad(family, f"no answer within {_LONGEST.seconds} s", "mfacli doctor -v"))
        else:
            found += findings
    return found


def _collect(family: Family, check: Check, into: list[Finding]) -> None:
    into += _judged(family, check)


def _judged(family: Family, check: Check) -> list[Finding]:
    """Return a check's findings; what stops it is one."""
    try:
        return list(check())
    except MfacliError as problem:
        return [bad(family, problem.message, problem.hint)]


def _settings(desk: Desk) -> Iterable[Finding]:
    path = desk.settings.path
    if Path(path).exists():
        yield good(Family.SETTINGS, f"`{path}` is understood")
    else:
        yield good(Family.SETTINGS, f"there is no `{path}`, which is fine")
    store = desk.store_setting.value
    if store == "memory":
        yield warning(Family.SETTINGS, "the store is `memory`: no session is kept", "unset MFACLI_STORE")


def _environment(desk: Desk) -> Iterable[Finding]:
    missing = {path for name in _FILE_VARIABLES if (path := desk.environment.get(name)) and not Path(path).exists()}
    facts = EnvironmentFacts(variables=desk.environment, missing_files=frozenset(missing))
    return check_environment(facts, now=desk.clock.now())


def _files(desk: Desk) -> Iterable[Finding]:
    if os.name != "posix":
        return
    for path in secret_files(desk):
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        yield from check_file(FileFacts(path=str(path), mode=mode))
