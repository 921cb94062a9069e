"""Moves policies that stand as text in an answer of a command line to where their characters stand in the file."""

from __future__ import annotations

from collections.abc import Callable

from mfacli.errors import PolicyMalformed
from mfacli.policy.json_source import (
    Json,
    JsonBoolean,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonText,
    Position,
    read_json,
)

Move = Callable[[Position], Position]


def embedded(node: JsonText, line: str, *, name: str) -> Json:
    """Read the JSON that stands in a string of `line`; raises `PolicyMalformed` with its place in the file."""
    columns = _columns_of(line, node.position.column)
    starts = [0, *(index + 1 for index, character in enumerate(node.text) if character == "\n")]

    def move(position: Position) -> Position:
        offset = starts[position.line - 1] + position.column - 1
        return Position(node.position.line, columns[min(offset, len(columns) - 1)])

    try:
        return _moved(read_json(node.text, name=name), move)
    except PolicyMalformed as wrong:
        place = move(Position(wrong.line, wrong.column))
        raise PolicyMalformed(
            name, line=place.line, column=place.column, found=wrong.found, expected=wrong.expected
        ) from wrong


def _columns_of(line: str, quote: int) -> list[int]:
    """Return the column of each character of the string whose opening quote is in column `quote`, and of its end."""
    columns: list[int] = []
    index = quote
    while index < len(line) and line[index] != '"':
        columns.append(index + 1)
        if line[index] != "\\":
            index += 1
        elif line[index + 1 : index + 2] != "u":
            index += 2
        else:
            # Characters beyond the first 65,536 are written as two escapes.
            index += 12 if "d800" <= line[index + 2 : index + 6].lower() <= "dbff" else 6
    columns.append(index + 1)
    return columns


def _moved(node: Json, move: Move) -> Json:
    place = move(node.position)
    match node:
        case JsonText():
            return JsonText(node.text, place)
        case JsonNumber():
            return JsonNumber(node.text, place)
        case JsonBoolean():
            return JsonBoolean(node.value, place)
        case JsonNull():
            return JsonNull(place)
        case JsonList():
            return JsonList(tuple(_moved(item, move) for item in node.items), place)
        case JsonObject():
            return JsonObject(
                tuple((JsonText(key.text, move(key.position)), _moved(value, move)) for key, value in node.members),
                place,
            )
