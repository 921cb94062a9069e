"""Signals on their way to a command: those that come too early wait, and the terminal's are not sent twice."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time

from mfacli.commands.child import _is_in_foreground, _Passing, accompany
from tests.real import run_in_child


def test_a_signal_that_comes_before_the_command_waits_for_it() -> None:
    def live() -> int:
        passing = _Passing()
        os.kill(os.getpid(), signal.SIGTERM)
        child = subprocess.Popen(["sleep", "60"])
        passing.to(child)
        return child.wait(30)

    assert run_in_child(live).result() == -signal.SIGTERM


def test_a_signal_after_the_commands_end_is_nobodys() -> None:
    def live() -> int:
        code = accompany(["true"], os.environ, core_limit=None)
        os.kill(os.getpid(), signal.SIGTERM)
        return code

    assert run_in_child(live).result() == 0


def _at_a_terminal() -> tuple[bool, bool]:
    """Return whether this process is in its terminal's foreground, before and after it has left it."""
    child, terminal = pty.fork()
    if child == 0:
        before = _is_in_foreground()
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        other = os.fork()
        if other == 0:
            time.sleep(10)
            os._exit(0)
        os.setpgid(other, other)
        os.tcsetpgrp(0, other)
        after = _is_in_foreground()
        os.kill(other, signal.SIGKILL)
        os._exit(before * 2 + after)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    code = os.waitstatus_to_exitcode(status)
    return bool(code & 2), bool(code & 1)


def test_the_terminals_foreground_is_known() -> None:
    assert run_in_child(_at_a_terminal).result() == [True, False]


def test_without_a_terminal_there_is_no_foreground() -> None:
    def live() -> bool:
        os.setsid()
        return _is_in_foreground()

    assert run_in_child(live).result() is False
