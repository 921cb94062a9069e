from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.output.ini_edit import DEFAULT, NotReadable, NotWritable, read_sections, with_section

NEW = {"key": "new", "token": "t+/="}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[dev]\nkey = new\ntoken = t+/=\n"),
        ("[a]\nx=1\n", "[a]\nx=1\n\n[dev]\nkey = new\ntoken = t+/=\n"),
        ("[a]\nx=1", "[a]\nx=1\n\n[dev]\nkey = new\ntoken = t+/=\n"),
        ("[a]\nx=1\n\n", "[a]\nx=1\n\n[dev]\nkey = new\ntoken = t+/=\n"),
        ("[a]\r\nx=1\r\n", "[a]\r\nx=1\r\n\r\n[dev]\r\nkey = new\r\ntoken = t+/=\r\n"),
        ("[dev]", "[dev]\nkey = new\ntoken = t+/=\n"),
        ("[dev]\nkey=old", "[dev]\nkey=new\ntoken = t+/=\n"),
        ("[dev]\ntoken=b\nkey=old", "[dev]\ntoken=t+/=\nkey=new"),
        ("[dev]\n\tKEY\t:\told\n", "[dev]\n\tKEY\t:\tnew\n\ttoken = t+/=\n"),
        ("[dev]\nkey =\ntoken =", "[dev]\nkey = new\ntoken = t+/="),
        ("[dev]\nkey = a\n  b\n\n  c\nx=1\n", "[dev]\nkey = new\n\nx=1\ntoken = t+/=\n"),
        (
            "[dev]\nx = 1\n\n# of the next\n[b]\ny=2\n",
            "[dev]\nx = 1\nkey = new\ntoken = t+/=\n\n# of the next\n[b]\ny=2\n",
        ),
        ("[dev]\r\nkey=old\r\n[b]\r\n", "[dev]\r\nkey=new\r\ntoken = t+/=\r\n[b]\r\n"),
        ("[dev]\rkey=old\r[b]\r", "[dev]\rkey=new\rtoken = t+/=\r[b]\r"),
        ("[dev]\n  [b]\n  y=1\n", "[dev]\n  key = new\n  token = t+/=\n  [b]\n  y=1\n"),
        ("  [dev]\n  x = 1\n  [b]\n", "  [dev]\n  x = 1\n  key = new\n  token = t+/=\n  [b]\n"),
        ("[b]\nkey=1\n[dev] ; note\nkey=2\n[c]\nkey=3\n",
         "[b]\nkey=1\n[dev] ; note\nkey=new\ntoken = t+/=\n[c]\nkey=3\n"),
        ("[DEFAULT]\nx=1\n", "[DEFAULT]\nx=1\n\n[dev]\nkey = new\ntoken = t+/=\n"),
    ],
)  # fmt: skip
def test_only_the_asked_lines_change(before: str, after: str) -> None:
    assert with_section(before, "dev", NEW) == after


def test_what_has_to_go_goes_with_all_its_lines() -> None:
    before = "[dev]\nold = a\n  b\n# stays\nkey=1\nolder = x"

    assert with_section(before, "dev", NEW, gone=("old", "older")) == "[dev]\n# stays\nkey=new\ntoken = t+/=\n"


def test_writing_twice_is_writing_once() -> None:
    once = with_section("[a]\nx=1\n", "dev", NEW)

    assert with_section(once, "dev", NEW) == once


@pytest.mark.parametrize(
    ("text", "line"), [("x=1\n", 1), ("[a]\n[a]\n", 2), ("[a]\nx=1\nx=2\n", 3), ("[a]\n\njunk\n", 3)]
)
def test_a_broken_file_is_told_by_its_line(text: str, line: int) -> None:
    with pytest.raises(NotReadable) as refusal:
        with_section(text, "dev", NEW)

    assert refusal.value.line == line
    assert "junk" not in repr(refusal.value)


@pytest.mark.parametrize("value", ["a\nb = c", "a\rb", " a", "a ", "\n[evil]", "a\n  b"])
def test_a_value_that_would_not_read_back_is_refused(value: str) -> None:
    with pytest.raises(NotWritable):
        with_section("[a]\nx=1\n", "dev", {"key": value})


@pytest.mark.parametrize("name", ["a]b\n[c", "", "DEFAULT"])
def test_a_name_that_would_not_read_back_is_refused(name: str) -> None:
    with pytest.raises(NotWritable):
        with_section("[x]\ny=1\n", name, {"key": "value"})


def test_what_would_come_back_from_the_parsers_defaults_is_refused() -> None:
    with pytest.raises(NotWritable):
        with_section("[DEFAULT]\nold = 1\n[dev]\n", "dev", NEW, gone=("old",))


def test_sections_are_read_with_the_parsers_defaults() -> None:
    assert read_sections("[DEFAULT]\nx=1\n[a]\ny=2\n") == {"a": {"x": "1", "y": "2"}, DEFAULT: {"x": "1"}}


LINES = st.sampled_from(
    ["[a]", "[dev]", "[b]", "key = 1", "key: 2", "TOKEN=3", "x = 1", "y\t=\t2", "old = 1", "    deeper", "# note",
     "  ; note", "", "  ", "s3 =", "z = \x0b\u2028", "bare"]
)  # fmt: skip
CHANGED = {"key", "tok", "old", "dee"}


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\n", "\r"])), max_size=10), is_ended=st.booleans()
)
def test_every_line_that_is_not_asked_for_stays(lines: list[tuple[str, str]], is_ended: bool) -> None:
    text = "".join(line + ending for line, ending in lines)
    text = text if is_ended else text.rstrip("\r\n")
    try:
        changed = with_section(text, "dev", NEW, gone=("old",))
    except NotReadable:
        return

    others = [line for line, _ in lines if line.strip() and line.lstrip()[:3].lower() not in CHANGED]
    rest = iter(changed.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(line in rest for line in others)
    assert read_sections(changed)["dev"].items() >= NEW.items()
