"""Reads the claims of a sealed token. The seal vouches for their shape; these tell the type checker."""

from __future__ import annotations

from datetime import UTC, datetime

Claims = dict[str, object]


def stamp(at: datetime | None) -> float | None:
    """Return a moment as claims hold it."""
    return None if at is None else at.timestamp()


def moment(value: object) -> datetime | None:
    """Return the moment that a claim holds, None where it holds none."""
    return datetime.fromtimestamp(value, tz=UTC) if isinstance(value, int | float) else None


def text(value: object) -> str:
    """Return the text that a claim holds."""
    assert isinstance(value, str)
    return value


def optional_text(value: object) -> str | None:
    """Return the text that a claim holds, None where it holds none."""
    return None if value is None else text(value)


def items(value: object) -> list[object]:
    """Return the list that a claim holds."""
    assert isinstance(value, list)
    return value


def table(value: object) -> Claims:
    """Return the claims that a claim holds."""
    assert isinstance(value, dict)
    return value
