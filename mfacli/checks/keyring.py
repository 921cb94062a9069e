"""Checks whether sessions, seeds and keys can be kept and found again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.checks.finding import DropFile, Family, Finding, bad, good, warning

# With more, every command that reads it is felt.
_SLOW_SECONDS = 1.0
_UNLOCK = "unlock it: log in to the desktop, or open it with its own program"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringFacts:
    """One place for secrets.

    `is_needed` says that something rests in it, or that nothing else would take what it is chosen for. `seconds` is
    how long it took to write, read and delete a probe (None: that was not tried), `is_scarce` that it is nearly full.
    """

    place: str
    is_needed: bool
    chosen_by: str = ""
    is_locked: bool | None = None
    problem: str = ""
    hint: str = ""
    seconds: float | None = None
    is_scarce: bool = False


def check_keyring(facts: KeyringFacts) -> Iterator[Finding]:
    """Yield what there is to say of one place."""
    name = facts.place + (f" (chosen by {facts.chosen_by})" if facts.chosen_by else "")
    if facts.problem:
        level = bad if facts.is_needed else warning
        yield level(Family.KEYRING, f"{name}: {facts.problem}", facts.hint)
        return
    if facts.is_locked:
        level = bad if facts.is_needed else warning
        yield level(Family.KEYRING, f"{name} is locked", _UNLOCK)
        return
    if facts.is_scarce:
        yield warning(Family.KEYRING, f"{name} is nearly full", "mfacli forget --all")
    if facts.seconds is None:
        yield good(Family.KEYRING, f"{name} is there, and was not opened")
    elif facts.seconds > _SLOW_SECONDS:
        yield warning(
            Family.KEYRING,
            f"{name} takes {facts.seconds:.1f} s to write, read and delete",
            "mfacli store",
        )
    else:
        yield good(Family.KEYRING, f"{name} writes, reads and deletes in {facts.seconds:.2f} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """A list of mfacli's own that was found damaged and set aside."""

    path: str


def check_index(facts: IndexFacts) -> Iterator[Finding]:
    """Yield that a damaged list lies there, which makes every look-up open the keyring."""
    yield warning(
        Family.KEYRING,
        f"a damaged list was set aside: `{facts.path}`",
        f"rm {shlex.quote(facts.path)}    (once `mfacli status` and `mfacli device list` miss nothing)",
        mend=DropFile(path=facts.path),
    )
