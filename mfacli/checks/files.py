"""Checks whether others can read what is secret."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, MakePrivate, bad, good

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A file with secrets in it, and its mode; `is_passing` says that tools make many such files and remove them."""

    path: str
    mode: int
    is_passing: bool = False


def check_file(facts: FileFacts) -> Iterator[Finding]:
    """Yield whether the file is its owner's alone."""
    if facts.mode & _OTHERS:
        others = "everybody" if facts.mode & stat.S_IRWXO else "its group"
        does = "written" if facts.mode & (stat.S_IWGRP | stat.S_IWOTH) else "read"
        yield bad(
            Family.FILES,
            f"`{facts.path}` holds secrets and can be {does} by {others} (mode {stat.S_IMODE(facts.mode):04o})",
            f"chmod go-rwx {shlex.quote(facts.path)}",
            mend=MakePrivate(path=facts.path),
        )
    elif not facts.is_passing:
        yield good(Family.FILES, f"`{facts.path}` is yours alone")
