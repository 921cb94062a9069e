"""Private directories and files: made for this user alone, replaced whole or not at all.

Only for mfacli's own files, which nobody else writes. It knows nothing of what is in them.
"""

from __future__ import annotations

import os
import shlex
import stat
from contextlib import suppress
from pathlib import Path

from mfacli.errors import FileUnwritable

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def make_private_directory(path: Path) -> None:
    """Make `path`, and what leads to it, where it is missing (mode 0700).

    Raises `OSError`, or `FileUnwritable` where it is not ours. One that exists keeps its mode, but must belong to
    this user and be writable by nobody else: whoever can write in it could put another index, or another lock, in
    our place.
    """
    # One by one: `parents` would leave those above to the umask, which on many systems lets the group write.
    for missing in reversed([each for each in (path, *path.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if os.name != "posix":
        return
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise FileUnwritable(f"`{path}` belongs to another user", hint="set MFACLI_STATE_DIR to a directory of yours")
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise FileUnwritable(f"`{path}` can be written by other users", hint=f"chmod go-w {shlex.quote(str(path))}")


def replace_privately(path: Path, content: bytes) -> None:
    """Write `path` anew with mode 0600, so that after a crash it holds the old content or the new, whole.

    The caller holds a lock for it: what a killed process left under the temporary name is removed. Raises `OSError`;
    the old file is then untouched.
    """
    temporary = path.with_name(f".{path.name}.new")
    # In a folder that others may write in, whoever has put a file there first could read what we write into it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        with suppress(FileNotFoundError):
            temporary.unlink()
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the same call, without a Path in between
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` last through a power cut, where folders can be synced."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
