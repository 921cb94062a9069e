"""The small real things that tests use in place of the machine's: a clock that is set by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


class HandClock:
    """A `Clock` that moves only when told to, or when somebody waits."""

    def __init__(self, start: datetime = NOON) -> None:
        self.time = start
        self.offset = timedelta()
        self.waited: list[timedelta] = []

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time

    def cloud_now(self) -> datetime:
        """Return that time with the learnt offset."""
        return self.time + self.offset

    def learn_offset(self, offset: timedelta) -> None:
        """Remember the cloud's offset."""
        self.offset = offset

    def wait(self, duration: timedelta) -> None:
        """Move on at once."""
        self.waited.append(duration)
        self.time += duration
