"""Plays transcripts: a person types what stands there, and what answers is held against the page."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator

import pexpect
import pyotp

from tests.console import shown_lines
from tests.stage import COMMAND, Person, Result, ended, measured
from tests.transcript import Scene, Step

_ANYTHING = "…"
_NAMES = re.compile(r"\{([a-z]+)\}")
_TYPED_KEY = re.compile(r"or type this key there: ([A-Z2-7 ]+)")
_STEPS = {"before": -1, "now": 0, "next": 1}
_STEP_SECONDS = 30


def play(scene: Scene, person: Person) -> None:
    """Run a scene's commands and compare; the first difference fails the test."""
    player = _Player(person)
    for step in scene.steps:
        player.play(step)


class _Player:
    def __init__(self, person: Person) -> None:
        self._person = person
        self._used = ""
        # What the phone was given to type in, where it is not the seed that the world gave the person.
        self._seed = ""
        self._moment: int | None = None

    def play(self, step: Step) -> None:
        self._moment = None
        for name, text in step.files.items():
            path = self._person.home / self._filled(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._filled(text))
        program, *arguments = shlex.split(self._filled(step.command))
        assert program == "mfacli", f"a transcript runs only mfacli, not `{program}`"
        environment = measured() | {name: self._filled(value) for name, value in step.environment.items()}
        before = Counter(self._person.cloud.control.counts())
        if step.is_at_terminal:
            result = self._talk(step, self._person.at_terminal(COMMAND, *arguments, environment=environment))
        else:
            stdin = "".join(self._filled(line) + "\n" for line in step.stdin)
            result = self._person.run(*arguments, stdin=stdin, environment=environment)
        asked = Counter(self._person.cloud.control.counts()) - before
        self._judge(step, result, asked)

    def _talk(self, step: Step, child: pexpect.spawn) -> Result:
        """Answer what is asked at the terminal; the result's stdout is what was to be seen there in the end."""
        seen = ""
        for mark, text in step.dialogue:
            match mark:
                case "?":
                    pattern = f"{self._pattern(text)} *$"
                    assert child.expect([pattern, pexpect.EOF, pexpect.TIMEOUT]) == 0, f"no `{text}`:\n{child.before}"
                    seen += f"{child.before}{child.after}"
                    self._notice(seen)
                case "<":
                    child.sendline(self._filled(text))
                case "^C":
                    child.sendintr()
        assert child.expect([pexpect.EOF, pexpect.TIMEOUT]) == 0, f"it does not end:\n{child.before}"
        seen += child.before
        code = ended(child)
        self._notice(seen)
        return Result(stdout=shown_lines(seen), stderr="", code=code)

    def _notice(self, seen: str) -> None:
        for key in _TYPED_KEY.findall(seen):
            self._seed = key.replace(" ", "")

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
                yield self._pattern(line) + "\n"

    def _pattern(self, line: str) -> str:
        return ".*".join(re.escape(part) for part in self._filled(line).split(_ANYTHING))

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
            case "before" | "now" | "next":
                # The codes of one command follow each other, also where a step ends between two of them.
                self._moment = self._moment or int(person.cloud.control.world_time().timestamp())
                return pyotp.TOTP(self._seed or person.seed).at(self._moment + _STEPS[name] * _STEP_SECONDS)
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
            case "seed":
                return person.seed
            case _:
                raise ValueError(f"a transcript has no `{{{name}}}`")
