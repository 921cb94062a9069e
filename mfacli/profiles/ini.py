"""Parses the INI dialect of the AWS files into frozen values that know their file, section and line.

The rules are botocore's own (its parser is Python's `RawConfigParser`): what the AWS CLI reads is read here, what it
refuses is refused here, with the line. A missing file is an empty one. A secret is a `Secret` at once, and no message
ever quotes a line, which might hold one.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.profiles.reading import BYTE_ORDER_MARK, bytes_of, first_undecodable

SECRET_KEYS = frozenset({"aws_secret_access_key", "aws_session_token", "aws_security_token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is written; `section` is the header without its brackets (empty: before any)."""

    path: str
    section: str
    line: int

    def __str__(self) -> str:
        where = f"line {self.line} of `{self.path}`"
        return f"{where}, section `[{self.section}]`" if self.section else where


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key's text; `nested` holds the keys of an indented block beneath it, else it is empty."""

    text: str
    place: Place
    nested: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSetting:
    """One key that must not be seen."""

    text: Secret
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section; keys are lower-case."""

    place: Place
    settings: Mapping[str, Setting]
    secrets: Mapping[str, SecretSetting]


def read_ini(path: Path) -> dict[str, Section]:
    """Return the sections of `path` by header; raises `ProfileBroken` naming file, section and line."""
    data = bytes_of(path)
    if data is None:
        return {}
    text = _decoded(data, path)
    # Only these three end a line for a text file; str.splitlines knows more.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parsed = _parsed(lines)
    if isinstance(parsed, _Fault):
        place = Place(path=str(path), section=_section_at(lines, parsed.line), line=parsed.line)
        raise ProfileBroken(f"{parsed.what} ({place})", hint=parsed.hint)
    return _placed(parsed, lines, str(path))


def _decoded(data: bytes, path: Path) -> str:
    if data.startswith(BYTE_ORDER_MARK):
        raise ProfileBroken(
            f"a byte-order mark stands before the first section (line 1 of `{path}`)",
            hint="AWS tools do not read it either: save the file as UTF-8 without BOM",
        )
    text = data.decode("utf-8", errors="replace")
    bad = first_undecodable(data)
    if bad is None:
        return text
    before = data[:bad].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = Place(path=str(path), section=_section_at(before, len(before)), line=len(before))
    raise ProfileBroken(f"a byte is not UTF-8 ({place})", hint="save the file as UTF-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """Why and where the parser gave up; never with the line's own text."""

    what: str
    line: int
    hint: str = ""


def _parsed(lines: list[str]) -> configparser.RawConfigParser | _Fault:
    parser = configparser.RawConfigParser()
    try:
        parser.read_file([f"{line}\n" for line in lines])
    except configparser.DuplicateSectionError as problem:
        return _Fault(
            what=f"section `[{problem.section}]` is there twice",
            line=problem.lineno or 1,
            hint="AWS tools refuse the whole file for it: merge the two",
        )
    except configparser.DuplicateOptionError as problem:
        return _Fault(
            what=f"`{problem.option}` is there twice", line=problem.lineno or 1, hint="remove one of the two lines"
        )
    except configparser.MissingSectionHeaderError as problem:
        return _Fault(what="a line stands before the first `[section]`", line=problem.lineno)
    except configparser.ParsingError as problem:
        return _Fault(
            what="a line is neither `[section]` nor `key = value`",
            line=min((line for line, _ in problem.errors), default=1),
        )
    return _with_blocks_checked(parser, lines)


def _with_blocks_checked(
    parser: configparser.RawConfigParser, lines: list[str]
) -> configparser.RawConfigParser | _Fault:
    """Refuse an indented block with a line that is no `key = value`: botocore refuses the file for it."""
    for section in parser.sections():
        for key, value in parser.items(section):
            if value.startswith("\n") and any(line.strip() and "=" not in line for line in value.split("\n")):
                found = _places(parser, lines, "").get((section, key))
                return _Fault(
                    what=f"the block beneath `{key}` is not all `key = value`", line=found.line if found else 1
                )
    return parser


def _placed(parser: configparser.RawConfigParser, lines: list[str], path: str) -> dict[str, Section]:
    places = _places(parser, lines, path)
    sections = {}
    for name in parser.sections():
        here = places[name, ""]
        settings = {}
        secrets = {}
        for key, value in parser.items(name):
            # What is not in the section itself comes from [DEFAULT], as Python's parser has it.
            place = places.get((name, key)) or places.get((parser.default_section, key)) or here
            if key in SECRET_KEYS:
                secrets[key] = SecretSetting(text=Secret(value), place=place)
            else:
                settings[key] = Setting(text=value, place=place, nested=_nested(value))
        sections[name] = Section(place=here, settings=MappingProxyType(settings), secrets=MappingProxyType(secrets))
    return sections


def _nested(value: str) -> Mapping[str, str]:
    pairs = {}
    if value.startswith("\n"):
        for line in value.split("\n"):
            key, equals, text = line.partition("=")
            if equals:
                pairs[key.strip()] = text.strip()
    return MappingProxyType(pairs)


def _places(parser: configparser.RawConfigParser, lines: list[str], path: str) -> dict[tuple[str, str], Place]:
    """Find the line of every header (under the key `""`) and of every key, by the parser's own rules."""
    places: dict[tuple[str, str], Place] = {}
    section, key, indent = "", "", 0
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        here = len(line) - len(line.lstrip())
        if key and here > indent:
            continue
        indent, key = here, ""
        if header := parser.SECTCRE.match(text):
            section = header["header"]
        elif option := parser.OPTCRE.match(text):
            key = parser.optionxform(option["option"].rstrip())
        places.setdefault((section, key), Place(path=path, section=section, line=number))
    return places


def _section_at(lines: list[str], number: int) -> str:
    headers = (configparser.RawConfigParser.SECTCRE.match(line.strip()) for line in lines[:number])
    return next((header["header"] for header in reversed(list(headers)) if header), "")
