"""Moments as files and variables write them."""

from __future__ import annotations

from datetime import datetime


def parse_moment(text: str) -> datetime | None:
    """Return the aware time that `text` says in ISO 8601; None for anything else, a time without an offset too."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
