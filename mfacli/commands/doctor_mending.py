"""Mends what `doctor --fix` may mend: nothing that a person has written, and no key that still works."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import assert_never

from mfacli.checks.finding import DropCredential, DropFile, DropKey, DropSection, Finding, MakePrivate, Mend
from mfacli.commands.wiring import Desk
from mfacli.domain.moments import parse_moment
from mfacli.errors import FileUnwritable, MfacliError
from mfacli.output.aws_files import EXPIRY_KEY, changed_content
from mfacli.output.ini_edit import read_sections, with_section, without_section
from mfacli.output.replacing import replace_file
from mfacli.profiles.tencent_files import read_credential


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
        desk.terminal.note(words)
        done.append(words)
    return done


def _mend(mend: Mend, *, now: datetime) -> str:
    match mend:
        case MakePrivate(path=path):
            return _make_private(Path(path))
        case DropKey(path=path, section=section, key=key):
            _edit(path, section, lambda text: with_section(text, section, {}, gone=(key,)))
            return f"took `{key}` out of [{section}] in `{path}`"
        case DropSection(path=path, section=section):
            _edit(path, section, lambda text: _without_expired(text, section, now))
            return f"took the expired session [{section}] out of `{path}`"
        case DropCredential(path=path):
            _done(path, lambda: _drop_credential(Path(path), now))
            return f"removed `{path}`, whose session had expired"
        case DropFile(path=path):
            _done(path, lambda: Path(path).unlink(missing_ok=True))
            return f"removed `{path}`"
        case _:
            assert_never(mend)


def _make_private(path: Path) -> str:
    """Take from a file's mode what others may; what its owner may stays."""
    modes: list[int] = []

    def change() -> None:
        modes.append(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU)
        path.chmod(modes[-1])

    _done(str(path), change)
    return f"`{path}` is now yours alone (mode {modes[-1]:04o})"


def _drop_credential(path: Path, now: datetime) -> None:
    # Another session may have been written there since it was looked at.
    found = read_credential(path)
    if found.is_a_written_session and found.expires_at is not None and found.expires_at <= now:
        path.unlink(missing_ok=True)


def _edit(path: str, section: str, change: Callable[[str], str]) -> None:
    replace_file(
        Path(path), lambda content: changed_content(content, Path(path), section, change, what="what mends it")
    )


def _without_expired(text: str, section: str, now: datetime) -> str:
    # Another session may have been written there since it was looked at.
    expires = read_sections(text).get(section, {}).get(EXPIRY_KEY, "")
    expires_at = parse_moment(expires)
    return without_section(text, section) if expires_at is not None and expires_at <= now else text


def _done(path: str, change: Callable[[], object]) -> None:
    try:
        change()
    except OSError as problem:
        raise FileUnwritable(f"`{path}`: {(problem.strerror or str(problem)).lower()}") from problem
