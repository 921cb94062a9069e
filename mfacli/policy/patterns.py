"""Wildcards: `*` is any run of characters, `?` is any one, everything else is itself.

A pattern is cut at its stars into pieces, and each piece is sought once, from left to right: the leftmost place is
always good enough, so nothing is tried twice and no text takes more than about linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum


class Wild(Enum):
    """What stands for other characters."""

    ANY = "*"
    ONE = "?"


Token = str | Wild
"""A run of characters that stand for themselves, or a wildcard."""


def wildcard_tokens(text: str) -> list[Token]:
    """Cut a pattern into literal runs and wildcards."""
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


class _Piece:
    """What stands between two stars: a literal, or a shape with `?` in it. All its matches are equally long."""

    __slots__ = ("_literal", "_shape", "length")

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.length = sum(len(token) if isinstance(token, str) else 1 for token in tokens)
        self._literal = "".join(token for token in tokens if isinstance(token, str))
        self._shape: re.Pattern[str] | None = None
        if Wild.ONE in tokens:
            written = (re.escape(token) if isinstance(token, str) else "." for token in tokens)
            self._shape = re.compile("".join(written), re.DOTALL)

    def starts_at(self, text: str, offset: int) -> bool:
        if self._shape is None:
            return text.startswith(self._literal, offset)
        return self._shape.match(text, offset) is not None

    def find(self, text: str, start: int, end: int) -> int:
        if self._shape is None:
            return text.find(self._literal, start, end)
        found = self._shape.search(text, start, end)
        return -1 if found is None else found.start()


class Glob:
    """One pattern, ready to be held against texts."""

    __slots__ = ("_first", "_has_star", "_last", "_middle", "_shortest")

    def __init__(self, tokens: Iterable[Token]) -> None:
        pieces: list[list[Token]] = [[]]
        for token in tokens:
            if token is Wild.ANY:
                pieces.append([])
            else:
                pieces[-1].append(token)
        self._has_star = len(pieces) > 1
        self._first = _Piece(pieces[0])
        self._last = _Piece(pieces[-1] if self._has_star else ())
        self._middle = tuple(_Piece(piece) for piece in pieces[1:-1] if piece)
        self._shortest = self._first.length + self._last.length + sum(piece.length for piece in self._middle)

    def matches(self, text: str) -> bool:
        """Whether the whole text has this pattern's shape."""
        length = len(text)
        if length < self._shortest or not self._first.starts_at(text, 0):
            return False
        if not self._has_star:
            return length == self._shortest
        end = length - self._last.length
        if not self._last.starts_at(text, end):
            return False
        offset = self._first.length
        for piece in self._middle:
            offset = piece.find(text, offset, end)
            if offset < 0:
                return False
            offset += piece.length
        return True


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
