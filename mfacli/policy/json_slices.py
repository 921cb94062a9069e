"""Walks one level of a JSON text and says where its parts begin and end, so that policies stay texts.

A policy inside a larger JSON text must not be read by Python's own reader, which forgets positions and the first of
two equal names; finding its end with that reader is quick all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.errors import RequestMalformed

_SPACE = re.compile(r"[ \t\r\n]*+")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


@dataclass(frozen=True, slots=True)
class Slice:
    """One value: the text that holds it, from where to where, and what Python makes of it."""

    text: str
    start: int
    end: int
    value: object

    @property
    def raw(self) -> str:
        """The value's own text."""
        return self.text[self.start : self.end]


def whole(text: str) -> Slice:
    """Return the one value that a text is; raises `RequestMalformed`."""
    found = _value(text, _skip(text, 0))
    end = _skip(text, found.end)
    if end < len(text):
        raise RequestMalformed(f"something follows the JSON value at character {end + 1}")
    return found


def members(owner: Slice) -> Iterator[tuple[str, Slice]]:
    """Yield an object's members; raises `RequestMalformed` where a name occurs twice."""
    seen: set[str] = set()
    offset = _skip(owner.text, owner.start + 1)
    while owner.text[offset] != "}":
        name = _value(owner.text, offset)
        key = str(name.value)
        if key in seen:
            raise RequestMalformed(f"`{key}` occurs twice")
        seen.add(key)
        value = _value(owner.text, _skip(owner.text, _skip(owner.text, name.end) + 1))
        yield key, value
        offset = _next(owner.text, value.end)


def items(owner: Slice) -> Iterator[Slice]:
    """Yield a list's items."""
    offset = _skip(owner.text, owner.start + 1)
    while owner.text[offset] != "]":
        item = _value(owner.text, offset)
        yield item
        offset = _next(owner.text, item.end)


def _value(text: str, start: int) -> Slice:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise RequestMalformed("brackets too deep") from error
    except json.JSONDecodeError as error:
        raise RequestMalformed(f"no JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:
        raise RequestMalformed(f"no JSON: {error}") from error
    return Slice(text, start, end, value)


def _skip(text: str, offset: int) -> int:
    space = _SPACE.match(text, offset)
    return space.end() if space else offset


def _next(text: str, offset: int) -> int:
    """Return where the next part, or the closing bracket, stands behind a value."""
    offset = _skip(text, offset)
    return _skip(text, offset + 1) if text[offset] == "," else offset
