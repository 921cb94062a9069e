"""Where sessions, seeds and keys rest, and what the places are like: text for people, lines, and a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfacli.output.documents import Json, document_text
from mfacli.output.words import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind of secret: where it rests, the first choice first, and how many there are in each place."""

    what: str
    places: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """One place for secrets; what does not apply is empty or None."""

    name: str
    place: str
    chosen_by: str = ""
    is_locked: bool | None = None
    problem: str = ""
    hint: str = ""
    used: Mapping[str, int] | None = None
    path: str = ""


def resting_text(setting: str, named_by: str, kept: Sequence[Kept], places: Sequence[PlaceFacts]) -> str:
    """Return it for people."""
    rows = [(each.what, " then ".join(each.places), _counted(each)) for each in kept]
    lines = [f"the store is `{setting}`, by {named_by}", "", *_aligned(rows), ""]
    for row, place in zip(_aligned([(place.place, _state(place)) for place in places]), places, strict=True):
        lines.append(row)
        if place.problem and place.hint:
            lines.append(f"  hint: {place.hint}")
    return "\n".join(lines) + "\n"


def resting_lines(kept: Sequence[Kept], places: Sequence[PlaceFacts]) -> str:
    """Return one record a line, its fields divided by tabs: what rests where, then the places' states."""
    records = [
        *((each.what, place, str(each.counts.get(place, 0))) for each in kept for place in _all_places(each)),
        *(("place", place.place, _state(place)) for place in places),
    ]
    return "".join("\t".join(printable(field) or "-" for field in record) + "\n" for record in records)


def resting_document(setting: str, named_by: str, kept: Sequence[Kept], places: Sequence[PlaceFacts]) -> str:
    """Return it as one document, without any secret."""
    return document_text(
        {
            "store": setting,
            "named_by": named_by,
            "kept": [{"what": each.what, "places": list(each.places), "counts": dict(each.counts)} for each in kept],
            "places": [_place(place) for place in places],
        }
    )


def _place(place: PlaceFacts) -> Mapping[str, Json]:
    return {
        "name": place.name,
        "place": place.place,
        "is_usable": not place.problem,
        "is_locked": place.is_locked,
        "chosen_by": place.chosen_by or None,
        "problem": place.problem or None,
        "hint": place.hint or None,
        "room": dict(place.used) if place.used else None,
        "path": place.path or None,
    }


def _all_places(each: Kept) -> list[str]:
    return list(dict.fromkeys([*each.places, *each.counts]))


def _counted(each: Kept) -> str:
    found = [f"{count} in {place}" for place, count in each.counts.items() if count]
    return ", ".join(found) or "none"


def _state(place: PlaceFacts) -> str:
    if place.problem:
        return f"cannot be used: {place.problem}"
    words = ["locked" if place.is_locked else "usable"]
    if place.name == "file" and place.is_locked:
        words = ["under its passphrase"]
    if place.chosen_by:
        words.append(f"chosen by {place.chosen_by}")
    if place.used:
        keys, most_keys, size, most_bytes = (
            place.used[name] for name in ("keys", "most_keys", "bytes", "most_bytes")
        )
        words.append(f"{keys} of {most_keys} keys and {size} of {most_bytes} bytes used")
    if place.path:
        words.append(place.path)
    return ", ".join(words)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
