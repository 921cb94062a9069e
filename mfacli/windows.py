"""Asks in a window of its own, where there is no terminal but a display: the first program found that can ask.

What is typed comes back through a pipe and is on no command line. Nothing here draws a window itself.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from urllib.parse import quote, unquote

from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, InputNotAllowed
from mfacli.interfaces import Prompter
from mfacli.programs import told_by

AnswerT = TypeVar("AnswerT")

# A window that nobody sees must not hold the device's lock for ever.
PATIENCE = timedelta(minutes=5)
_TITLE = "mfacli"
_CANCELLED_BY_PINENTRY = 99
_CODE_OF_ERROR = 0xFFFF
_HINT = "give the code with --code, or keep the device's seed with `mfacli device import`"
# AppleScript takes the question as an argument, so that nothing in it is read as a program.
_APPLE_SCRIPT = (
    "on run answers",
    "set question to item 1 of answers",
    f'text returned of (display dialog question default answer "" with hidden answer with title "{_TITLE}")',
    "end run",
)


class _Useless(Exception):
    """This program cannot ask here; another one may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """A program that asks; `ask` takes its path, the question and how many seconds to wait."""

    name: str
    ask: Callable[[str, str, float], str]


def has_display(environment: Mapping[str, str], *, platform: str = sys.platform) -> bool:
    """Return whether a window would be seen by whoever started this process."""
    if platform == "darwin":
        return not environment.get("SSH_CONNECTION")
    return platform != "win32" and bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


class NearestPrompter:
    """The `Prompter` that asks at the terminal, and where there is none in a window."""

    def __init__(self, at_terminal: Prompter, in_window: Prompter) -> None:
        self._at_terminal = at_terminal
        self._in_window = in_window

    def ask_code(self, question: str) -> str:
        """Return what was typed for a code, stripped."""
        return self._nearest(lambda prompter: prompter.ask_code(question))

    def ask_secret(self, question: str) -> Secret:
        """Return what was typed without being shown."""
        return self._nearest(lambda prompter: prompter.ask_secret(question))

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Return the index of the chosen one."""
        return self._nearest(lambda prompter: prompter.choose(question, choices))

    def confirm(self, question: str) -> bool:
        """Return whether the person agreed."""
        return self._nearest(lambda prompter: prompter.confirm(question))

    def _nearest(self, ask: Callable[[Prompter], AnswerT]) -> AnswerT:
        try:
            return ask(self._at_terminal)
        except InputNotAllowed:
            return ask(self._in_window)


class WindowPrompter:
    """A `Prompter` for codes and secrets, by pinentry, zenity, kdialog or osascript."""

    def __init__(self, environment: Mapping[str, str], *, patience: timedelta = PATIENCE) -> None:
        self._path = environment.get("PATH")
        self._patience = patience.total_seconds()

    def ask_code(self, question: str) -> str:
        """Return what was typed, stripped; raises `InputNotAllowed` where no program can ask, `Cancelled`."""
        return self._ask(question).strip()

    def ask_secret(self, question: str) -> Secret:
        """Return what was typed, which the window does not show."""
        return Secret(self._ask(question))

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Refuse: a choice is named by its flag."""
        raise InputNotAllowed(
            f"`{question.strip()} {', '.join(choices)}` cannot be asked: there is no terminal",
            hint="name what you mean with its flag, such as --device",
        )

    def confirm(self, question: str) -> bool:
        """Refuse: consent is given at a terminal, or by the flag."""
        raise InputNotAllowed(
            f"`{question.strip()}` cannot be asked: there is no terminal", hint="give it with --yes"
        )

    def _ask(self, question: str) -> str:
        text = question.strip().rstrip(":")
        for asker in _ASKERS:
            program = shutil.which(asker.name, path=self._path)
            if program is None:
                continue
            try:
                return asker.ask(program, text, self._patience)
            except subprocess.TimeoutExpired:
                # The original error holds what had been typed so far.
                raise InputNotAllowed(f"nobody answered `{text}` in its window", hint=_HINT) from None
            except (_Useless, OSError):
                continue
        names = ", ".join(asker.name for asker in _ASKERS)
        raise InputNotAllowed(
            f"`{text}` cannot be asked: there is no terminal, and no program for a window ({names})", hint=_HINT
        )


def _run(command: Sequence[str], *, seconds: float, sent: str | None = None) -> subprocess.CompletedProcess[str]:
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if sent is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    said, complained = told_by(program, seconds=seconds, sent=sent)
    return subprocess.CompletedProcess(command, program.returncode, said, complained)


def _by_pinentry(program: str, question: str, seconds: float) -> str:
    """Speak Assuan, one line a command; what is typed comes percent-encoded behind `D `."""
    lines = [
        f"SETTITLE {_TITLE}",
        f"SETDESC {quote(question, safe=' ')}",
        "SETPROMPT Code:",
        f"SETTIMEOUT {round(seconds)}",
        "GETPIN",
        "BYE",
    ]
    # The answer's errors are numbers: the low half says what, the high half whose.
    done = _run([program], seconds=seconds + 5, sent="\n".join(lines) + "\n")
    typed = [line[2:] for line in done.stdout.splitlines() if line.startswith("D ")]
    if typed:
        return unquote(typed[0])
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        number = rest.partition(" ")[0]
        if word == "ERR" and number.isdecimal() and int(number) & _CODE_OF_ERROR == _CANCELLED_BY_PINENTRY:
            raise Cancelled("cancelled")
    raise _Useless


def _by_zenity(program: str, question: str, seconds: float) -> str:
    return _typed(
        _run([program, "--entry", "--hide-text", f"--title={_TITLE}", f"--text={question}"], seconds=seconds)
    )


def _by_kdialog(program: str, question: str, seconds: float) -> str:
    return _typed(_run([program, "--title", _TITLE, "--password", question], seconds=seconds))


def _by_osascript(program: str, question: str, seconds: float) -> str:
    script = [word for line in _APPLE_SCRIPT for word in ("-e", line)]
    done = _run([program, *script, question], seconds=seconds)
    if done.returncode != 0 and "-128" not in done.stderr:
        raise _Useless
    return _typed(done)


def _typed(done: subprocess.CompletedProcess[str]) -> str:
    """Return the answer. With all three programs 1 is the person's no, and anything else their own trouble."""
    if done.returncode == 0:
        return done.stdout.rstrip("\r\n")
    # zenity ends with 1 as well where the display does not let it in, and says so.
    if done.returncode == 1 and "display" not in done.stderr.lower():
        raise Cancelled("cancelled")
    raise _Useless


_ASKERS = (
    _Asker(name="pinentry", ask=_by_pinentry),
    _Asker(name="zenity", ask=_by_zenity),
    _Asker(name="kdialog", ask=_by_kdialog),
    _Asker(name="osascript", ask=_by_osascript),
)
