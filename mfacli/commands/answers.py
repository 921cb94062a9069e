"""Remembers answers for the cached read: writes the entries that `hot.py` gives them again from.

An entry holds no secret: those stay in the kernel's keyring, and their places in the answer are left open. Nothing
here may spoil an answer, which has been given by then: what cannot be remembered is left alone.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from binascii import crc32
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mfacli import hot
from mfacli.commands.wiring import Desk
from mfacli.domain.plan import Plan
from mfacli.errors import MfacliError
from mfacli.session import Obtained
from mfacli.store.choice import SESSION_INDEX, STORE_VARIABLE, StoreSetting, parse_store_setting

# A file that is written twice within one tick of its file system's clock keeps its stamp: FAT's tick, the longest.
_TICK_SECONDS = 2
# An entry is about 2 KB, and every change of the environment makes a new one.
_MOST_ENTRIES = 200
_LONGEST_SESSION_SECONDS = 36 * 3600
# What keeps an answer from being remembered, odd paths and Pythons without ctypes among it, is nobody's concern.
_PASSED_OVER = (MfacliError, OSError, ValueError, ImportError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamped:
    """A file as it is now; `is_settled` says that no later change could leave it with the same stamp."""

    path: str
    stamp: str
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering:
    """The answer that a command is about to give, before anything has been read for it.

    `files` are those that the plan is decided from, `index` is that of the sessions.
    """

    desk: Desk
    path: Path
    files: tuple[_Stamped, ...]
    index: _Stamped

    def keep(self, plan: Plan, obtained: Obtained, answer: str, *, until: datetime) -> None:
        """Write the entry for `answer`, which may be given again until `until` as long as nothing changes."""
        with suppress(*_PASSED_OVER):
            content = self._entry(plan, obtained, answer, until)
            if content is not None:
                _write(self.path, content)

    def _entry(self, plan: Plan, obtained: Obtained, answer: str, until: datetime) -> bytes | None:
        from mfacli.store.kernel_calls import keyctl_number
        from mfacli.store.kernel_keys import description_of

        # A session that another plan has kept serves only as long as there is none of this plan's own.
        files = self.files if obtained.kept_as == plan.fingerprint else (*self.files, self.index)
        number = keyctl_number()
        if number is None or not _rests_in_kernel(self.desk) or not all(file.is_settled for file in files):
            return None
        session = obtained.session
        description = os.fsencode(description_of(self.desk.places.namespace, obtained.kept_as))
        lines = hot.session_lines(hot.read_key(number, description))
        # What is kept may be another session by now.
        if lines is None or [lines[index].decode() for index in (1, *hot.SECRET_LINES)] != [
            obtained.kept_as,
            session.secret_access_key.reveal(),
            session.session_token.reveal(),
        ]:
            return None
        # What another encoding would write otherwise is not given again.
        text = answer.encode("ascii")
        template = _template(text, lines)
        if hot.filled(template, lines) != text or answer.encode(sys.stdout.encoding) != text:
            return None
        issued = lines[0].split()[3].decode()
        parts = [
            str(number).encode(),
            description,
            f"{issued} {int(until.timestamp())}".encode(),
            str(len(files)).encode(),
            *(os.fsencode(f"{file.stamp} {file.path}") for file in files),
            *(lines[index] for index in hot.PUBLIC_LINES),
            template,
        ]
        body = b"\n".join(parts)
        return b"%s %08x\n%s" % (hot.MAGIC, crc32(body), body)


def remembering(desk: Desk) -> Remembering | None:
    """Return what will remember the answer to this command line, or None where it cannot be given again.

    To be called before any file is read: whatever changes from now on changes the stamps.
    """
    if sys.platform != "linux":
        return None
    with suppress(*_PASSED_OVER):
        question = hot.recognise(desk.arguments)
        path = question and hot.entry_path(question, desk.environment)
        files = _deciding_files(desk)
        if path and files and Path(path).parent == _folder(desk):
            index = _stamped(desk.places.state / SESSION_INDEX)
            return Remembering(desk=desk, path=Path(path), files=files, index=index)
    return None


def forget_answers(desk: Desk) -> None:
    """Remove all entries: they name sessions that are to be forgotten."""
    with suppress(*_PASSED_OVER):
        for entry in _entries(_folder(desk)):
            entry.unlink(missing_ok=True)


def _folder(desk: Desk) -> Path:
    return desk.places.state / hot.FOLDER


def _deciding_files(desk: Desk) -> tuple[_Stamped, ...]:
    """Return the files that plans are decided from; none where plans hang on something else besides."""
    from mfacli.profiles.aws_files import aws_paths
    from mfacli.profiles.settings import settings_path

    environment = desk.environment
    # Whose session this is, and what else its keys have opened, is looked up in the index and in the keyring.
    if environment.get("AWS_SESSION_TOKEN") or environment.get("AWS_SECURITY_TOKEN"):
        return ()
    # Other variables than those of `hot.decides` may be in these.
    if any("$" in environment.get(name, "") for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")):
        return ()
    paths = aws_paths(environment, home=Path.home())
    files = (paths.config, paths.credentials, settings_path(environment))
    if any("\n" in str(path) or not path.is_absolute() for path in files):
        return ()
    return tuple(_stamped(path) for path in files)


def _stamped(path: Path) -> _Stamped:
    stamp = hot.stamp(str(path))
    is_settled = stamp == hot.MISSING or _is_settled(path.stat())
    return _Stamped(path=str(path), stamp=stamp, is_settled=is_settled)


def _is_settled(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_ctime < time.time() - _TICK_SECONDS


def _rests_in_kernel(desk: Desk) -> bool:
    setting = parse_store_setting(desk.environment.get(STORE_VARIABLE) or desk.settings.store)
    return setting in {StoreSetting.AUTO, StoreSetting.KERNEL}


def _template(answer: bytes, lines: Sequence[bytes]) -> bytes:
    """Return `answer` with the secrets cut out."""
    for index in hot.SECRET_LINES:
        answer = answer.replace(lines[index], b"\0%d" % index)
    return answer


def _write(path: Path, content: bytes) -> None:
    """Put the entry in its place, in one step; a crash may lose it, which costs nothing."""
    from mfacli.private_files import make_private_directory

    make_private_directory(path.parent)
    _make_room(path.parent)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _make_room(folder: Path) -> None:
    """Drop the entries of sessions that must have ended, and all where the environment changes too often."""
    entries = _entries(folder)
    ended = time.time() - _LONGEST_SESSION_SECONDS
    for entry in entries:
        # Another process may be doing the same.
        with suppress(FileNotFoundError):
            if len(entries) > _MOST_ENTRIES or entry.stat().st_mtime < ended:
                entry.unlink()


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
