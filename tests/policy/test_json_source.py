"""JSON is read strictly, with positions, and nothing hostile takes long."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.errors import ExitCode, PolicyMalformed
from mfacli.policy.json_source import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    Json,
    JsonBoolean,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonText,
    Position,
    described,
    read_json,
    shown,
)

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _value(node: Json) -> object:
    match node:
        case JsonText():
            return node.text
        case JsonNumber():
            return int(node.text)
        case JsonBoolean():
            return node.value
        case JsonNull():
            return None
        case JsonList():
            return [_value(item) for item in node.items]
        case JsonObject():
            return {key.text: _value(value) for key, value in node.members}


@given(value=ANY_JSON, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_reads_what_python_writes(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    try:
        text.encode()
        json.loads(text).__repr__().encode()
    except UnicodeEncodeError:
        return

    node = read_json(text)

    assert _value(node) == value


def test_everything_has_its_line_and_column() -> None:
    node = read_json('{\n  "a": [1,\n    "b"]\n}')

    assert isinstance(node, JsonObject)
    key, value = node.members[0]
    assert isinstance(value, JsonList)
    assert node.position == Position(1, 1)
    assert key.position == Position(2, 3)
    assert [item.position for item in value.items] == [Position(2, 9), Position(3, 5)]
    assert str(value.position) == "2:8"


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        ("", (1, 1), "the end of the document", "a JSON object"),
        ("  \n ", (2, 2), "the end of the document", "a JSON object"),
        ("}", (1, 1), "`}`", "a JSON object"),
        ("{", (1, 2), "the end of the document", 'a `"name"` or `}`'),
        ('{"a"}', (1, 5), "`}`", "`:`"),
        ('{"a" 1}', (1, 6), "`1`", "`:`"),
        ('{"a":}', (1, 6), "`}`", "a value"),
        ('{"a":1 "b":2}', (1, 8), "text", "`,` or `}`"),
        ('{"a":1,}', (1, 8), "`}`", 'a `"name"`'),
        ("{a:1}", (1, 2), "`a`", 'a `"name"` or `}`'),
        ("[1 2]", (1, 4), "`2`", "`,` or `]`"),
        ("[1,]", (1, 4), "`]`", "a value"),
        ("[01]", (1, 2), "`01`", "a value or `]`"),
        ("[1.]", (1, 2), "`1.`", "a value or `]`"),
        ("[NaN]", (1, 2), "`NaN`", "a value or `]`"),
        ("[truely]", (1, 2), "`truely`", "a value or `]`"),
        ("['a']", (1, 2), "`'`", "a value or `]`"),
        ('["a]', (1, 2), "text that is not closed", "a value or `]`"),
        ('["a\tb"]', (1, 2), "text that is not closed or holds a control character", "a value or `]`"),
        ('["\\x"]', (1, 2), "unknown escape", "a value or `]`"),
        ("{} {}", (1, 4), "`{`", "nothing after the document"),
        ("// policy\n{}", (1, 1), "`/`", "a JSON object"),
        ('\ufeff{"a":1}', (1, 1), "`\\ufeff`", "a JSON object"),
        ('{"a":1,\n "a":2}', (2, 2), "`a` a second time (first at line 1)", "each name once"),
        ('["\\ud800"]', (1, 2), "a lone surrogate", "Unicode text"),
        ('["\ud800"]', (1, 3), "a lone surrogate", "Unicode text"),
    ],
)
def test_what_is_no_json_is_refused_where_it_goes_wrong(
    text: str, place: tuple[int, int], found: str, expected: str
) -> None:
    with pytest.raises(PolicyMalformed) as caught:
        read_json(text, name="p")

    assert (caught.value.line, caught.value.column) == place
    assert found in caught.value.found
    assert caught.value.expected == expected
    assert caught.value.exit_code is ExitCode.PROFILE
    assert caught.value.message.startswith(f"policy `p`, line {place[0]}, column {place[1]}: found ")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000_000,
        '{"a":' * 2_000_000,
        "[" * (MAX_DEPTH + 1),
        "[" * 900_000,
        '"' + "a" * MAX_CHARACTERS,
        "[" + "[]," * 100_000,
        '["' + "\\u0041" * 150_000,
        " " * 900_000,
    ],
    ids=["brackets", "braces", "too deep", "deep", "too long", "unclosed", "escapes", "space"],
)
def test_hostile_input_is_refused_quickly(text: str) -> None:
    start = time.process_time()

    with pytest.raises(PolicyMalformed):
        read_json(text)

    assert time.process_time() - start < 5


def test_a_document_of_brackets_is_refused_where_they_get_too_many() -> None:
    with pytest.raises(PolicyMalformed) as caught:
        read_json("[" * 1_000)

    assert (caught.value.line, caught.value.column) == (1, MAX_DEPTH + 1)
    assert "levels of brackets" in caught.value.found


@settings(max_examples=300)
@given(text=st.text() | st.text(alphabet='{}[]",:\\ \n01-eatrueu'))
def test_no_text_raises_anything_but_its_own_error(text: str) -> None:
    try:
        place = read_json(text).position
    except PolicyMalformed as error:
        place = Position(error.line, error.column)

    assert place >= Position(1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"a"', "the text `a`"),
        ("1", "the number `1`"),
        ("true", "`true`"),
        ("false", "`false`"),
        ("null", "`null`"),
        ("[]", "an empty list"),
        ("[1]", "a list"),
        ("{}", "an empty object"),
        ('{"a":1}', "an object"),
    ],
)
def test_nodes_are_described_in_words(text: str, words: str) -> None:
    assert described(read_json(text)) == words


def test_text_is_shown_short_and_on_one_line() -> None:
    assert shown("a" * 100) == f"`{'a' * 57}…`"
    assert shown("a\nb") == "`a\\nb`"
    assert shown("策略") == "`策略`"
