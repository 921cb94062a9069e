"""Runs a program of the user's that prints something, a code or a passphrase, on its standard output.

A text goes through the shell, because people write pipes there; a list is run as it stands.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from collections.abc import Iterator
from datetime import timedelta

from mfacli.errors import ProfileBroken

Command = str | tuple[str, ...]


def output_of(command: Command, *, what: str, may_ask: bool, patience: timedelta) -> bytes:
    """Return what the program prints; raises `ProfileBroken` where it fails, with `what` it was to print.

    Its input and errors are the terminal, so that it can ask for a touch or a passphrase even where this process is
    an SDK's child; with `may_ask` False it has no input.
    """
    with _terminal(may_ask=may_ask) as (stdin, stderr):
        return _printed(command, stdin, stderr, what=what, patience=patience).strip()


def name_of(command: Command) -> str:
    """Return what the command is called in messages: its first word, since the rest may say too much."""
    if not isinstance(command, str):
        return command[0]
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return words[0] if words else command


def _printed(command: Command, stdin: int | None, stderr: int | None, *, what: str, patience: timedelta) -> bytes:
    name = name_of(command)
    try:
        done = subprocess.run(
            command,
            shell=isinstance(command, str),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            timeout=patience.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        seconds = round(patience.total_seconds())
        # What it had printed so far travels in the original error.
        raise ProfileBroken(f"`{name}` printed no {what} within {seconds} s") from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise ProfileBroken(f"`{name}` could not be started: {why.lower()}") from problem
    if done.returncode != 0:
        raise ProfileBroken(
            f"`{name}` failed with exit code {done.returncode}", hint="run the command by itself to see why"
        )
    return done.stdout


@contextlib.contextmanager
def _terminal(*, may_ask: bool) -> Iterator[tuple[int | None, int | None]]:
    """Yield what the program gets for stdin and stderr: the controlling terminal, else what this process has."""
    if not may_ask:
        yield subprocess.DEVNULL, None
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        yield None, None
        return
    try:
        yield terminal, terminal
    finally:
        os.close(terminal)
