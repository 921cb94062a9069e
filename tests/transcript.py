"""Transcripts as tests: what is typed, what is answered on which stream, and what is left behind.

A transcript is a text file of scenes. Each line of a scene begins with a mark:

    == NAME                 a new scene, with a person and a home of its own
    who KIND                who the person is, a kind of guest (see `guests`); own where it is not said
    env NAME=VALUE          set a variable from here on
    write PATH              write a file below the home; its lines follow, each behind `| `
    $ mfacli ARGUMENTS      run the command, which has no terminal
    % mfacli ARGUMENTS      run the command at a terminal of its own
    < TEXT                  a line on its standard input; at a terminal: what is typed then
    > TEXT                  a line on its stdout; at a terminal: a line that is shown
    ! TEXT                  a line on its stderr
    ? TEXT                  at a terminal: what is shown last, before something is typed
    ^C                      at a terminal: this is pressed then
    exit CODE               how it ends; 0 where it is not said
    calls SERVICE:NAME ...  what the cloud was asked for meanwhile, one word for each call; `calls none`: nothing
    absent PATH             a file that is not there afterwards
    present PATH            a file that is there afterwards, and is nobody else's to read

A stream of which nothing is said must be empty. In TEXT, `…` stands for anything within the line, and a line that is
only `…` for any number of lines. Names in braces stand for what the person has: {code}, {wrong}, {used}, {home},
{root}, {user}, {device}, {seed} (the device's, in base32), {key}, {last} (the key's last four characters), {secret},
and the emulator's {address}, {host} and {emulator} (its state directory). Where the cloud's time is this machine's,
which `{code}` would move on, {before}, {now} and {next} are three codes of their phone, one after the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Step:
    """One command, what is prepared before it, and what is expected of it."""

    command: str
    environment: dict[str, str]
    files: dict[str, str]
    is_at_terminal: bool = False
    dialogue: list[tuple[str, str]] = field(default_factory=list)
    stdin: list[str] = field(default_factory=list)
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    code: int = 0
    calls: Counter[str] | None = None
    absent: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Scene:
    """Some commands of one person."""

    name: str
    kind: str = "own"
    steps: list[Step] = field(default_factory=list)


def read_scenes(path: Path) -> list[Scene]:
    """Return the scenes of a transcript; raises `ValueError` naming the line that means nothing."""
    scenes: list[Scene] = []
    files: dict[str, str] = {}
    environment: dict[str, str] = {}
    writing = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        mark, _, rest = line.partition(" ")
        match mark:
            case "" | "#":
                continue
            case "==":
                scenes.append(Scene(name=rest))
                environment = {}
            case "who":
                scenes[-1].kind = rest
            case "env":
                name, _, value = rest.partition("=")
                environment = {**environment, name: value}
            case "write":
                writing = rest
                files[writing] = ""
            case "|":
                files[writing] += rest + "\n"
            case "$" | "%":
                step = Step(command=rest, environment=environment, files=files, is_at_terminal=mark == "%")
                scenes[-1].steps.append(step)
                files = {}
            case _:
                if not _expected(scenes[-1].steps[-1], mark, rest):
                    raise ValueError(f"{path.name}, line {number}: `{line}` means nothing")
    return scenes


def _expected(step: Step, mark: str, rest: str) -> bool:
    match mark:
        case "<" | ">" | "?" | "^C" if step.is_at_terminal:
            step.dialogue.append((mark, rest))
            # What stands behind a question is typed there, or by the terminal's echo of it.
            if mark in (">", "?"):
                step.stdout.append(f"{rest}…" if mark == "?" else rest)
        case "<":
            step.stdin.append(rest)
        case ">":
            step.stdout.append(rest)
        case "!":
            step.stderr.append(rest)
        case "exit":
            step.code = int(rest)
        case "calls":
            step.calls = Counter() if rest == "none" else Counter(rest.split())
        case "absent":
            step.absent.append(rest)
        case "present":
            step.present.append(rest)
        case _:
            return False
    return True
