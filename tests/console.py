"""Plays a page's console blocks in a real shell on a pseudo-terminal, and holds what appears against the page.

A line that begins with `$ ` is typed; what follows is what must appear. `…` stands for anything within a line, and a
line that is only `…` for any number of lines. Where mfacli asks for a code, the person's device is looked at. Times,
codes, ids and the widths of columns on the page are examples: any other of the same shape will do. Blank lines do not
count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pexpect

_ANYTHING = "…"
_PROMPT = "<<ready>>"
_QUESTION = r"MFA code for ([^:\r\n]+): $"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What differs from run to run. The place is the kernel's keyring, or that of the tests where the kernel lets nobody.
_SHAPES = (
    r"…[A-Z0-9]{4}(?![A-Za-z0-9])",
    r"(?<![\w:])(?:[A-Z][a-z]{2} )?[0-9]{2}:[0-9]{2}(?![\w:])",
    r"(?<![\w-])(?:[0-9]+h [0-9]{2}m|[0-9]+[ms])(?![\w-])",
    r"(?<![\w-])[0-9]{6}(?![\w-])",
    r"(?<![\w-])i-[0-9a-f]{17}(?![\w-])",
    r"(?<![\w-])A[IR][DO]A[A-Z0-9]{17}(?![\w-])",
    r"(?<=127\.0\.0\.1:)[0-9]+",
    r"(?:kernel|test) keyring",
    r"━+╸?",
    r"─{10,}",
    r" {2,}",
)
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One command of a transcript, and the lines that must follow it."""

    command: str
    expected: tuple[str, ...]


def read_transcript(text: str) -> list[Typed]:
    """Return the commands of a console block."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif line.strip():
            found[-1][1].append(line)
    return [Typed(command=command, expected=tuple(lines)) for command, lines in found]


def pattern_of(lines: Sequence[str]) -> str:
    """Return the regular expression that lines on the page stand for; each ends in a newline."""
    return "".join(r"(?:.*\n)*" if line == _ANYTHING else rf"{_line_pattern(line)}\n" for line in lines)


def _line_pattern(line: str) -> str:
    known = re.compile("|".join((*(f"({shape})" for shape in _SHAPES), f"({_ANYTHING})")))
    pieces: list[str] = []
    end = 0
    for example in known.finditer(line):
        assert example.lastindex is not None
        shapes = (*_SHAPES, ".*")
        pieces += [re.escape(line[end : example.start()]), shapes[example.lastindex - 1]]
        end = example.end()
    return "".join([*pieces, re.escape(line[end:])])


def shown_lines(output: str) -> str:
    """Return what a person sees of a terminal's output: no escapes, no overwritten text, no blank lines."""
    lines = (_overwritten(line).rstrip() for line in _ESCAPES.sub("", output).replace("\r\n", "\n").split("\n"))
    return "".join(f"{line}\n" for line in lines if line)


def _overwritten(line: str) -> str:
    seen = ""
    for part in line.split("\r"):
        seen = part + seen[len(part) :]
    return seen


class Console:
    """A bash that a person sits at; `code_of` tells what a device shows, by the device's name."""

    def __init__(self, child: pexpect.spawn, code_of: Callable[[str], str]) -> None:
        self._child = child
        self._code_of = code_of

    def play(self, transcript: str) -> None:
        """Type the commands of a console block; what appears otherwise than on the page fails the test."""
        for typed in read_transcript(transcript):
            self._child.sendline(typed.command)
            # The terminal itself shows what was typed.
            seen = shown_lines(self._until_prompt().partition("\r\n")[2])
            wanted = "\n".join(typed.expected)
            is_as_written = re.fullmatch(pattern_of(typed.expected), seen) is not None
            assert is_as_written, f"$ {typed.command}\nshould show\n{wanted}\nbut shows\n{seen}"

    def start(self, transcript: str) -> None:
        """Type the one command of a console block, which goes on, and wait for what it says first."""
        (typed,) = read_transcript(transcript)
        self._child.sendline(typed.command)
        self._child.expect(pattern_of(typed.expected).replace(r"\n", r"\r\n"))

    def interrupt(self) -> None:
        """Press Ctrl-C and wait for the shell."""
        self._child.sendcontrol("c")
        self._child.expect_exact(_PROMPT)

    def _until_prompt(self) -> str:
        output = ""
        while self._child.expect([re.escape(_PROMPT), _QUESTION]) == 1:
            output += f"{self._child.before}{self._child.after}"
            self._child.sendline(self._code_of(self._child.match[1]))
        return f"{output}{self._child.before}"


@contextmanager
def console(environment: Mapping[str, str], *, code_of: Callable[[str], str], home: Path) -> Iterator[Console]:
    """Give a bash at a terminal of its own, with this environment and nothing of anybody's start-up files."""
    child = pexpect.spawn(
        "/bin/bash",
        ["--norc", "--noprofile", "--noediting"],
        env={**environment, "PS1": _PROMPT},
        cwd=str(home),
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        dimensions=(40, 100),
    )
    child.delaybeforesend = None
    child.ptyproc.delayafterclose = child.ptyproc.delayafterterminate = 0.01
    try:
        child.expect_exact(_PROMPT)
        yield Console(child, code_of)
    finally:
        child.close(force=True)
