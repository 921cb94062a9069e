"""Runs a program of the user's that prints something, a code or a passphrase, on its standard output.

A text goes through the shell, because people write pipes there; a list is run as it stands.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import AnyStr

from mfacli.errors import ProfileBroken

Command = str | tuple[str, ...]

_PS = "/bin/ps"


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
        program = subprocess.Popen(
            command, shell=isinstance(command, str), stdin=stdin, stdout=subprocess.PIPE, stderr=stderr
        )
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise ProfileBroken(f"`{name}` could not be started: {why.lower()}") from problem
    try:
        printed, _ = told_by(program, seconds=patience.total_seconds())
    except subprocess.TimeoutExpired:
        seconds = round(patience.total_seconds())
        # What it had printed so far travels in the original error.
        raise ProfileBroken(f"`{name}` printed no {what} within {seconds} s") from None
    if program.returncode != 0:
        raise ProfileBroken(
            f"`{name}` failed with exit code {program.returncode}", hint="run the command by itself to see why"
        )
    return printed


def told_by(
    program: subprocess.Popen[AnyStr], *, seconds: float, sent: AnyStr | None = None
) -> tuple[AnyStr, AnyStr]:
    """Return what a program prints, on either stream, until its end; `sent` is what it reads.

    Raises `subprocess.TimeoutExpired`. Whoever gives up waiting, by Ctrl-C too, leaves nothing behind that goes on
    asking.
    """
    with program:
        try:
            return program.communicate(sent, timeout=seconds)
        except BaseException:
            _end(program)
            raise


def _end(program: subprocess.Popen[AnyStr]) -> None:
    """End the program and all that it has started: a shell that is killed leaves its line running.

    A process group of its own would be simpler, and could not ask at the terminal.
    """
    family = descendants(program.pid, _processes())
    program.kill()
    for pid in family:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    program.wait()


def descendants(pid: int, processes: Iterable[tuple[int, int]]) -> list[int]:
    """Return the processes that come from `pid`, out of pairs of a process and its parent."""
    children: dict[int, list[int]] = {}
    for child, parent in processes:
        children.setdefault(parent, []).append(child)
    found = [pid]
    for each in found:
        # Taken out: numbers that are given anew during the look could make a circle.
        found += children.pop(each, [])
    return found[1:]


def _processes() -> Iterator[tuple[int, int]]:
    if not Path("/proc/self/stat").exists():
        yield from _processes_by_ps()
        return
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # Behind the program's name, which may hold anything, stand its state and its parent.
            facts = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            yield int(folder.name), int(facts[1])


def _processes_by_ps() -> Iterator[tuple[int, int]]:
    try:
        listed = subprocess.run([_PS, "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, check=False).stdout
    except OSError:
        # Windows, or a container with next to nothing in it.
        return
    for line in listed.splitlines():
        child, parent = line.split()
        yield int(child), int(parent)


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
