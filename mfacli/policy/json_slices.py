"""Walks one level of a JSON text and says where its parts begin and end, so that policies stay texts.

A policy inside a larger JSON text must not be read by Python's own reader, which forgets positions and the first of
two equal names; finding its end with that reader is quick all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from mfacli.errors import RequestMalformed

_MOST_DIGITS = 1_000
"""Python takes time and exceptions of its own for longer numbers, and no policy has any."""

_SPACE = re.compile(r"[ \t\r\n]*+")
_NEXT_NAME = re.compile(r'[ \t\r\n]*+,[ \t\r\n]*+"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+:[ \t\r\n]*+')
_COLON = re.compile(r"[ \t\r\n]*+:[ \t\r\n]*+")
_AFTER = re.compile(r"[ \t\r\n]*+([,}\]])[ \t\r\n]*+")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _whole_number(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(text):,} digits")
    return int(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_whole_number)


class Slice(NamedTuple):
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
    """Return the one value that a text is, without a word about what may follow it."""
    return _value(text, _skip(text, 0))


def whole_object(text: str, what: str) -> dict[str, Slice]:
    """Return the members of the one object that a text is; raises `RequestMalformed`."""
    start = _skip(text, 0)
    if not text.startswith("{", start):
        raise RequestMalformed(f"{what} is a JSON object")
    found, end = _members(text, start)
    if _skip(text, end) < len(text):
        raise RequestMalformed(f"no JSON: something follows the object at character {end + 1}")
    return found


def members(owner: Slice) -> dict[str, Slice]:
    """Return an object's members; raises `RequestMalformed` where a name occurs twice."""
    return _members(owner.text, owner.start)[0]


def items(owner: Slice) -> Iterator[Slice]:
    """Yield a list's items."""
    offset = _skip(owner.text, owner.start + 1)
    closed = owner.text.startswith("]", offset)
    while not closed:
        item = _value(owner.text, offset)
        yield item
        offset, closed = _after(owner.text, item.end, "]")


def _members(text: str, start: int) -> tuple[dict[str, Slice], int]:
    found: dict[str, Slice] = {}
    offset = _skip(text, start + 1)
    if text.startswith("}", offset):
        return found, offset + 1
    name, offset = _name(text, offset)
    while True:
        if name in found:
            raise RequestMalformed(f"`{name}` occurs twice")
        value = found[name] = _value(text, offset)
        next_name = _NEXT_NAME.match(text, value.end)
        if next_name:
            name, offset = next_name.group(1), next_name.end()
            continue
        offset, is_closed = _after(text, value.end, "}")
        if is_closed:
            return found, offset
        name, offset = _name(text, offset)


def _name(text: str, offset: int) -> tuple[str, int]:
    name = _value(text, offset)
    colon = _COLON.match(text, name.end)
    if not isinstance(name.value, str) or colon is None:
        raise RequestMalformed(f"no JSON: expected a name and a colon at character {offset + 1}")
    return name.value, colon.end()


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


def _after(text: str, offset: int, closing: str) -> tuple[int, bool]:
    """Return where to go on behind a value, and whether that is behind the closing bracket."""
    mark = _AFTER.match(text, offset)
    if mark is None or mark.group(1) not in ("," + closing):
        raise RequestMalformed(f"no JSON: expected `,` or `{closing}` at character {offset + 1}")
    is_closed = mark.group(1) == closing
    return mark.end(), is_closed


def _skip(text: str, offset: int) -> int:
    space = _SPACE.match(text, offset)
    return space.end() if space else offset
