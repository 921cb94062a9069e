"""Time that passes for everybody at once: an emulator, and the processes that run under libfaketime."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.real import require
from tests.stage import Cloud, Person

_SLEEP = Path(__file__).parent / "moved"
_LIBRARIES = "*/faketime/libfaketimeMT.so.1"
# How long a process waits is counted by the machine's own time. Without the last, Python's threads, which wait for
# each other by the monotonic clock, hardly come to an end of it: `doctor` takes four times as long.
_OWN_WAITS = {"DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}


@dataclass(slots=True, kw_only=True)
class MovedTime:
    """Time in `cloud`, and in every process that has `environment_of` its person."""

    cloud: Cloud
    library: Path
    file: Path
    _passed: timedelta = field(default_factory=timedelta)

    def environment_of(self, person: Person) -> dict[str, str]:
        """Return the person's environment, in which processes go by this time.

        How long they wait is counted by the machine's own.
        """
        return {
            **person.environment,
            "PYTHONPATH": os.pathsep.join((str(_SLEEP), person.environment["PYTHONPATH"])),
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            **_OWN_WAITS,
        }

    def passes(self, duration: timedelta) -> None:
        """Let this much time pass."""
        self._passed += duration
        written = self.file.with_suffix(".new")
        written.write_text(f"+{int(self._passed.total_seconds())}\n")
        written.replace(self.file)
        self.cloud.control.set_skew(self._passed)


def clock_off_by(offset: timedelta) -> dict[str, str]:
    """Return what sets a process's clock off this machine's; skips without libfaketime."""
    return {"LD_PRELOAD": str(library()), "FAKETIME": f"{int(offset.total_seconds()):+d}s", **_OWN_WAITS}


def library() -> Path:
    """Return libfaketime, as a process loads it; skips without it."""
    libraries = sorted(Path("/usr/lib").glob(_LIBRARIES))
    require(bool(libraries), "libfaketime is not installed")
    return libraries[0]


@contextmanager
def moved_time(cloud: Cloud, directory: Path) -> Iterator[MovedTime]:
    """Give time that can be moved, and set the emulator's right again afterwards; skips without libfaketime."""
    time = MovedTime(cloud=cloud, library=library(), file=directory / "faketime")
    time.passes(timedelta())
    try:
        yield time
    finally:
        cloud.control.set_skew(timedelta())
