"""One-time codes by RFC 4226 and RFC 6238, written out here so that the client's arithmetic has a second opinion."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

PERIOD = timedelta(seconds=30)
DIGITS = 6


def hotp(key: bytes, counter: int, *, digits: int = DIGITS) -> str:
    """Return the code of RFC 4226 section 5.3: HMAC-SHA-1, dynamic truncation, decimal."""
    digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_at(moment: datetime) -> int:
    """Return the time step T of RFC 6238 section 4.2."""
    return int(moment.timestamp()) // int(PERIOD.total_seconds())


def start_of(step: int) -> datetime:
    """Return when a time step begins."""
    return datetime.fromtimestamp(step * PERIOD.total_seconds(), tz=UTC)


def steps_of(key: bytes, code: str, *, around: int, within: int) -> list[int]:
    """Return the steps, at most `within` from `around`, whose code this is; all are compared, in constant time."""
    return [step for step in range(around - within, around + within + 1) if _is_code(key, step, code)]


def step_of_pair(key: bytes, first: str, second: str, *, around: int, within: int) -> int | None:
    """Return the later step of two successive ones whose codes these are, or None."""
    for step in steps_of(key, first, around=around, within=within):
        if _is_code(key, step + 1, second):
            return step + 1
    return None


def _is_code(key: bytes, step: int, code: str) -> bool:
    return hmac.compare_digest(hotp(key, step).encode(), code.encode())
