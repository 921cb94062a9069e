"""Codes printed by a program of the user's: the profile's `mfa_process`, or the `code_command` of the settings."""

from __future__ import annotations

import re
from datetime import timedelta

from mfacli.codes.reasons import why_refused
from mfacli.codes.waiting import wait_for
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed, CodeRejected
from mfacli.interfaces import Clock, CodeLedger, Talk
from mfacli.programs import name_of, output_of

# Long enough to find a hardware key and touch it.
PATIENCE = timedelta(minutes=2)
_DIGITS = re.compile(rb"[0-9]{6}")
_NO_KEY = Seed(key=Secret(""))


class ProgramCode:
    """The `CodeSource` behind `mfa_process` and `code_command`.

    The program may ask at the terminal, unless `may_ask` is False; see `programs.py`.
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
        self._name = name_of(command)
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
        printed = output_of(self._command, what="code", may_ask=self._may_ask, patience=self._patience)
        if not _DIGITS.fullmatch(printed):
            # What it printed is not shown: it may be a code with words around it, or a secret.
            raise CodeMalformed(
                f"`{self._name}` printed {'nothing' if not printed else 'something else than six digits'}",
                hint="the command for codes must print the code of this device and nothing else",
            )
        return Code(digits=Secret(printed.decode()), origin=CodeOrigin.PROGRAM)
