"""How single values are shown to people: durations in two units, and text that cannot steer the terminal."""

from __future__ import annotations

from datetime import timedelta


def rough(duration: timedelta) -> str:
    """Return `duration` in its two largest units: `11h 32m`, `32m`, `45s`."""
    seconds = max(0, int(duration.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours}h {minutes:02}m"
    return f"{minutes}m" if minutes else f"{seconds}s"


def printable(text: str) -> str:
    """Return `text` with everything replaced that is not to be seen: escapes, tabs, newlines."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def principal_name(principal: str | None) -> str:
    """Return the part of an ARN or qcs name that people know it by: the user's or the role's name."""
    if not principal:
        return "-"
    kind, _, rest = principal.rpartition(":")[2].partition("/")
    name = rest.split("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2]
    return printable(name or kind)
