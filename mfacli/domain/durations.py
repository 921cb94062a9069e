"""Durations as people write and read them: `3600`, `90m`, `1h30m`, `12h`."""

from __future__ import annotations

import re
from datetime import timedelta

_WHOLE = re.compile(r"(?:[0-9]{1,9}[dhms])+|[0-9]{1,9}")
_PART = re.compile(r"([0-9]+)([dhms])")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse_duration(text: str) -> timedelta | None:
    """Return the duration that `text` says (plain digits are seconds), or None where it says none."""
    wanted = text.strip().lower()
    if not _WHOLE.fullmatch(wanted):
        return None
    if wanted.isdigit():
        return timedelta(seconds=int(wanted))
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(wanted))
    # Nine digits of days repeated often enough leave what a timedelta can hold.
    return timedelta(seconds=seconds) if seconds < timedelta.max.total_seconds() else None


def show_duration(duration: timedelta) -> str:
    """Return `duration` as `parse_duration` reads it, to the second, without empty parts."""
    seconds = int(duration.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    # Hours, not days: the limit of a session is written 36h everywhere.
    for unit in ("h", "m", "s"):
        count, seconds = divmod(seconds, _SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return sign + "".join(parts) if parts else "0s"
