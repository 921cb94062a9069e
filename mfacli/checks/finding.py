"""What a check found, how bad it is, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mfacli.errors import ExitCode


class Level(Enum):
    """How a finding is meant."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Family(Enum):
    """What is looked at, in the order in which it is told."""

    SETTINGS = "settings"
    KEYRING = "keyring"
    FILES = "files"
    PROFILES = "profiles"
    ENVIRONMENT = "environment"
    NETWORK = "network"
    CLOCK = "clock"
    DEVICES = "devices"
    VERSIONS = "versions"
    SESSION = "session"

    @property
    def exit_code(self) -> ExitCode:
        """The code that a command would end with for what is bad here."""
        match self:
            case Family.KEYRING:
                return ExitCode.KEYRING
            case Family.NETWORK:
                return ExitCode.CLOUD_UNREACHABLE
            case Family.CLOCK | Family.DEVICES | Family.SESSION:
                return ExitCode.REJECTED
            case _:
                return ExitCode.PROFILE


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePrivate:
    """Take a file's mode from all but its owner."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropKey:
    """Take one key out of a section of `~/.aws/credentials`."""

    path: str
    section: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSection:
    """Take an expired session that mfacli wrote out of `~/.aws/credentials`."""

    path: str
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCredential:
    """Remove a `.credential` of tccli's that holds an expired session of mfacli's, and nothing else."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFile:
    """Remove a damaged list of mfacli's own that was set aside."""

    path: str


Mend = MakePrivate | DropKey | DropSection | DropCredential | DropFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; `cure` is what mends it, `mend` what `--fix` does about it."""

    family: Family
    level: Level
    what: str
    cure: str = ""
    mend: Mend | None = None


def good(family: Family, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(family=family, level=Level.GOOD, what=what)


def warning(family: Family, what: str, cure: str = "", mend: Mend | None = None) -> Finding:
    """Return a finding that something may surprise."""
    return Finding(family=family, level=Level.WARNING, what=what, cure=cure, mend=mend)


def bad(family: Family, what: str, cure: str = "", mend: Mend | None = None) -> Finding:
    """Return a finding that something does not work."""
    return Finding(family=family, level=Level.BAD, what=what, cure=cure, mend=mend)


def exit_code_of(findings: Sequence[Finding]) -> ExitCode:
    """Return the code of the first thing that is bad, and 0 where nothing is."""
    found = (finding.family.exit_code for finding in findings if finding.level is Level.BAD)
    return next(found, ExitCode.DONE)
