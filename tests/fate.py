"""Processes that end by SIGKILL at a moment that leaves a trace: the first, the second, and so on.

The moments are those before each answer from the network is read, when the other side has done what it was asked,
and before each file is put in its place. A command runs in a forked child, since a new interpreter for each moment
would take minutes.
"""

from __future__ import annotations

import io
import os
import signal
import socket
import sys
from pathlib import Path

import keyring.core

from tests.stage import Person

_KEYRINGS = str(Path(__file__).parent / "keyrings")


def become(person: Person) -> io.StringIO:
    """Make this process, a child that ends with the test, one of this person's; returns what will be said in it."""
    # What a coverage run would note of a child ends with it unread, and doubles its time.
    sys.settrace(None)
    os.environ.clear()
    os.environ.update(person.environment)
    os.chdir(person.home)
    sys.path.insert(0, _KEYRINGS)
    # A test before this one may have had the library choose another.
    keyring.core.init_backend()
    said = io.StringIO()
    sys.stdout = sys.stderr = said
    return said


class Fate:
    """Counts the moments of a process, and ends it at the `deadly`th.

    `files` are the ends of the names of files whose replacement counts.
    """

    def __init__(self, deadly: int | None, *, files: tuple[str, ...]) -> None:
        self._deadly = deadly
        self._files = files
        self._awaits_answer = False
        self.moments = 0

    def begin(self) -> None:
        """Watch this process, which ends with the test."""
        original = socket.socket.recv_into

        def recv_into(taken: socket.socket, *args: object, **options: object) -> int:
            if self._awaits_answer:
                self._awaits_answer = False
                self.pass_moment()
            return original(taken, *args, **options)  # type: ignore[arg-type]  # passed on as they are

        socket.socket.recv_into = recv_into  # type: ignore[method-assign,assignment]  # in a child that ends with it
        sys.addaudithook(self._watch)

    def _watch(self, event: str, values: tuple[object, ...]) -> None:
        if event == "socket.connect":
            self._awaits_answer = True
        elif event == "os.rename" and str(values[1]).endswith(self._files):
            self.pass_moment()

    def pass_moment(self) -> None:
        """Count one, and end with it where it is the deadly one."""
        if self.moments == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.moments += 1
