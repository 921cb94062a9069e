"""The emulator's two clocks: wire time, which signatures are judged by, and world time, which can be moved on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from mfacli.errors import UsageWrong


def machine_now() -> datetime:
    """Return this machine's time."""
    return datetime.now(tz=UTC)


class EmulatorClock:
    """The machine's time with a settable skew, and world time some way ahead of it. Safe among threads."""

    def __init__(self, machine: Callable[[], datetime] = machine_now) -> None:
        self._machine = machine
        self._lock = Lock()
        self._skew = timedelta()
        self._advanced = timedelta()

    def wire_now(self) -> datetime:
        """Return what the Date header says."""
        with self._lock:
            return self._machine() + self._skew

    def world_now(self) -> datetime:
        """Return the time that codes and sessions live in."""
        with self._lock:
            return self._machine() + self._skew + self._advanced

    def advance(self, duration: timedelta) -> None:
        """Let world time jump forward; raises `UsageWrong` where it would go back or leave the calendar."""
        if duration < timedelta():
            raise UsageWrong("the emulator's time cannot go back", hint="start it again to begin with the real time")
        with self._lock:
            self._check(self._skew, self._advanced + duration)
            self._advanced += duration

    def set_skew(self, skew: timedelta) -> None:
        """Set how far wire time is ahead of the machine's; raises `UsageWrong` where that leaves the calendar."""
        with self._lock:
            self._check(skew, self._advanced)
            self._skew = skew

    def _check(self, skew: timedelta, advanced: timedelta) -> None:
        # A century of room: every expiry that is later reckoned from this time must still be a date.
        century = timedelta(days=36525)
        try:
            later = self._machine() + skew + advanced + century
            earlier = self._machine() + skew - century
        except OverflowError:
            raise UsageWrong("the emulator's time cannot be moved that far") from None
        if earlier.year < 1900 or later.year > 9900:
            raise UsageWrong("the emulator's time cannot be moved that far")
