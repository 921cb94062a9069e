"""Checks whether the clouds' own command-line tools know what profiles and mfacli give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, good, warning
from mfacli.checks.versions import numbers_of

_UPGRADE = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
# Homebrew, the bundled installer, asdf and the like have the version in the path of what they install.
_IN_PATH = re.compile(r"/(?:v2|awscli|aws-cli)/(\d+(?:\.\d+)+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFacts:
    """A tool that is installed; `uses` are the keys of profiles, and the variables, that it has to know."""

    name: str
    path: str
    version: str
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demand:
    """What an AWS CLI must be to know one of these; `first` is of version 1, None where that never learnt it."""

    what: frozenset[str]
    first: tuple[int, ...] | None
    second: tuple[int, ...]


_DEMANDS = (
    _Demand(
        what=frozenset({"endpoint_url", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"}), first=(1, 29), second=(2, 13)
    ),
    _Demand(what=frozenset({"login_session"}), first=None, second=(2, 32)),
)


def check_tool(facts: ToolFacts) -> Iterator[Finding]:
    """Yield which version there is, and what it is too old for."""
    version = numbers_of(facts.version)
    wanting = [
        (sorted(facts.uses & demand.what), least)
        for demand in _DEMANDS
        if facts.name == "aws" and facts.uses & demand.what and (least := _least(demand, version)) > version
    ]
    for names, least in wanting:
        unknown = ", ".join(f"`{name}`" for name in names)
        yield warning(
            Family.VERSIONS,
            f"{facts.name} {facts.version} in `{facts.path}` does not know {unknown}",
            f"install {'.'.join(map(str, least))} or newer: {_UPGRADE}",
        )
    if not wanting:
        yield good(Family.VERSIONS, f"{facts.name} {facts.version} in `{facts.path}`")


def version_in(path: str) -> str:
    """Return the version that the path of an installed AWS CLI names; empty where it names none."""
    found = _IN_PATH.search(path.replace("\\", "/").lower())
    return found[1] if found else ""


def _least(demand: _Demand, version: tuple[int, ...]) -> tuple[int, ...]:
    return demand.first if demand.first is not None and version[:1] == (1,) else demand.second
