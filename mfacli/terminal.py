"""The rules of the terminal, and the only writer: stdout is the answer, everything else is stderr.

Asking is in `asking`; what asks is handed out from here, so that a command has one place to go to.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn, TextIO

from mfacli.asking import SilentPrompter, TtyPrompter, show
from mfacli.errors import ExitCode, FileUnwritable, MfacliError

if TYPE_CHECKING:
    # Imports the whole map, which --help does not need.
    from mfacli.interfaces import Clock

__all__ = ["SilentPrompter", "Terminal", "TtyPrompter", "describe_bug", "flush_stdout", "has_colour"]

# What a cloud or a file says may hold escape sequences that rewrite the screen.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_TICK = timedelta(seconds=1)
# Errors whose text Python makes from names and types, never from the values at hand.
_SPEAKING_ERRORS = (AttributeError, ImportError, MfacliError, NameError, NotImplementedError, TypeError)
# Access keys, tokens, seeds: any long run without a space; and codes.
_SECRET_LIKE = re.compile(r"[A-Za-z0-9+/=_-]{20,}|(?<![0-9])[0-9]{6}(?![0-9])")


def has_colour(stream: TextIO | None, *, no_color: bool = False) -> bool:
    """Return whether `stream` may be coloured: a terminal, and nobody (flag, NO_COLOR, TERM=dumb) is against it."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return _is_terminal(stream)


class Terminal:
    """Writes the answer to stdout and, as the `Talk`, everything else to stderr.

    `is_quiet` silences notes and countdowns, `is_verbose` lets details and tracebacks out.
    """

    def __init__(
        self, *, clock: Clock, is_quiet: bool = False, is_verbose: bool = False, no_color: bool = False
    ) -> None:
        self._clock = clock
        self._is_quiet = is_quiet
        self._is_verbose = is_verbose
        self._no_color = no_color

    @property
    def colours_answers(self) -> bool:
        """Whether an answer may be coloured."""
        return has_colour(sys.stdout, no_color=self._no_color)

    @property
    def shows_answers(self) -> bool:
        """Whether stdout is a terminal, so that a person reads the answer."""
        return _is_terminal(sys.stdout)

    @property
    def is_watched(self) -> bool:
        """Whether stderr is a terminal, so that a person sees what is said while it is said."""
        return _is_terminal(sys.stderr)

    @property
    def columns(self) -> int:
        """The width of a person's terminal; 80 where that is unknown."""
        import shutil

        return shutil.get_terminal_size((80, 24)).columns

    def answer(self, text: str) -> None:
        """Write `text` to stdout as a line or lines of its own, unchanged otherwise.

        Ends as `flush_stdout` does where stdout takes no more.
        """
        if not text.endswith("\n"):
            text += "\n"
        if sys.stdout is None:
            raise FileUnwritable("the answer could not be written: stdout is closed")
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            # An old console's code page has no block characters; the words are worth more than the bars.
            encoding = sys.stdout.encoding
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        except OSError as problem:
            _give_up_stdout(problem)
        flush_stdout()

    @property
    def paints(self) -> bool:
        """Whether colour may be used on the terminal that the process belongs to, whatever the streams are."""
        return not (self._no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")

    def show(self, text: str) -> bool:
        """Write `text` to the terminal that the process belongs to, and to no stream; tells whether there is one."""
        return show(text)

    def note(self, text: str) -> None:
        """Say one line, unless quiet."""
        if not self._is_quiet:
            self._say(_plain(text))

    def warn(self, text: str) -> None:
        """Say one line, even when quiet."""
        self._say(f"{self._style('warning:', fg='yellow')} {_plain(text)}")

    def detail(self, text: str) -> None:
        """Say one line, only when verbose."""
        if self._is_verbose:
            self._say(self._style(_plain(text), dim=True))

    def countdown(self, text: str, until: datetime) -> None:
        """Say `text` with the seconds left, renewed in place on a terminal, until `until`."""
        is_in_place = _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and not self._is_quiet
        if not is_in_place:
            self.note(f"{text} ({_seconds(until - self._clock.now())} s)")
        try:
            while (left := until - self._clock.now()) > timedelta():
                if is_in_place:
                    self._write(f"\r{_plain(text)} ({_seconds(left)} s)\x1b[K")
                self._clock.wait(min(left, _TICK))
        finally:
            if is_in_place:
                self._write("\r\x1b[K")

    def fail(self, failure: MfacliError) -> None:
        """Say what happened in one line, and what to do next in another."""
        self._say(f"{self._style('mfacli:', fg='red', bold=True)} {_plain(failure.message)}")
        if failure.hint:
            self._say(f"{self._style('hint:', dim=True)} {_plain(failure.hint)}")

    def fail_unforeseen(self, bug: BaseException) -> None:
        """Say that this should not have happened; with its traceback, which holds no values, when verbose."""
        hint = "this is a bug in mfacli: report the traceback, which holds no secrets"
        if not self._is_verbose:
            hint = "this is a bug in mfacli: run the command again with -v and report what it prints"
        else:
            for line in describe_bug(bug).splitlines():
                self._say(line)
        self.fail(MfacliError(f"unforeseen error: {_speak(bug)}", hint=hint))

    def _style(self, text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
        if not has_colour(sys.stderr, no_color=self._no_color):
            return text
        import click

        return click.style(text, fg=fg, bold=bold, dim=dim)

    def _say(self, line: str) -> None:
        self._write(line + "\n")

    def _write(self, text: str) -> None:
        import click

        if sys.stderr is None:
            # Closed from the start (`2>&-`), where click would turn to stdout.
            return
        try:
            # click wraps old Windows consoles; whether there is anything to strip has been decided here.
            click.echo(text, file=sys.stderr, nl=False, color=True)
        except OSError:
            # Nobody listens any more: what is said is not the answer, so the work goes on.
            return


def flush_stdout() -> None:
    """Write out what is still held back.

    Leaves quietly (`SystemExit`) where the reader has left, raises `FileUnwritable` where stdout takes no more.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError as problem:
        _give_up_stdout(problem)


def describe_bug(bug: BaseException) -> str:
    """Return the traceback of `bug` and what caused it: places in the code, no values."""
    import traceback

    lines: list[str] = []
    for error, joint in _with_causes(bug):
        lines += [
            *joint,
            "Traceback (most recent call last):",
            *(line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)),
            _speak(error),
        ]
    return "\n".join(lines)


def _with_causes(bug: BaseException) -> Iterator[tuple[BaseException, list[str]]]:
    """Yield the first cause first, each with the words that join it to the one before."""
    chain = [bug]
    joints = list[str]()
    seen = {id(bug)}
    while True:
        last = chain[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or id(before) in seen:
            break
        joints.append("which led to:" if last.__cause__ else "while that was handled:")
        chain.append(before)
        seen.add(id(before))
    for place in range(len(chain) - 1, -1, -1):
        yield chain[place], ([] if place == len(chain) - 1 else ["", joints[place], ""])


def _speak(error: BaseException) -> str:
    """Return the kind of `error`, and its text where that can hold no secret."""
    kind = type(error).__qualname__
    if isinstance(error, OSError):
        text = error.strerror or ""
    elif isinstance(error, _SPEAKING_ERRORS):
        text = str(error)
    else:
        return f"{kind} (its text is withheld: it may hold a secret)" if str(error) else kind
    return f"{kind}: {_SECRET_LIKE.sub('***', _plain(text))}" if text else kind


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _plain(text: str) -> str:
    """Return `text` in one line without control characters."""
    return _CONTROL.sub(" ", text).strip()


def _seconds(left: timedelta) -> int:
    return max(0, -(-left // _TICK))


def _give_up_stdout(problem: OSError) -> NoReturn:
    """End as `problem` asks for; who reads only the beginning has got what they wanted."""
    # Python flushes stdout once more on its way out, and would complain then; a stream in memory has no descriptor.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(problem, BrokenPipeError):
        raise SystemExit(ExitCode.DONE)
    raise FileUnwritable(f"the answer could not be written to stdout: {problem.strerror}") from problem
