"""Why was the code refused? STS has one message for a wrong, a used and an outdated code; the facts tell more."""

from __future__ import annotations

from datetime import timedelta

from mfacli.domain.codes import CodeOrigin
from mfacli.domain.offsets import describe_offset

# Half a step: from here on a code made by this machine's clock may be the neighbour's.
TELLING_OFFSET = timedelta(seconds=15)


def why_refused(*, origin: CodeOrigin, was_spent: bool, clock_offset: timedelta | None) -> str:
    """Return the reason in words.

    `was_spent` is whether the ledger knew the code before it was sent, `clock_offset` the cloud's time minus this
    machine's where the answer told.
    """
    if was_spent:
        return "STS has answered this code before, and looks at each only once: wait until the device shows the next"
    if clock_offset is None or abs(clock_offset) < TELLING_OFFSET:
        match origin:
            case CodeOrigin.DERIVED:
                return "the code made from the seed was refused: used elsewhere, or the seed is not this device's"
            case CodeOrigin.PROGRAM:
                return "the program's code was refused: already used elsewhere, or it is another device's"
            case CodeOrigin.GIVEN | CodeOrigin.TYPED:
                return "the code was refused: mistyped, already used, or another device's"
    clock = describe_offset(clock_offset)
    match origin:
        case CodeOrigin.DERIVED | CodeOrigin.PROGRAM:
            return f"the code was refused: {clock}, so it was made for another moment"
        case CodeOrigin.GIVEN | CodeOrigin.TYPED:
            return f"the code was refused: mistyped, already used, or made by a wrong clock ({clock})"
