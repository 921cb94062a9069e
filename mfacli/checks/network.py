"""Checks whether the cloud is reached, whether it is the cloud that answers, and what its clock says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.domain.offsets import describe_offset

# Tencent Cloud refuses signatures that are this far off, AWS does from here up to 15 minutes, by the service; mfacli
# corrects its own.
_REFUSED = timedelta(minutes=5)
_LOOK = "see the network, HTTPS_PROXY, and the endpoint of the profile"
# A code made on another clock by more than its period is the wrong one.
_NOTABLE = timedelta(seconds=15)
_SLOW_SECONDS = 2.0
_SETTING = {
    "linux": "sudo timedatectl set-ntp true",
    # Its clock stops while the host sleeps (microsoft/WSL#10006).
    "wsl": "sudo hwclock -s",
    "darwin": "sudo sntp -sS time.apple.com",
    "win32": "w32tm /resync",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """What an unsigned request to a cloud's STS met.

    `problem` and `hint` say why there was no answer. `is_the_cloud` tells whether the answer was in STS's own form,
    `offset` is the cloud's time minus this machine's, None where the answer had no date, and `proxy` what it went
    through (its host only). `system` is Python's word for this machine's system, or `wsl`. `needed_by`
    is the profile whose STS it is, where that is not the one in use. `is_open` says that nothing is encrypted on the
    way to another machine.
    """

    cloud: str
    host: str
    problem: str = ""
    hint: str = ""
    seconds: float = 0.0
    is_the_cloud: bool = True
    offset: timedelta | None = None
    proxy: str = ""
    system: str = "linux"
    needed_by: str = ""
    is_open: bool = False


def check_endpoint(facts: EndpointFacts) -> Iterator[Finding]:
    """Yield whether the endpoint is reached."""
    through = f" through the proxy {facts.proxy}" if facts.proxy else ""
    needed = f", which profile `{facts.needed_by}` needs" if facts.needed_by else ""
    where = f"{facts.host}{through}"
    if facts.is_open:
        yield warning(
            Family.NETWORK,
            f"the way to {where} is not encrypted{needed}: anybody on it could read sessions",
            "write https:// into the endpoint",
        )
    if facts.problem:
        beside = f" (through the proxy {facts.proxy})" if facts.proxy else ""
        yield bad(Family.NETWORK, facts.problem + beside + needed, facts.hint or _LOOK)
    elif not facts.is_the_cloud:
        yield bad(
            Family.NETWORK,
            f"{where} answers, but not as {facts.cloud}'s STS does: a captive portal, a proxy, or another server",
            "sign in to the network in a browser, or see the endpoint of the profile and HTTPS_PROXY",
        )
    elif facts.seconds > _SLOW_SECONDS:
        yield warning(Family.NETWORK, f"{where} takes {facts.seconds:.1f} s to answer{needed}", _LOOK)
    else:
        yield good(Family.NETWORK, f"{where} answers in {facts.seconds:.2f} s")


def check_clock(facts: EndpointFacts) -> Iterator[Finding]:
    """Yield whether this machine's clock is that of the cloud."""
    if facts.problem or not facts.is_the_cloud:
        return
    if facts.offset is None:
        yield warning(Family.CLOCK, f"{facts.host} did not say what time it is")
    elif abs(facts.offset) >= _REFUSED:
        yield bad(
            Family.CLOCK,
            f"{describe_offset(facts.offset)}: mfacli reckons with that, other tools' requests may be refused",
            _setting(facts),
        )
    elif abs(facts.offset) >= _NOTABLE:
        yield warning(
            Family.CLOCK,
            f"{describe_offset(facts.offset)}: codes that another program makes here are wrong",
            _setting(facts),
        )
    else:
        yield good(Family.CLOCK, f"this machine's clock is {facts.cloud}'s")


def _setting(facts: EndpointFacts) -> str:
    return _SETTING.get(facts.system, "set this machine's clock")
