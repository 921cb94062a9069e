"""Replaces a file that others write too: under a lock, whole or not at all, never readable by anybody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mfacli.errors import FileUnwritable
from mfacli.private_files import sync_folder

_LOCK_SECONDS = 10
_TRIES = 5
_PRIVATE = stat.S_IRUSR | stat.S_IWUSR


def replace_file(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Write what `change` makes of the file's content (empty where it is missing); returns the file written.

    A symbolic link is followed, and stays. Owner and stricter permissions stay; others lose theirs. The file is
    locked against other processes of mfacli; when any other program has written it meanwhile, `change` is asked
    again. Raises `FileUnwritable`, and whatever `change` raises; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(target):
            for _ in range(_TRIES):
                if _replaced(target, change):
                    return target
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        raise FileUnwritable(f"`{target}` could not be written: {why}") from problem
    raise FileUnwritable(f"`{target}` is being written by another program all the time", hint="try again")


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(target.with_name(f"{target.name}.lock"), timeout=_LOCK_SECONDS, mode=_PRIVATE)
    try:
        lock.acquire()
    except Timeout as problem:
        raise FileUnwritable(
            f"`{target}` has been locked by another process for {_LOCK_SECONDS} s", hint="try again"
        ) from problem
    try:
        yield
    finally:
        lock.release()


def _replaced(target: Path, change: Callable[[bytes], bytes]) -> bool:
    """Replace the file once; returns False where somebody else wrote it while the new content was made."""
    before = _status(target)
    if before and not stat.S_ISREG(before.st_mode):
        # As root, /dev/null would be replaced like anything else.
        raise FileUnwritable(f"`{target}` is not a regular file")
    content = target.read_bytes() if before else b""
    changed = change(content)
    if before and changed == content and stat.S_IMODE(before.st_mode) & ~_PRIVATE == 0:
        return True
    if before and not os.access(target, os.W_OK):
        raise FileUnwritable(f"`{target}` is read-only", hint=f"chmod u+w '{target}'")
    # The lock is ours, so what lies under this name was left by a process that was killed.
    temporary = target.with_name(f".{target.name}.mfacli-new")
    try:
        _write(temporary, changed, before)
        if _stamp(_status(target)) != _stamp(before):
            return False
        temporary.replace(target)
        sync_folder(target.parent)
        return True
    finally:
        with suppress(OSError):
            temporary.unlink()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _stamp(status: os.stat_result | None) -> tuple[int, int, int] | None:
    return (status.st_ino, status.st_size, status.st_mtime_ns) if status else None


def _write(temporary: Path, content: bytes, before: os.stat_result | None) -> None:
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(temporary, flags, _PRIVATE), "wb") as file:
        if before is not None and hasattr(os, "fchown"):
            _keep_owner(file.fileno(), before)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_owner(descriptor: int, before: os.stat_result) -> None:
    if before.st_uid != os.fstat(descriptor).st_uid:
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode) & _PRIVATE)
