"""Cuts a text into pieces that fit a keyring's entry, and puts them together again. No keyring is touched here.

Windows keeps at most 2,560 bytes of UTF-16 in an entry. A text that fits stands as it is under its own name; of a
longer one stands a head there, which says where the pieces are:

    mfacli-pieces 1 GENERATION COUNT CRC-32

There are two generations, used in turn. The pieces of the new one are written first, then the head in one step, then
those of the old one are removed: at no moment is there neither the old text nor the new, and what a killed process
leaves lying is written over later.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

# 1,280 characters of UTF-16 fit; those beyond the basic plane take two.
WINDOWS_LIMIT = 1280
_HEAD = re.compile(r"mfacli-pieces 1 ([ab]) ([1-9][0-9]{0,3}) ([0-9a-f]{8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands under the name of a text in pieces."""

    generation: str
    count: int
    check: str

    def __str__(self) -> str:
        return f"mfacli-pieces 1 {self.generation} {self.count} {self.check}"

    def piece_names(self, name: str) -> list[str]:
        """Return the names under which the pieces of `name` rest."""
        return [piece_name(name, self.generation, number) for number in range(self.count)]


def piece_name(name: str, generation: str, number: int) -> str:
    """Return the name of one piece."""
    return f"{name}.{generation}{number}"


def parse_head(text: str) -> Head | None:
    """Return the head that `text` is, or None where it is a text of its own."""
    match = _HEAD.fullmatch(text)
    return Head(generation=match[1], count=int(match[2]), check=match[3]) if match else None


def cut(text: str, *, limit: int, before: Head | None) -> tuple[Head, list[str]]:
    """Return head and pieces of `text`, in the generation that `before` is not."""
    size = limit if text.isascii() else limit // 2
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    generation = "b" if before is not None and before.generation == "a" else "a"
    return Head(generation=generation, count=len(pieces), check=_check(text)), pieces


def join(head: Head, pieces: Sequence[str | None]) -> str | None:
    """Return the text, or None where a piece is missing or is not of this text."""
    whole = [piece for piece in pieces if piece is not None]
    text = "".join(whole)
    return text if len(whole) == head.count and _check(text) == head.check else None


def needs_cutting(text: str, *, limit: int | None) -> bool:
    """Whether `text` does not fit into one entry, or would be taken for a head."""
    return parse_head(text) is not None or (
        limit is not None and len(text.encode("utf-16-le", "surrogatepass")) > limit * 2
    )


def _check(text: str) -> str:
    return f"{binascii.crc32(text.encode(errors='surrogatepass')):08x}"
