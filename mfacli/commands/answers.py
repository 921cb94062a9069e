"""Remembers answers for the cached read: writes the entries that `hot.py` gives them again from.

An entry holds no secret: those stay where the session rests, and their places in the answer are left open. Nothing
here may spoil an answer, which has been given by then: what cannot be remembered is left alone.
"""

from __future__ import annotations

import os
import sys
import time
from binascii import crc32
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mfacli import hot
from mfacli.commands.answer_files import Stamped, deciding_files, stamped
from mfacli.commands.wiring import Desk
from mfacli.domain.plan import Plan
from mfacli.errors import MfacliError
from mfacli.session import Obtained
from mfacli.store.choice import SESSION_INDEX, STORE_VARIABLE, StoreSetting, parse_store_setting

# An entry is about 2 KB, and every change of the environment makes a new one.
_MOST_ENTRIES = 200
_LONGEST_SESSION_SECONDS = 36 * 3600
# What keeps an answer from being remembered, odd paths and Pythons without ctypes among it, is nobody's concern.
_PASSED_OVER = (MfacliError, OSError, ValueError, ImportError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resting:
    """Where a session rests, in the words of `hot.kept_session`, and the files that this hangs on."""

    place: bytes
    name: bytes
    files: tuple[Stamped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering:
    """The answer that a command is about to give, before anything has been read for it.

    `files` are those that the plan is decided from, `keyring_files` those that the keyring is chosen by, and `index`
    is that of the sessions.
    """

    desk: Desk
    path: Path
    files: tuple[Stamped, ...]
    keyring_files: tuple[Stamped, ...]
    index: Stamped

    def keep(self, plan: Plan, obtained: Obtained, answer: str, *, until: datetime) -> None:
        """Write the entry for `answer`, which may be given again until `until` as long as nothing changes."""
        with suppress(*_PASSED_OVER):
            content = self._entry(plan, obtained, answer, until)
            if content is not None:
                _write(self.path, content)

    def _entry(self, plan: Plan, obtained: Obtained, answer: str, until: datetime) -> bytes | None:
        found = self._find(obtained)
        if found is None:
            return None
        resting, lines = found
        files = [*self.files, *resting.files]
        # A session that another plan has kept serves only as long as there is none of this plan's own.
        if obtained.kept_as != plan.fingerprint:
            files.append(self.index)
        # What another encoding would write otherwise is not given again.
        text = answer.encode("ascii")
        template = _template(text, lines)
        is_filled = hot.filled(template, lines) == text == answer.encode(sys.stdout.encoding)
        if not is_filled or not all(file.is_settled for file in files):
            return None
        issued = lines[0].split()[3].decode()
        parts = [
            resting.place,
            resting.name,
            f"{issued} {int(until.timestamp())}".encode(),
            str(len(files)).encode(),
            *(os.fsencode(f"{file.stamp} {file.path}") for file in files),
            *(lines[index] for index in hot.PUBLIC_LINES),
            template,
        ]
        body = b"\n".join(parts)
        return b"%s %08x\n%s" % (hot.MAGIC, crc32(body), body)

    def _find(self, obtained: Obtained) -> tuple[_Resting, list[bytes]] | None:
        """Return where the session that was handed over rests, and its lines, as the cached read finds them."""
        for resting in self._candidates(obtained.kept_as):
            text = hot.kept_session(resting.place, resting.name, self.desk.environment)
            if text is not None:
                lines = hot.session_lines(text)
                # What is kept may be another session by now.
                return (resting, lines) if lines is not None and _is(obtained, lines) else None
        return None

    def _candidates(self, kept_as: str) -> Iterator[_Resting]:
        """Yield where a session may rest, the first choice first (`store/choice.py`)."""
        setting = parse_store_setting(self.desk.environment.get(STORE_VARIABLE) or self.desk.settings.store)
        namespace = self.desk.places.namespace
        if kept_as and setting in {StoreSetting.AUTO, StoreSetting.KERNEL, StoreSetting.FILE}:
            from mfacli.store.kernel_calls import keyctl_number
            from mfacli.store.kernel_keys import description_of

            number = keyctl_number()
            if number is not None:
                name = os.fsencode(description_of(namespace, kept_as))
                yield _Resting(place=b"%s %d" % (hot.KERNEL, number), name=name)
        if kept_as and setting in {StoreSetting.AUTO, StoreSetting.KEYRING}:
            from mfacli.store.keyring_choice import is_secret_service
            from mfacli.store.keyring_store import SESSION_SERVICE

            if is_secret_service():
                # The kernel goes first as soon as there is something in it, which the index tells.
                files = self.keyring_files if setting is StoreSetting.KEYRING else (*self.keyring_files, self.index)
                name = os.fsencode(f"{SESSION_SERVICE} {namespace}:{kept_as}")
                yield _Resting(place=hot.SECRET_SERVICE, name=name, files=files)


def remembering(desk: Desk) -> Remembering | None:
    """Return what will remember the answer to this command line, or None where it cannot be given again.

    To be called before any file is read: whatever changes from now on changes the stamps.
    """
    if sys.platform != "linux":
        return None
    from mfacli.store.keyring_choice import deciding_places

    with suppress(*_PASSED_OVER):
        question = hot.recognise(desk.arguments)
        path = question and hot.entry_path(question, desk.environment)
        if path and Path(path).parent == _folder(desk):
            return Remembering(
                desk=desk,
                path=Path(path),
                files=deciding_files(desk),
                keyring_files=stamped(deciding_places(desk.environment, home=Path.home())),
                index=stamped([desk.places.state / SESSION_INDEX])[0],
            )
    return None


def forget_answers(desk: Desk) -> None:
    """Remove all entries: they name sessions that are to be forgotten."""
    with suppress(*_PASSED_OVER):
        for entry in _entries(_folder(desk)):
            entry.unlink(missing_ok=True)


def _folder(desk: Desk) -> Path:
    return desk.places.state / hot.FOLDER


def _is(obtained: Obtained, lines: Sequence[bytes]) -> bool:
    session = obtained.session
    known = [obtained.kept_as, session.secret_access_key.reveal(), session.session_token.reveal()]
    return [lines[index].decode() for index in (1, *hot.SECRET_LINES)] == known


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
