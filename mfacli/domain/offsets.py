"""How far this machine's clock is from the cloud's, in words."""

from __future__ import annotations

from datetime import timedelta


def describe_offset(offset: timedelta) -> str:
    """Return it as a claim about this machine's clock; `offset` is the cloud's time minus this machine's."""
    seconds = round(abs(offset).total_seconds())
    side = "behind" if offset > timedelta() else "ahead of"
    return f"this machine's clock is {seconds} s {side} the cloud's"
