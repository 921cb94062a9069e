"""Codes printed by a program of the user's: the profile's `mfa_process`, such as `ykman oath accounts code -s aws`.

The command line goes through the shell, as in the tools that the setting comes from: people write pipes there.
"""

from __future__ import annotations

import re
import subprocess
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
# Some programs print words, or the seconds left, beside the code.
_SIX_DIGITS = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_NO_KEY = Seed(key=Secret(""))


class ProgramCode:
    """The `CodeSource` behind `mfa_process`.

    The program's input and errors stay the person's, so that it can ask for a touch or a passphrase.
    """

    def __init__(
        self,
        command: str | tuple[str, ...],
        *,
        ledger: CodeLedger,
        clock: Clock,
        talk: Talk,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._command = command
        self._ledger = ledger
        self._clock = clock
        self._talk = talk
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
            self._talk.warn("`mfa_process` goes on printing a code that STS has answered before")
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
        try:
            done = subprocess.run(
                self._command,
                shell=isinstance(self._command, str),
                stdout=subprocess.PIPE,
                timeout=self._patience.total_seconds(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            seconds = round(self._patience.total_seconds())
            # What it had printed so far travels in the original error.
            raise ProfileBroken(f"`mfa_process` printed no code within {seconds} s") from None
        except OSError as problem:
            raise ProfileBroken(f"`mfa_process` could not be started: {problem.strerror}") from problem
        if done.returncode != 0:
            raise ProfileBroken(
                f"`mfa_process` failed with exit code {done.returncode}", hint="run the command by itself to see why"
            )
        found = set(_SIX_DIGITS.findall(done.stdout.decode("utf-8", "replace")))
        if len(found) != 1:
            raise CodeMalformed(
                "`mfa_process` printed no six digits" if not found else "`mfa_process` printed several codes",
                hint="it must print the one code of this device",
            )
        return Code(digits=Secret(found.pop()), origin=CodeOrigin.PROGRAM)
