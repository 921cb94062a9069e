"""The time a request says it was signed at, and whether that is near enough to the wire's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WINDOW = timedelta(minutes=15)
_BASIC = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z", re.ASCII)


def parse_basic(text: str) -> datetime | None:
    """Return the time in ISO 8601's basic format (`20130524T000000Z`); None where it is not one."""
    found = _BASIC.fullmatch(text)
    if found is None:
        return None
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def parse_date_header(text: str) -> datetime | None:
    """Return the time in a Date header, in HTTP's or the basic format; None where it is neither."""
    basic = parse_basic(text)
    if basic is not None:
        return basic
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        # The standard parser lets all of these out on texts that only look like dates.
        return None


def basic(moment: datetime) -> str:
    """Return `moment` in ISO 8601's basic format."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def skew_text(stamp: str, signed_at: datetime, now: datetime) -> str | None:
    """Return the text that tells a client its clock is off; None where `signed_at` is near enough to `now`."""
    minutes = int(WINDOW.total_seconds() // 60)
    if signed_at < now - WINDOW:
        return f"Signature expired: {stamp} is now earlier than {basic(now - WINDOW)} ({basic(now)} - {minutes} min.)"
    if signed_at > now + WINDOW:
        return (
            f"Signature not yet current: {stamp} is still later than {basic(now + WINDOW)} "
            f"({basic(now)} + {minutes} min.)"
        )
    return None
