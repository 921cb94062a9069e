"""Mends what `doctor --fix` may mend: nothing that a person has written, and no key that still works."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar, assert_never

from mfacli.checks.finding import DropCredential, DropFile, DropKey, DropSection, Finding, MakePrivate, Mend
from mfacli.commands.wiring import Desk
from mfacli.domain.moments import parse_moment
from mfacli.errors import FileUnwritable, MfacliError
from mfacli.output.aws_files import EXPIRY_KEY, changed_content
from mfacli.output.ini_edit import read_sections, with_section, without_section
from mfacli.output.replacing import replace_file
from mfacli.profiles.tencent_files import read_credential

DoneT = TypeVar("DoneT")


def mend_all(desk: Desk, findings: Iterable[Finding]) -> list[str]:
    """Mend what can be mended, say each, and return what was said."""
    done: list[str] = []
    for finding in findings:
        if finding.mend is None:
            continue
        try:
            words = _mend(finding.mend, now=desk.clock.now())
        except MfacliError as problem:
            desk.terminal.warn(f"not mended: {problem.message}")
            continue
        # Nothing is said of what has mended itself since it was looked at.
        if words:
            desk.terminal.note(words)
            done.append(words)
    return done


def _mend(mend: Mend, *, now: datetime) -> str:
    match mend:
        case MakePrivate(path=path):
            return _make_private(Path(path))
        case DropKey(path=path, section=section, key=key):
            is_gone = _edit(path, section, lambda text: with_section(text, section, {}, gone=(key,)))
            return f"took `{key}` out of [{section}] in `{path}`" if is_gone else ""
        case DropSection(path=path, section=section):
            is_gone = _edit(path, section, lambda text: _without_expired(text, section, now))
            return f"took the expired session [{section}] out of `{path}`" if is_gone else ""
        case DropCredential(path=path):
            is_gone = _done(path, lambda: _drop_credential(Path(path), now))
            return f"removed `{path}`, whose session had expired" if is_gone else ""
        case DropFile(path=path):
            _done(path, lambda: Path(path).unlink(missing_ok=True))
            return f"removed `{path}`"
        case _:
            assert_never(mend)


def _make_private(path: Path) -> str:
    """Take from a file's mode what others may; what its owner may stays."""

    def change() -> int:
        mode = stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU
        path.chmod(mode)
        return mode

    return f"`{path}` is now yours alone (mode {_done(str(path), change):04o})"


def _drop_credential(path: Path, now: datetime) -> bool:
    # Another session may have been written there since it was looked at.
    found = read_credential(path)
    is_over = found.is_a_written_session and found.expires_at is not None and found.expires_at <= now
    if is_over:
        path.unlink(missing_ok=True)
    return is_over


def _edit(path: str, section: str, change: Callable[[str], str]) -> bool:
    """Change a section and no other byte; returns whether that changed anything."""
    made: list[bool] = []

    def changed(content: bytes) -> bytes:
        after = changed_content(content, Path(path), section, change, what="what mends it")
        made.append(after != content)
        return after

    replace_file(Path(path), changed)
    return made[-1]


def _without_expired(text: str, section: str, now: datetime) -> str:
    # Another session may have been written there since it was looked at.
    expires = read_sections(text).get(section, {}).get(EXPIRY_KEY, "")
    expires_at = parse_moment(expires)
    return without_section(text, section) if expires_at is not None and expires_at <= now else text


def _done(path: str, change: Callable[[], DoneT]) -> DoneT:
    try:
        return change()
    except OSError as problem:
        raise FileUnwritable(f"`{path}`: {(problem.strerror or str(problem)).lower()}") from problem
