"""Asks the person, at the terminal that the process belongs to: never on stdout, which is the answer's.

Standard streams may all be captured (SDKs run `credential-process` so); the controlling terminal is still there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from types import FrameType, TracebackType
from typing import Literal, Protocol

from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, InputNotAllowed

_FOR_CODE = "give it with --code, or keep the device's seed with `mfacli device import`"
_FOR_SECRET = "give it on stdin with `-`, or in a file"
_FOR_CHOICE = "name what you mean with its flag, such as --device"
_FOR_CONSENT = "give it with --yes"


class SilentPrompter:
    """The `Prompter` that never asks, for `--no-input` and `MFACLI_NO_INPUT`."""

    _WHY = "asking is not allowed"

    def ask_code(self, question: str) -> str:
        """Refuse."""
        raise _not_asked(question, self._WHY, _FOR_CODE)

    def ask_secret(self, question: str) -> Secret:
        """Refuse."""
        raise _not_asked(question, self._WHY, _FOR_SECRET)

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Refuse, naming the choices."""
        raise _not_asked(f"{question} {', '.join(choices)}", self._WHY, _FOR_CHOICE)

    def confirm(self, question: str) -> bool:
        """Refuse."""
        raise _not_asked(question, self._WHY, _FOR_CONSENT)


class TtyPrompter:
    """The `Prompter` of everyday use: the controlling terminal, else stdin where that is a terminal."""

    def ask_code(self, question: str) -> str:
        """Return what was typed for a code, stripped."""
        with _console(question, _FOR_CODE) as console:
            return console.ask(question, is_hidden=False).strip()

    def ask_secret(self, question: str) -> Secret:
        """Return what was typed without echo."""
        with _console(question, _FOR_SECRET) as console:
            return Secret(console.ask(question, is_hidden=True))

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Return the index of the chosen one; asks until the answer is one of the numbers."""
        lines = [question, *(f"  {number}  {choice}" for number, choice in enumerate(choices, start=1))]
        with _console(question, _FOR_CHOICE) as console:
            console.write("\n".join(lines) + "\n")
            while True:
                answer = console.ask(f"number (1-{len(choices)}): ", is_hidden=False).strip()
                if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                    return int(answer) - 1

    def confirm(self, question: str) -> bool:
        """Return whether the person agreed; anything but a yes is a no."""
        with _console(question, _FOR_CONSENT) as console:
            return console.ask(f"{question} [y/N] ", is_hidden=False).strip().lower() in ("y", "yes")


def show(text: str) -> bool:
    """Write `text` to the terminal that the process belongs to; returns whether there is one."""
    console = _open_console()
    if console is None:
        return False
    with console:
        console.write(text)
    return True


def _not_asked(question: str, why: str, hint: str) -> InputNotAllowed:
    return InputNotAllowed(f"`{question.strip().rstrip(':')}` cannot be asked: {why}", hint=hint)


class _Console(AbstractContextManager["_Console"], Protocol):
    def write(self, text: str) -> None: ...

    def ask(self, question: str, *, is_hidden: bool) -> str: ...


def _console(question: str, hint: str) -> _Console:
    console = _open_console()
    if console is None:
        raise _not_asked(question, "there is no terminal", hint)
    return console


if sys.platform == "win32":  # pragma: no cover - runs on Windows only

    class _WindowsConsole(_Console):
        """CONIN$ and CONOUT$ are the console whatever the standard streams are."""

        def __init__(self) -> None:
            self._in = open("CONIN$", encoding="utf-8")  # noqa: SIM115, PTH123 - closed by __exit__; a device's name
            self._out = open("CONOUT$", "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the same

        def __exit__(self, *_: object) -> Literal[False]:
            self._in.close()
            self._out.close()
            return False

        def write(self, text: str) -> None:
            self._out.write(text)
            self._out.flush()

        def ask(self, question: str, *, is_hidden: bool) -> str:
            self.write(question)
            try:
                line = self._read_hidden() if is_hidden else self._in.readline()
            except KeyboardInterrupt:
                line = ""
            if not line:
                raise Cancelled("cancelled")
            return line.rstrip("\r\n")

        def _read_hidden(self) -> str:
            import msvcrt

            line = ""
            while (key := msvcrt.getwch()) not in "\r\n":
                match key:
                    case "\x03" | "\x1a":
                        raise KeyboardInterrupt
                    case "\b":
                        line = line[:-1]
                    case _:
                        line += key
            self.write("\n")
            return line + "\n"

    def _open_console() -> _Console | None:
        try:
            return _WindowsConsole()
        except OSError:
            return None

else:
    import termios

    class _PosixConsole(_Console):
        """A terminal by its descriptors.

        `owned` is closed at the end; None where they are standard streams.
        """

        def __init__(self, *, reads: int, writes: int, owned: int | None) -> None:
            self._reads = reads
            self._writes = writes
            self._owned = owned

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> Literal[False]:
            if self._owned is not None:
                os.close(self._owned)
            return False

        def write(self, text: str) -> None:
            left = text.encode(errors="replace")
            while left:
                left = left[os.write(self._writes, left) :]

        def ask(self, question: str, *, is_hidden: bool) -> str:
            def show_question() -> None:
                self.write(question)

            try:
                with _EchoOff(self._reads, on_return=show_question) if is_hidden else nullcontext():
                    show_question()
                    line = self._read_line()
            except KeyboardInterrupt:
                line = ""
            except (OSError, termios.error) as problem:
                # The line is cut, or nobody is left who could bring the process back to the foreground.
                raise _not_asked(question, "the terminal does not answer", hint="") from problem
            if not line:
                self.write("\n")
                raise Cancelled("cancelled")
            return line.rstrip("\r\n")

        def _read_line(self) -> str:
            """Return the line with its end; empty at the end of input (Ctrl-D)."""
            line = b""
            while not line.endswith(b"\n") and (piece := os.read(self._reads, 4096)):
                line += piece
            return line.decode(errors="replace")

    class _EchoOff:
        """Keeps the terminal from showing what is typed, and puts it back whatever ends the wait.

        Ctrl-C arrives as an exception and needs nothing special; the other signals would end or stop the process
        with the echo still off. `on_return` is called when the process goes on after Ctrl-Z.
        """

        _SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)

        def __init__(self, descriptor: int, *, on_return: Callable[[], None]) -> None:
            self._descriptor = descriptor
            self._on_return = on_return
            self._shown = termios.tcgetattr(descriptor)
            self._hidden = termios.tcgetattr(descriptor)
            # The end of the line stays visible, or the next output would stand behind the question.
            self._hidden[3] = self._hidden[3] & ~termios.ECHO | termios.ECHONL
            self._handlers: dict[int, Callable[[int, FrameType | None], object] | int] = {}

        def __enter__(self) -> None:
            # Python lets only the main thread set handlers.
            if threading.current_thread() is threading.main_thread():
                for number in self._SIGNALS:
                    handler = signal.getsignal(number)
                    # Whoever ignores a signal (nohup) wants to go on; None is a handler not set from Python.
                    if handler is not None and handler is not signal.SIG_IGN:
                        self._handlers[number] = handler
                        signal.signal(number, self._put_back_first)
            self._hide()

        def __exit__(self, *_: object) -> None:
            self._show()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

        def _hide(self) -> None:
            # What was typed ahead stays: people paste before the question is there.
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._hidden)

        def _show(self) -> None:
            # A terminal that has gone needs no putting back.
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._shown)

        def _put_back_first(self, number: int, _: FrameType | None) -> None:
            self._show()
            signal.signal(number, self._handlers[number])
            signal.raise_signal(number)
            # Only a stop comes back to here, when the process is continued.
            signal.signal(number, self._put_back_first)
            self._hide()
            self._on_return()

    def _open_console() -> _Console | None:
        try:
            terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        except OSError:
            return _standard_console()
        return _PosixConsole(reads=terminal, writes=terminal, owned=terminal)

    def _standard_console() -> _Console | None:
        """Return stdin as a console where it is a terminal although the process has none to itself (`setsid`)."""
        try:
            reads = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            return None
        if not os.isatty(reads):
            return None
        return _PosixConsole(reads=reads, writes=2 if os.isatty(2) else reads, owned=None)
