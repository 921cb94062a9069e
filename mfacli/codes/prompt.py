"""The code typed at the terminal: asked again with the reason where STS refuses it, three times at most."""

from __future__ import annotations

from mfacli.codes.digits import parse_code
from mfacli.codes.reasons import why_refused
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.identity import Device
from mfacli.errors import CodeMalformed, CodeRejected
from mfacli.interfaces import CodeLedger, Prompter, Talk

MOST_ATTEMPTS = 3


class TypedCode:
    """The `CodeSource` that asks a person.

    Slips that can be seen from here (not six digits, a code that the ledger knows) are asked again without a
    call, and do not count. Raises what the prompter raises.
    """

    def __init__(self, *, prompter: Prompter, ledger: CodeLedger, talk: Talk) -> None:
        self._prompter = prompter
        self._ledger = ledger
        self._talk = talk
        self._attempts = 0

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return what was typed, or None when three codes have been refused."""
        if refused is None:
            self._attempts = 0
        else:
            self._talk.warn(why_refused(origin=CodeOrigin.TYPED, was_spent=False, clock_offset=refused.clock_offset))
        if self._attempts == MOST_ATTEMPTS:
            return None
        self._attempts += 1
        return self._ask(device)

    def _ask(self, device: Device) -> Code:
        while True:
            try:
                digits = parse_code(self._prompter.ask_code(f"MFA code for {device.name}: "))
            except CodeMalformed as slip:
                self._talk.warn(slip.message)
                continue
            code = Code(digits=digits, origin=CodeOrigin.TYPED)
            if not self._ledger.is_spent(device, code):
                return code
            self._talk.warn(why_refused(origin=CodeOrigin.TYPED, was_spent=True, clock_offset=None))
