"""Reads JSON strictly and remembers where everything stood: duplicate names, depth and size are refused.

Python's own reader keeps the last of two equal names, knows no positions and recurses as deep as it is led, so it
cannot say what is wrong with a policy. Nothing here knows what a policy is.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import NamedTuple

from mfacli.errors import PolicyMalformed

MAX_CHARACTERS = 1_000_000
"""The largest documents the clouds take are some 30 thousand characters."""

MAX_DEPTH = 16
"""A policy needs seven levels."""

_SPACE = re.compile(r"[ \t\r\n]*+")
_PLAIN = r"[^\"\\\x00-\x1f]"
# Possessive throughout, so that no input makes the reader try anything twice.
_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:"
    r"([{}\[\]:,])"
    rf"|(\"{_PLAIN}*+(?:\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{{4}}){_PLAIN}*+)*+\")"
    r"|(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?![0-9.])"
    r"|(true|false|null)\b"
    r")"
)
_MARK, _STRING, _NUMBER, _WORD = 1, 2, 3, 4
_BAD_WORD = re.compile(r"[A-Za-z0-9_.+-]+")


class Position(NamedTuple):
    """A place in a document; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class JsonText(NamedTuple):
    """A string."""

    text: str
    position: Position


class JsonNumber(NamedTuple):
    """A number, kept as it was written."""

    text: str
    position: Position


class JsonBoolean(NamedTuple):
    """`true` or `false`."""

    value: bool
    position: Position


class JsonNull(NamedTuple):
    """`null`."""

    position: Position


class JsonList(NamedTuple):
    """An array."""

    items: tuple[Json, ...]
    position: Position


class JsonObject(NamedTuple):
    """An object; no name occurs twice."""

    members: tuple[tuple[JsonText, Json], ...]
    position: Position


Json = JsonText | JsonNumber | JsonBoolean | JsonNull | JsonList | JsonObject


def shown(text: str) -> str:
    """Return text as a message may show it: quoted, on one line, not too long."""
    cut = text if len(text) <= 60 else text[:57] + "…"
    return "`" + cut.encode("unicode_escape").decode("ascii") + "`" if not cut.isprintable() else f"`{cut}`"


def described(node: Json) -> str:
    """Say in a few words what a node is."""
    match node:
        case JsonText():
            return f"the text {shown(node.text)}"
        case JsonNumber():
            return f"the number {shown(node.text)}"
        case JsonBoolean():
            return "`true`" if node.value else "`false`"
        case JsonNull():
            return "`null`"
        case JsonList():
            return "a list" if node.items else "an empty list"
        case JsonObject():
            return "an object" if node.members else "an empty object"


def read_json(text: str, *, name: str = "") -> Json:
    """Return the one JSON value that `text` is; raises `PolicyMalformed`, in time linear in its length."""
    return _Reader(text, name).document()


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._offset = 0
        self._line_starts = [0]
        self._is_one_line = True

    def document(self) -> Json:
        if len(self._text) > MAX_CHARACTERS:
            raise self._refused(0, f"a document of {len(self._text):,} characters", f"at most {MAX_CHARACTERS:,}")
        self._line_starts += [found.end() for found in re.finditer("\n", self._text)]
        self._is_one_line = len(self._line_starts) == 1
        try:
            self._text.encode()
        except UnicodeEncodeError as error:
            raise self._refused(error.start, "half a character (a lone surrogate)", "Unicode text") from error
        kind, token, offset = self._next("a JSON object")
        node = self._value(kind, token, offset, depth=0, expected="a JSON object")
        self._skip_space()
        if self._offset < len(self._text):
            raise self._refused(self._offset, self._found_at(self._offset), "nothing after the document")
        return node

    def _value(self, kind: int, token: str, offset: int, *, depth: int, expected: str) -> Json:
        position = self._position(offset)
        if kind == _STRING:
            return JsonText(self._unquoted(token, offset), position)
        if kind == _NUMBER:
            return JsonNumber(token, position)
        if kind == _WORD:
            return JsonNull(position) if token == "null" else JsonBoolean(token == "true", position)
        if token not in "{[":
            raise self._refused(offset, f"`{token}`", expected)
        if depth == MAX_DEPTH:
            raise self._refused(offset, f"more than {MAX_DEPTH} levels of brackets", "a policy document")
        return self._object(position, depth) if token == "{" else self._list(position, depth)

    def _list(self, position: Position, depth: int) -> JsonList:
        items: list[Json] = []
        kind, token, offset = self._next("a value or `]`")
        if token == "]" and kind == _MARK:
            return JsonList((), position)
        while True:
            items.append(self._value(kind, token, offset, depth=depth + 1, expected="a value"))
            kind, token, offset = self._next("`,` or `]`")
            if kind != _MARK or token not in ",]":
                raise self._refused(offset, self._found_at(offset), "`,` or `]`")
            if token == "]":
                return JsonList(tuple(items), position)
            kind, token, offset = self._next("a value")

    def _object(self, position: Position, depth: int) -> JsonObject:
        members: list[tuple[JsonText, Json]] = []
        first_seen: dict[str, Position] = {}
        kind, token, offset = self._next('a `"name"` or `}`')
        if token == "}" and kind == _MARK:
            return JsonObject((), position)
        while True:
            if kind != _STRING:
                raise self._refused(offset, self._found_at(offset), 'a `"name"`')
            key = JsonText(self._unquoted(token, offset), self._position(offset))
            if key.text in first_seen:
                first = first_seen[key.text]
                raise self._refused(
                    offset, f"{shown(key.text)} a second time (first at line {first.line})", "each name once"
                )
            first_seen[key.text] = key.position
            kind, token, offset = self._next("`:`")
            if token != ":" or kind != _MARK:
                raise self._refused(offset, self._found_at(offset), "`:`")
            kind, token, offset = self._next("a value")
            members.append((key, self._value(kind, token, offset, depth=depth + 1, expected="a value")))
            kind, token, offset = self._next("`,` or `}`")
            if kind != _MARK or token not in ",}":
                raise self._refused(offset, self._found_at(offset), "`,` or `}`")
            if token == "}":
                return JsonObject(tuple(members), position)
            kind, token, offset = self._next('a `"name"`')

    def _next(self, expected: str) -> tuple[int, str, int]:
        """Return the next token's kind, text and place."""
        found = _TOKEN.match(self._text, self._offset)
        if found is None:
            self._skip_space()
            raise self._refused(self._offset, self._found_at(self._offset), expected)
        self._offset = found.end()
        kind = found.lastindex or _MARK
        token = found[kind]
        return kind, token, self._offset - len(token)

    def _skip_space(self) -> None:
        space = _SPACE.match(self._text, self._offset)
        self._offset = space.end() if space else self._offset

    def _unquoted(self, token: str, offset: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        text = str(json.loads(token))
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._refused(offset, "half a character (a lone surrogate)", "Unicode text")
        return text

    def _found_at(self, offset: int) -> str:
        if offset >= len(self._text):
            return "the end of the document"
        if self._text[offset] == '"':
            return (
                "text that is not closed or holds a control character or unknown escape"
                if (_TOKEN.match(self._text, offset) is None)
                else "text"
            )
        word = _BAD_WORD.match(self._text, offset)
        return shown(word.group() if word else self._text[offset])

    def _position(self, offset: int) -> Position:
        if self._is_one_line:
            return Position(1, offset + 1)
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def _refused(self, offset: int, found: str, expected: str) -> PolicyMalformed:
        place = self._position(offset)
        return PolicyMalformed(self._name, line=place.line, column=place.column, found=found, expected=expected)
