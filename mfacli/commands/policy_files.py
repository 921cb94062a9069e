"""Reads the files that the policy commands are given; `-` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from mfacli.errors import UsageWrong

STDIN = "-"
STDIN_NAME = "<stdin>"
_LONGEST = 16_000_000
"""Bytes. An account's whole authorization details are a few; devices and pipes may have no end."""


def shown_name(path: str) -> str:
    """Return what to call a file in answers."""
    return STDIN_NAME if path == STDIN else path


def read_text(path: str) -> str:
    """Return a file's text; raises `UsageWrong` saying why it cannot be read."""
    name = shown_name(path)
    data = _stdin_bytes() if path == STDIN else _file_bytes(path)
    if len(data) > _LONGEST:
        raise UsageWrong(f"`{name}` is too long for a policy: more than {_LONGEST:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UsageWrong(f"`{name}` is not UTF-8 text: byte {problem.start + 1} is none") from problem


def _file_bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LONGEST + 1)
    except OSError as problem:
        why = (problem.strerror or "unknown reason").lower()
        raise UsageWrong(f"`{path}` could not be read: {why}") from problem
    except ValueError as problem:
        raise UsageWrong(f"`{path!a}` is no file name: {problem}") from problem


def _stdin_bytes() -> bytes:
    if sys.stdin is None:
        raise UsageWrong("standard input is closed", hint="give a file, or pipe one in")
    return sys.stdin.buffer.read(_LONGEST + 1)
