"""Transcripts as tests: what is typed, what is answered on which stream, and what is left behind.

A transcript is a text file of scenes. Each line of a scene begins with a mark:

    == NAME                 a new scene, with a person and a home of its own
    who KIND                who the person is, a kind of guest (see `guests`); own where it is not said
    env NAME=VALUE          set a variable from here on
    write PATH              write a file below the home; its lines follow, each behind `| `
    $ mfacli ARGUMENTS      run the command, which has no terminal
    < TEXT                  a line on its standard input
    > TEXT                  a line on its stdout
    ! TEXT                  a line on its stderr
    exit CODE               how it ends; 0 where it is not said
    calls SERVICE:NAME ...  what the cloud was asked for meanwhile, one word for each call; `calls none`: nothing
    absent PATH             a file that is not there afterwards
    present PATH            a file that is there afterwards, and is nobody else's to read

A stream of which nothing is said must be empty. In TEXT, `…` stands for anything within the line, and a line that is
only `…` for any number of lines. Names in braces stand for what the person has: {code}, {wrong}, {used}, {home},
{root}, {user}, {device}, {key}, {last} (the key's last four characters), {secret}, and the emulator's {address},
{host} and {emulator} (its state directory).
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.stage import Person, Result, measured

_ANYTHING = "…"
_NAMES = re.compile(r"\{([a-z]+)\}")


@dataclass(slots=True, kw_only=True)
class Step:
    """One command, what is prepared before it, and what is expected of it."""

    command: str
    environment: dict[str, str]
    files: dict[str, str]
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
            case "$":
                scenes[-1].steps.append(Step(command=rest, environment=environment, files=files))
                files = {}
            case _:
                if not _expected(scenes[-1].steps[-1], mark, rest):
                    raise ValueError(f"{path.name}, line {number}: `{line}` means nothing")
    return scenes


def _expected(step: Step, mark: str, rest: str) -> bool:
    match mark:
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


def play(scene: Scene, person: Person) -> None:
    """Run a scene's commands and compare; the first difference fails the test."""
    player = _Player(person)
    for step in scene.steps:
        player.play(step)


class _Player:
    def __init__(self, person: Person) -> None:
        self._person = person
        self._used = ""

    def play(self, step: Step) -> None:
        for name, text in step.files.items():
            path = self._person.home / self._filled(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._filled(text))
        program, *arguments = shlex.split(self._filled(step.command))
        assert program == "mfacli", f"a transcript runs only mfacli, not `{program}`"
        stdin = "".join(self._filled(line) + "\n" for line in step.stdin)
        environment = measured() | {name: self._filled(value) for name, value in step.environment.items()}
        before = Counter(self._person.cloud.control.counts())
        result = self._person.run(*arguments, stdin=stdin, environment=environment)
        asked = Counter(self._person.cloud.control.counts()) - before
        self._judge(step, result, asked)

    def _judge(self, step: Step, result: Result, asked: Counter[str]) -> None:
        shown = f"$ {step.command}\n{result.stdout}{result.stderr}exit {result.code}, {dict(asked)}"
        assert result.code == step.code, shown
        assert self._matches(step.stdout, result.stdout), f"stdout of\n{shown}\nshould be\n{step.stdout}"
        assert self._matches(step.stderr, result.stderr), f"stderr of\n{shown}\nshould be\n{step.stderr}"
        assert step.calls in (None, asked), shown
        for name in step.absent:
            assert not (self._person.home / self._filled(name)).exists(), f"`{name}` is there after\n{shown}"
        for name in step.present:
            mode = (self._person.home / self._filled(name)).stat().st_mode
            assert mode & 0o077 == 0, f"`{name}` can be read by others"

    def _matches(self, expected: list[str], found: str) -> bool:
        return re.fullmatch("".join(self._patterns(expected)), found) is not None

    def _patterns(self, expected: list[str]) -> Iterator[str]:
        for line in expected:
            if line == _ANYTHING:
                yield r"(?:.*\n)*"
            else:
                yield ".*".join(re.escape(part) for part in self._filled(line).split(_ANYTHING)) + "\n"

    def _filled(self, text: str) -> str:
        return _NAMES.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        person = self._person
        match name:
            case "code":
                self._used = person.code()
                return self._used
            case "used":
                return self._used
            case "wrong":
                return person.wrong_code()
            case "home":
                return str(person.home)
            case "root":
                return str(person.root)
            case "emulator":
                return str(person.cloud.state)
            case "address":
                return person.cloud.address
            case "host":
                return person.cloud.address.removeprefix("http://")
            case "user":
                return person.user
            case "device":
                return person.device
            case "key":
                return person.access_key_id
            case "last":
                return f"…{person.access_key_id[-4:]}"
            case "secret":
                return person.secret_access_key
            case _:
                raise ValueError(f"a transcript has no `{{{name}}}`")
