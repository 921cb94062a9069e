"""Changes one section of an INI text and not one byte of the rest. Pure: text in, text out.

ConfigUpdater was measured for this: it ends new lines with LF in a CRLF file, and puts a new key behind the comments
that belong to the next section. What is needed here is less than what it does: set and remove keys of one section.
The rules are those of Python's `RawConfigParser`, which is what botocore reads with; the result is read back with it.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# Only these end a line for a text file; str.splitlines knows more.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PARSER = configparser.RawConfigParser
DEFAULT = configparser.DEFAULTSECT


class NotReadable(Exception):
    """The text is no INI file; `line` is where it stops being one. It never carries the line itself."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class NotWritable(Exception):
    """The values cannot be written so that they would be read back as they are."""


def read_sections(text: str) -> dict[str, dict[str, str]]:
    """Return all sections, and under `DEFAULT` what the parser gives to each of them; raises `NotReadable`."""
    parser = _PARSER()
    fault = _fault(parser, _lines(text))
    if fault:
        raise NotReadable(fault)
    sections = {name: dict(parser.items(name)) for name in parser.sections()}
    return {**sections, DEFAULT: dict(parser.defaults())}


def _fault(parser: configparser.RawConfigParser, lines: list[str]) -> int:
    try:
        parser.read_file([line.rstrip("\r\n") + "\n" for line in lines])
    except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as problem:
        return problem.lineno or 1
    except configparser.MissingSectionHeaderError as problem:
        return problem.lineno
    except configparser.ParsingError as problem:
        return min((line for line, _ in problem.errors), default=1)
    return 0


def with_section(text: str, name: str, values: Mapping[str, str], *, gone: Collection[str] = ()) -> str:
    """Return `text` with `values` set and `gone` removed in section `name`, which is added where it is missing.

    Raises `NotReadable` for a text that is no INI file, `NotWritable` where the result would not say what was asked.
    """
    before = read_sections(text)
    lines = _lines(text)
    layout = _layout(lines, name)
    changed = "".join(_appended(lines, name, values) if layout is None else _edited(lines, layout, values, gone))
    section = before.get(name, before[DEFAULT])
    kept = {key: value for key, value in section.items() if key not in gone}
    expected = {**before, name: {**kept, **values}}
    try:
        is_right = read_sections(changed) == expected
    except NotReadable:
        is_right = False
    if not is_right:
        raise NotWritable(name)
    return changed


def without_section(text: str, name: str) -> str:
    """Return `text` without section `name`, whose comments go with it; those before the next header stay.

    Raises `NotReadable` for a text that is no INI file, `NotWritable` where the result would not say what was asked.
    """
    before = read_sections(text)
    lines = _lines(text)
    layout = _layout(lines, name)
    if layout is None:
        return text
    end = max((span.end for span in layout.keys.values()), default=layout.header + 1)
    head, tail = lines[: layout.header], lines[end:]
    # The blank line that set it apart.
    if head and not head[-1].strip() and (not tail or not tail[0].strip()):
        head.pop()
    changed = "".join([*head, *tail])
    if read_sections(changed) != {key: value for key, value in before.items() if key != name}:
        raise NotWritable(name)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The lines of one key: `start` up to but without `end`; `prefix` is all before its value."""

    start: int
    end: int
    prefix: str


@dataclass(slots=True, kw_only=True)
class _Layout:
    """Where a section is; `keys` by lower-case name, in order. `next_indent` is the following header's."""

    header: int
    keys: dict[str, _Span] = field(default_factory=dict)
    next_indent: str = ""


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _layout(lines: list[str], name: str) -> _Layout | None:
    """Find a section and its keys by the parser's rules, in which a deeper line goes on with the value before."""
    layout: _Layout | None = None
    is_ours = False
    key, indent = "", 0
    for number, line in enumerate(lines):
        text = line.strip()
        if not _says_something(line):
            continue
        here = len(line) - len(line.lstrip())
        if key and here > indent:
            if layout is not None and is_ours:
                span = layout.keys[key]
                layout.keys[key] = _Span(start=span.start, end=number + 1, prefix=span.prefix)
            continue
        key, indent = "", here
        if header := _PARSER.SECTCRE.match(text):
            if layout is not None and is_ours:
                layout.next_indent = line[:here]
            is_ours = header["header"] == name
            layout = _Layout(header=number) if is_ours else layout
        elif option := _PARSER.OPTCRE.match(text):
            key = option["option"].rstrip().lower()
            if layout is not None and is_ours:
                prefix = line[:here] + text[: option.start("value")] + ("" if option["value"] else " ")
                layout.keys[key] = _Span(start=number, end=number + 1, prefix=prefix)
    return layout


def _says_something(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith(("#", ";"))


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _files_ending(lines: list[str]) -> str:
    return (_ending(lines[0]) if lines else "") or "\n"


def _appended(lines: list[str], name: str, values: Mapping[str, str]) -> list[str]:
    ending = _files_ending(lines)
    result = _closed(lines, ending)
    if result and result[-1].strip():
        result.append(ending)
    return [*result, f"[{name}]{ending}", *(f"{key} = {value}{ending}" for key, value in values.items())]


def _closed(lines: list[str], ending: str) -> list[str]:
    """End the last line, where it does not."""
    return [*lines[:-1], lines[-1] + ending] if lines and not _ending(lines[-1]) else list(lines)


def _edited(lines: list[str], layout: _Layout, values: Mapping[str, str], gone: Collection[str]) -> list[str]:
    ending = _files_ending(lines)
    last = max((span.end for span in layout.keys.values()), default=layout.header + 1)
    # As deep as the keys before it: deeper, a line would go on with the last value; less deep, the next with it.
    indent = layout.next_indent
    for span in layout.keys.values():
        indent = span.prefix[: len(span.prefix) - len(span.prefix.lstrip())]
    replaced: dict[int, str] = {}
    dropped: set[int] = set()
    for key, span in layout.keys.items():
        if key in values:
            replaced[span.start] = f"{span.prefix}{values[key]}{_ending(lines[span.start])}"
        if key in values or key in gone:
            first = span.start + 1 if key in values else span.start
            # Comments and blank lines between the lines of a value stay, as all others do.
            dropped.update(number for number in range(first, span.end) if _says_something(lines[number]))
    new = [f"{indent}{key} = {value}{ending}" for key, value in values.items() if key not in layout.keys]
    head = [replaced.get(number, line) for number, line in enumerate(lines[:last]) if number not in dropped]
    return [*(_closed(head, ending) if new else head), *new, *lines[last:]]
