"""The code on the command line: good for one call, and nobody is asked for another."""

from __future__ import annotations

from mfacli.codes.digits import parse_code
from mfacli.codes.reasons import why_refused
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.identity import Device
from mfacli.errors import CodeRejected
from mfacli.interfaces import CodeLedger


class GivenCode:
    """The `CodeSource` behind `--code`.

    Built from the option's text; raises `CodeMalformed` where that is no code.
    """

    def __init__(self, text: str, *, ledger: CodeLedger) -> None:
        self._code = Code(digits=parse_code(text), origin=CodeOrigin.GIVEN)
        self._ledger = ledger
        self._is_offered = False

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return the code at the first call, None from then on.

        Raises `CodeRejected` where the ledger knows that it has been used: STS need not be asked.
        """
        if refused is not None or self._is_offered:
            return None
        if self._ledger.is_spent(device, self._code):
            raise CodeRejected(
                why_refused(origin=CodeOrigin.GIVEN, was_spent=True, clock_offset=None),
                hint="a session that another process opened with it is found without --code",
            )
        self._is_offered = True
        return self._code
