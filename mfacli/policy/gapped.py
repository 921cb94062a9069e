"""Seeks a run of characters with gaps, in which any one character may stand, in a text.

The places where the run may begin are the bits of one large integer, and each character of the run takes away those
that it does not fit: some thousand places at a time, where trying place after place would take one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_WINDOW = 4
"""How many lengths of the run are looked at together: more would be lost where it is found early."""


def fits_at(run: Sequence[str | None], text: str, offset: int) -> bool:
    """Whether the run is in the text at a place, at which the text is long enough."""
    return all(wanted is None or wanted == text[offset + index] for index, wanted in enumerate(run))


def find_gapped(run: Sequence[str | None], text: str, start: int, end: int) -> int:
    """Return the leftmost place of the run in `text[start:end]`, negative where there is none."""
    length = len(run)
    by_character: dict[str, list[int]] = {}
    for index, wanted in enumerate(run):
        if wanted is not None:
            by_character.setdefault(wanted, []).append(index)
    step = max(_WINDOW * length, 64)
    while start + length <= end:
        last = min(start + step, end - length + 1)
        found = _first_place(by_character, text[start : last + length - 1], last - start)
        if found >= 0:
            return start + found
        start = last
    return -1


def _first_place(by_character: dict[str, list[int]], text: str, places: int) -> int:
    """Return the first of the places from 0 on at which every character stands where it must."""
    fitting = (1 << places) - 1
    # The rarest first: where the text lacks it, nothing else needs to be looked at.
    counts = Counter(text)
    for character, indexes in sorted(by_character.items(), key=lambda item: counts[item[0]]):
        standing = _bits(character, text)
        for index in indexes:
            fitting &= standing >> index
            if not fitting:
                return -1
    return (fitting & -fitting).bit_length() - 1


def _bits(character: str, text: str) -> int:
    """Return an integer with a bit for each place of a character, the lowest for the first."""
    flags = bytearray(len(text) // 8 + 1)
    at = text.find(character)
    while at >= 0:
        flags[at >> 3] |= 1 << (at & 7)
        at = text.find(character, at + 1)
    return int.from_bytes(flags, "little")
