"""Checks whether the parts that mfacli works with are new enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, bad, good

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*>=\s*([0-9][0-9.]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What mfacli demands, as its package says it, and which version of each part there is (empty: none)."""

    python: str
    mfacli: str
    requirements: Sequence[str]
    installed: dict[str, str]


def check_versions(facts: VersionFacts) -> Iterator[Finding]:
    """Yield parts that are missing or too old, else one line on the main ones."""
    is_well = True
    for text in facts.requirements:
        demanded = _REQUIREMENT.match(text)
        if demanded is None or "extra ==" in text:
            continue
        name, least = demanded[1], demanded[2]
        there = facts.installed.get(name, "")
        if not there or numbers_of(there) < numbers_of(least):
            is_well = False
            yield bad(
                Family.VERSIONS,
                f"{name} {there} is older than {least}" if there else f"{name} is not installed",
                f"pip install '{name}>={least}'",
            )
    if is_well:
        main = ", ".join(
            f"{name} {facts.installed[name]}" for name in ("boto3", "keyring") if name in facts.installed
        )
        yield good(Family.VERSIONS, f"mfacli {facts.mfacli}, Python {facts.python}, {main}")


def required_name(requirement: str) -> str:
    """Return the name of the part that a line of a package's requirements is about."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return found[0] if found else ""


def numbers_of(text: str) -> tuple[int, ...]:
    """Return a version's numbers, to be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:4])
