"""Checks whether the cloud is reached, whether it is the cloud that answers, and what its clock says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.domain.offsets import describe_offset

# Both clouds refuse signatures that are this far off; mfacli corrects its own.
_REFUSED = timedelta(minutes=5)
# A code made on another clock by more than its period is the wrong one.
_NOTABLE = timedelta(seconds=15)
_SLOW_SECONDS = 2.0
_SET = "sudo timedatectl set-ntp true    (macOS: sudo sntp -sS time.apple.com; Windows: w32tm /resync)"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """What an unsigned request to a cloud's STS met.

    `problem` and `hint` say why there was no answer. `is_the_cloud` tells whether the answer was in STS's own form,
    `offset` is the cloud's time minus this machine's, None where the answer had no date, and `proxy` what it went
    through (its host only).
    """

    cloud: str
    host: str
    problem: str = ""
    hint: str = ""
    seconds: float = 0.0
    is_the_cloud: bool = True
    offset: timedelta | None = None
    proxy: str = ""


def check_endpoint(facts: EndpointFacts) -> Iterator[Finding]:
    """Yield whether the endpoint is reached."""
    through = f" through the proxy {facts.proxy}" if facts.proxy else ""
    where = f"{facts.host}{through}"
    if facts.problem:
        yield bad(Family.NETWORK, facts.problem + through, facts.hint)
    elif not facts.is_the_cloud:
        yield bad(
            Family.NETWORK,
            f"{where} answers, but not as {facts.cloud}'s STS does: a captive portal, a proxy, or another server",
            "sign in to the network in a browser, or see the endpoint of the profile and HTTPS_PROXY",
        )
    elif facts.seconds > _SLOW_SECONDS:
        yield warning(Family.NETWORK, f"{where} takes {facts.seconds:.1f} s to answer")
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
            f"{describe_offset(facts.offset)}: mfacli reckons with that, other tools' requests are refused",
            _SET,
        )
    elif abs(facts.offset) >= _NOTABLE:
        yield warning(
            Family.CLOCK,
            f"{describe_offset(facts.offset)}: codes that another program makes here are wrong",
            _SET,
        )
    else:
        yield good(Family.CLOCK, f"this machine's clock is {facts.cloud}'s")
