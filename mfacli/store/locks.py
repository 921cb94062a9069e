"""Locks between processes of this user, held by the operating system: whoever is killed lets go of them.

A lock is a file with nothing in it; what is locked is its name's digest, so that any text can name a lock.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mfacli.errors import FileUnwritable
from mfacli.private_files import make_private_directory

if TYPE_CHECKING:
    from filelock import BaseFileLock

# Waiting processes look this often; also how long Ctrl-C may take on Windows.
_LOOK_AGAIN_SECONDS = 0.05
# A call to the cloud takes less; whoever waits longer wants to know what for.
_SILENT_SECONDS = 2.0


class FileLocks:
    """The `Locks` in the first of `directories` that takes them.

    The others are for a HOME that cannot be written, or lies on a file system without locks: all processes of one
    user find the same one. A lock cannot be taken twice by one thread. `on_wait` is told, in words, when somebody
    else keeps us waiting for more than a moment.
    """

    def __init__(self, directories: Sequence[Path], *, on_wait: Callable[[str], None] | None = None) -> None:
        self._directories = tuple(directories)
        self._on_wait = on_wait

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold the lock called `name`; waits for whoever has it. Raises `FileUnwritable` where none can be made."""
        lock = self._acquire(lock_file_name(name))
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, file_name: str) -> BaseFileLock:
        from filelock import FileLock

        refusals: list[str] = []
        for directory in self._directories:
            try:
                make_private_directory(directory)
                # Without OS locks a lock would outlive a killed process: better the next directory, or an error.
                lock = FileLock(
                    directory / file_name,
                    mode=0o600,
                    poll_interval=_LOOK_AGAIN_SECONDS,
                    thread_local=False,
                    fallback_to_soft=False,
                )
                self._wait_for(lock)
            except FileUnwritable as refusal:
                refusals.append(refusal.message)
            except OSError as refusal:
                refusals.append(f"`{directory}`: {refusal.strerror or refusal}")
            else:
                return lock
        raise FileUnwritable(
            "no lock can be made: " + "; ".join(refusals),
            hint="set MFACLI_STATE_DIR to a directory of yours on a local, writable file system",
        )

    def _wait_for(self, lock: BaseFileLock) -> None:
        from filelock import Timeout

        try:
            lock.acquire(timeout=_SILENT_SECONDS)
        except Timeout:
            if self._on_wait is not None:
                self._on_wait(
                    "waiting for another mfacli, which is at the same thing: it may be asking for a code in another "
                    "terminal, or waiting for the cloud (Ctrl-C ends only this one)"
                )
            lock.acquire()


def lock_file_name(name: str) -> str:
    """Return the file that stands for the lock `name`: a readable beginning, and a digest of it all."""
    beginning = re.sub(r"[^A-Za-z0-9]+", "-", name.split(" ", 1)[0])[:20]
    return f"{beginning}-{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:20]}.lock"
