"""What the writers of other tools' files have in common: what they answer, and in which words they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mfacli.errors import FileUnwritable


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written where; `is_new` says that it was not there before.

    `profile` is empty for a file that holds one identity and no names.
    """

    path: Path
    profile: str
    is_new: bool


def broken(path: Path, *, readers: str, where: str = "") -> FileUnwritable:
    """Return the refusal of a file that does not parse; `readers` are the tools it belongs to."""
    return FileUnwritable(
        f"`{path}` is broken{where}, and is left as it is", hint=f"{readers} cannot read it either: mend it first"
    )


def long_term_keys(place: str, *, has_names: bool = True) -> FileUnwritable:
    """Return the refusal to replace keys that nobody could bring back; `place` is told in backticks."""
    elsewhere = "write it to a profile of its own, or " if has_names else ""
    return FileUnwritable(
        f"{place} holds long-term keys, which the session would replace",
        hint=f"{elsewhere}add --overwrite to lose those keys",
    )
