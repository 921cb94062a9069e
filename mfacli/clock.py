"""This machine's clock, and the cloud's as far as an answer's Date header has told it.

The offset lives as long as the process: the first answer of the next one tells it anew.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The `Clock` of everyday use."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return this machine's time."""
        return datetime.now(UTC)

    def cloud_now(self) -> datetime:
        """Return this machine's time plus the offset learnt from the cloud."""
        return self.now() + self._offset

    def learn_offset(self, offset: timedelta) -> None:
        """Remember how far the cloud's clock is ahead of this machine's (negative: behind)."""
        self._offset = offset

    def wait(self, duration: timedelta) -> None:
        """Sleep for `duration`; not at all where it is negative."""
        time.sleep(max(duration.total_seconds(), 0))
