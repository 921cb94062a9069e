"""Codes printed by a program of the user's: the profile's `mfa_process`, or the `code_command` of the settings.

A text goes through the shell, as in the tools that `mfa_process` comes from: people write pipes there. A list is run
as it stands.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import timedelta

from mfacli.codes.reasons import why_refused
from mfacli.codes.waiting import wait_for
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed, CodeRejected, ProfileBroken
from mfacli.interfaces import Clock, CodeLedger, Talk

# Long enough to find a hardware key and touch it.
PATIENCE = timedelta(minutes=2)
_DIGITS = re.compile(rb"[0-9]{6}")
_NO_KEY = Seed(key=Secret(""))


class ProgramCode:
    """The `CodeSource` behind `mfa_process` and `code_command`.

    The program's input and errors are the terminal, so that it can ask for a touch or a passphrase even where this
    process is an SDK's child; with `may_ask` False it has no input.
    """

    def __init__(
        self,
        command: str | tuple[str, ...],
        *,
        ledger: CodeLedger,
        clock: Clock,
        talk: Talk,
        may_ask: bool = True,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._command = command
        self._name = _name(command)
        self._ledger = ledger
        self._clock = clock
        self._talk = talk
        self._may_ask = may_ask
        self._patience = patience
        self._has_tried_again = False

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return what the program prints; where that is spent or was refused once, what it prints a step later.

        Raises `ProfileBroken` where the program fails, `CodeMalformed` where it prints no code.
        """
        if refused is None:
            self._has_tried_again = False
        elif self._has_tried_again:
            return None
        else:
            reason = why_refused(origin=CodeOrigin.PROGRAM, was_spent=False, clock_offset=refused.clock_offset)
            self._talk.note(f"{reason}; trying once more")
            self._has_tried_again = True
        code = self._run()
        if self._ledger.is_spent(device, code):
            self._wait_for_next_step(device)
            code = self._run()
        if self._ledger.is_spent(device, code):
            self._talk.warn(f"`{self._name}` goes on printing a code that STS has answered before")
            return None
        return code

    def _wait_for_next_step(self, device: Device) -> None:
        # The program's period is unknown; 30 s is what both clouds' devices have.
        next_step = _NO_KEY.step_at(self._clock.cloud_now()) + 1
        wait_for(
            _NO_KEY.starts_at(next_step),
            text=f"waiting for the next code of {device.name}",
            clock=self._clock,
            talk=self._talk,
        )

    def _run(self) -> Code:
        with _terminal(may_ask=self._may_ask) as (stdin, stderr):
            printed = self._printed(stdin, stderr).strip()
        if not _DIGITS.fullmatch(printed):
            # What it printed is not shown: it may be a code with words around it, or a secret.
            raise CodeMalformed(
                f"`{self._name}` printed {'nothing' if not printed else 'something else than six digits'}",
                hint="the command for codes must print the code of this device and nothing else",
            )
        return Code(digits=Secret(printed.decode()), origin=CodeOrigin.PROGRAM)

    def _printed(self, stdin: int | None, stderr: int | None) -> bytes:
        try:
            done = subprocess.run(
                self._command,
                shell=isinstance(self._command, str),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                timeout=self._patience.total_seconds(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            seconds = round(self._patience.total_seconds())
            # What it had printed so far travels in the original error.
            raise ProfileBroken(f"`{self._name}` printed no code within {seconds} s") from None
        except (OSError, ValueError) as problem:
            why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
            raise ProfileBroken(f"`{self._name}` could not be started: {why.lower()}") from problem
        if done.returncode != 0:
            raise ProfileBroken(
                f"`{self._name}` failed with exit code {done.returncode}", hint="run the command by itself to see why"
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


def _name(command: str | tuple[str, ...]) -> str:
    """Return what the command is called in messages: its first word, since the rest may say too much."""
    if not isinstance(command, str):
        return command[0]
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return words[0] if words else command
