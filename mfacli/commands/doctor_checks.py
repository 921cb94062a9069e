"""Gathers the facts of `doctor`, what takes time all at once, and has the checks judge them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic

from mfacli.checks.finding import Family, Finding, Level, bad, good, warning
from mfacli.commands.doctor_cloud import device_findings, endpoint_findings, places_to_ask
from mfacli.commands.doctor_environment import environment_findings
from mfacli.commands.doctor_files import file_findings
from mfacli.commands.doctor_keyring import keyring_findings
from mfacli.commands.doctor_profiles import profile_findings
from mfacli.commands.doctor_versions import version_findings
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import MfacliError
from mfacli.terminal import describe_bug

# The network has time-outs of its own, which end sooner; only looking up a name in vain takes as long as it likes.
_LONGEST = timedelta(seconds=20)
# Whoever waits longer wants to know for what.
_UNREMARKABLE = timedelta(seconds=1)

Check = Callable[[], Iterable[Finding]]


def all_findings(desk: Desk, request: Request) -> list[Finding]:
    """Return everything there is to say, by family."""
    settings = _judged(desk, Family.SETTINGS, lambda: _settings(desk))
    slow: list[_Running] = [_Running(Family.VERSIONS, "versions", lambda: version_findings(desk))]
    quick: list[tuple[Family, Check]] = [
        (Family.ENVIRONMENT, lambda: environment_findings(desk, request)),
        (Family.FILES, lambda: file_findings(desk)),
    ]
    # What is decided from settings that do not parse would only say the same again.
    if not any(finding.level is Level.BAD for finding in settings):
        quick.append((Family.PROFILES, lambda: profile_findings(desk, request)))
        slow += [_Running(Family.KEYRING, "the keyring", lambda: keyring_findings(desk)), *_of_clouds(desk, request)]
    for check in slow:
        check.start(desk)
    found = [*settings, *(each for family, check in quick for each in _judged(desk, family, check))]
    found += _awaited(desk, slow)
    order = list(Family)
    return sorted(found, key=lambda finding: order.index(finding.family))


def _of_clouds(desk: Desk, request: Request) -> Iterable[_Running]:
    for place in places_to_ask(desk, request):
        yield _Running(Family.NETWORK, place.host, partial(endpoint_findings, desk, place))
        if place.plan is not None:
            yield _Running(Family.DEVICES, f"the device at {place.host}", partial(device_findings, desk, place.plan))


@dataclass(slots=True)
class _Running:
    """A check in a thread of its own; `what` it asks, for people."""

    family: Family
    what: str
    check: Check
    found: list[Finding] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self, desk: Desk) -> None:
        """Begin; nobody waits for it at the end of the process."""
        self.thread = threading.Thread(target=lambda: self.found.extend(self._judge(desk)), daemon=True)
        self.thread.start()

    def is_over(self, seconds: float) -> bool:
        """Wait for the end so long at most, and return whether it has come."""
        if self.thread is not None:
            self.thread.join(max(0.0, seconds))
        return self.thread is None or not self.thread.is_alive()

    def _judge(self, desk: Desk) -> list[Finding]:
        return _judged(desk, self.family, self.check)


def _awaited(desk: Desk, running: Sequence[_Running]) -> list[Finding]:
    """Return what the checks find, and go on without those that take too long."""
    started = monotonic()
    end = started + _LONGEST.total_seconds()
    remark = started + _UNREMARKABLE.total_seconds()
    late = [each for each in running if not each.is_over(remark - monotonic())]
    if late and desk.terminal.is_watched:
        desk.terminal.note("waiting for " + ", ".join(dict.fromkeys(each.what for each in late)) + " …")
    found: list[Finding] = []
    for each in running:
        if each.is_over(end - monotonic()):
            found += each.found
        else:
            found.append(
                bad(each.family, f"no answer of {each.what} within {_LONGEST.seconds} s", "mfacli doctor -v")
            )
    return found


def _judged(desk: Desk, family: Family, check: Check) -> list[Finding]:
    """Return a check's findings; what stops it is one more, and stops no other check."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except MfacliError as problem:
        found.append(bad(family, problem.message, problem.hint))
    except Exception as bug:  # noqa: BLE001 - a doctor who falls ill over one finding is of no use for all others
        for line in describe_bug(bug).splitlines():
            desk.terminal.detail(line)
        found.append(
            bad(family, f"unforeseen error: {type(bug).__name__}, a bug in mfacli", "mfacli doctor -v, and report it")
        )
    return found


def _settings(desk: Desk) -> Iterable[Finding]:
    _ = desk.places
    path = desk.settings.path
    if Path(path).exists():
        yield good(Family.SETTINGS, f"`{path}` is understood")
    else:
        yield good(Family.SETTINGS, f"there is no `{path}`, which is fine")
    if desk.store_setting.value == "memory":
        yield warning(Family.SETTINGS, "the store is `memory`: no session is kept", "unset MFACLI_STORE")
    profile = desk.settings.profile
    if profile is not None and not any(profile in _names(desk, cloud) for cloud in Cloud):
        yield warning(
            Family.SETTINGS,
            f"`profile` in `{path}` names `{profile}`, and there is no such profile",
            "name one of those that `mfacli doctor` lists, or take the line out",
        )


def _names(desk: Desk, cloud: Cloud) -> Iterable[str]:
    try:
        return desk.planning.names_of(cloud)
    except MfacliError:
        # What cannot be read is told elsewhere.
        return (desk.settings.profile or "",)
