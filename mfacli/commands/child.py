"""Runs a command beside this process, which has to live as long: signals go on to it, its exit code is ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from mfacli.commands.running import forbid_core_files, give_back_core_files, not_executable, not_found

_PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
# What a terminal sends to everybody who runs in its foreground: the command has got it already, and a second one
# means "at once" to many.
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")


def accompany(command: Sequence[str], environment: Mapping[str, str], *, core_limit: int | None) -> int:
    """Run `command` in `environment`, and return its exit code, 128 and the number where a signal ended it.

    `core_limit` is as for `running.become`, and so are the errors.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    signals = _Passing()
    try:
        give_back_core_files(core_limit)
        try:
            child = subprocess.Popen(list(command), env=dict(environment))
        finally:
            forbid_core_files()
    except FileNotFoundError as problem:
        raise not_found(command[0]) from problem
    except OSError as problem:
        raise not_executable(command[0], problem) from problem
    signals.to(child)
    code = child.wait()
    return 128 - code if code < 0 else code


class _Passing:
    """Passes signals on, from its making; those that come before there is a command wait for it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        if sys.platform == "win32":
            # The console sends Ctrl-C to the command as well; only the command is to decide what it means.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return
        for name in _PASSED_ON:
            number = getattr(signal, name)
            # What is ignored stays ignored, here and there.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._pass)

    def to(self, child: subprocess.Popen[bytes]) -> None:
        """Pass signals on to `child`, those that waited first."""
        self._child = child
        for number in self._waiting:
            child.send_signal(number)

    def _pass(self, number: int, _: FrameType | None) -> None:
        if self._child is None:
            self._waiting.append(number)
        elif not (signal.Signals(number).name in _FROM_TERMINAL and _is_in_foreground()):
            self._child.send_signal(number)


def _is_in_foreground() -> bool:
    """Return whether the terminal's signals go to us, and so to the command too."""
    if sys.platform == "win32":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
