"""Wildcards: `*` is any run of characters, `?` is any one, everything else is itself.

A pattern is cut at its stars into pieces, and each piece is sought once, from left to right: the leftmost place is
always good enough, so nothing is tried twice and no text takes more than about linear time. Pieces with `?` are
sought by an expression while they are short, and by `gapped` when they are long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from mfacli.policy.gapped import find_gapped, fits_at


class Wild(Enum):
    """What stands for other characters."""

    ANY = "*"
    ONE = "?"


Token = str | Wild
"""A run of characters that stand for themselves, or a wildcard."""

_LONG_GAPPED = 64
"""Characters; an expression tries a piece with `?` at every place, which longer pieces would make slow."""


def wildcard_tokens(text: str) -> list[Token]:
    """Cut a pattern into literal runs and wildcards."""
    if "*" not in text and "?" not in text:
        return [text] if text else []
    tokens: list[Token] = []
    for part in re.split(r"([*?])", text):
        if part == "*":
            tokens.append(Wild.ANY)
        elif part == "?":
            tokens.append(Wild.ONE)
        elif part:
            tokens.append(part)
    return tokens


def any_tokens(text: str) -> list[Token]:
    """Cut a pattern in which only `*` is special."""
    tokens: list[Token] = []
    for index, part in enumerate(text.split("*")):
        if index:
            tokens.append(Wild.ANY)
        if part:
            tokens.append(part)
    return tokens


def matches_pieces(pieces: Sequence[str], text: str) -> bool:
    """Whether a text is these literals in this order, with a star between each two."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return text == first
    offset = len(first)
    end = len(text) - len(last)
    if end < offset or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in pieces[1:-1]:
        offset = text.find(piece, offset, end)
        if offset < 0:
            return False
        offset += len(piece)
    return True


class Glob:
    """One pattern, ready to be held against texts."""

    __slots__ = ("_gapped", "_pieces", "_shape")

    def __init__(self, tokens: Iterable[Token]) -> None:
        pieces: list[list[Token]] = [[]]
        for token in tokens:
            if token is Wild.ANY:
                pieces.append([])
            else:
                pieces[-1].append(token)
        self._pieces = tuple("".join(token for token in piece if isinstance(token, str)) for piece in pieces)
        self._shape: re.Pattern[str] | None = None
        self._gapped: tuple[tuple[str | None, ...], ...] = ()
        gapped = [piece for piece in pieces if Wild.ONE in piece]
        if any(_length(piece) > _LONG_GAPPED for piece in gapped):
            self._gapped = tuple(_characters(piece) for piece in pieces)
        elif gapped:
            self._shape = _shape(pieces)

    def matches(self, text: str) -> bool:
        """Whether the whole text has this pattern's shape."""
        if self._shape is not None:
            return self._shape.fullmatch(text) is not None
        if self._gapped:
            return _matches_gapped(self._gapped, text)
        return matches_pieces(self._pieces, text)


def _length(piece: Sequence[Token]) -> int:
    return sum(len(token) if isinstance(token, str) else 1 for token in piece)


def _characters(piece: Sequence[Token]) -> tuple[str | None, ...]:
    """Return a piece character by character, None for any."""
    characters: list[str | None] = []
    for token in piece:
        characters += token if isinstance(token, str) else [None]
    return tuple(characters)


def _matches_gapped(pieces: Sequence[Sequence[str | None]], text: str) -> bool:
    """Whether a text is these pieces in this order, with a star between each two."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(text) == len(first) and fits_at(first, text, 0)
    offset = len(first)
    end = len(text) - len(last)
    if end < offset or not fits_at(first, text, 0) or not fits_at(last, text, end):
        return False
    for piece in pieces[1:-1]:
        offset = find_gapped(piece, text, offset, end)
        if offset < 0:
            return False
        offset += len(piece)
    return True


def _shape(pieces: Sequence[Sequence[Token]]) -> re.Pattern[str]:
    """Return an expression for a pattern with `?` in it; the atomic groups keep it from trying anything twice."""
    written = ["".join(re.escape(token) if isinstance(token, str) else "." for token in piece) for piece in pieces]
    if len(written) == 1:
        return re.compile(written[0], re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in written[1:-1] if piece)
    return re.compile(f"{written[0]}{middle}.*{written[-1]}", re.DOTALL)


class Patterns:
    """Any of several patterns, sorted by how cheaply they can be told: everything, exact, beginnings, the rest."""

    __slots__ = ("everything", "exact", "globs", "prefixes")

    def __init__(self, patterns: Iterable[Sequence[Token]]) -> None:
        exact: set[str] = set()
        prefixes: list[str] = []
        globs: list[Glob] = []
        self.everything = False
        for tokens in patterns:
            match tokens:
                case []:
                    exact.add("")
                case [str(literal)]:
                    exact.add(literal)
                case [Wild.ANY]:
                    self.everything = True
                case [str(literal), Wild.ANY]:
                    prefixes.append(literal)
                case _:
                    globs.append(Glob(tokens))
        self.exact = frozenset(exact)
        self.prefixes = tuple(prefixes)
        self.globs = tuple(globs)

    def match(self, text: str) -> bool:
        """Whether any of the patterns matches."""
        if self.everything or text in self.exact or text.startswith(self.prefixes):
            return True
        return any(glob.matches(text) for glob in self.globs) if self.globs else False
