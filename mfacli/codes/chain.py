"""Several sources as one: the first that has a code for the device is the one that is asked."""

from __future__ import annotations

from collections.abc import Sequence

from mfacli.domain.codes import Code
from mfacli.domain.identity import Device
from mfacli.errors import CodeRejected
from mfacli.interfaces import CodeSource


class FirstOf:
    """The `CodeSource` made of others, in order.

    Where a code was refused, only the source that gave it may offer another: who gave a code on the command line
    does not expect to be asked for one.
    """

    def __init__(self, sources: Sequence[CodeSource]) -> None:
        self._sources = tuple(sources)
        self._answering: CodeSource | None = None

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return the code of the first source that has one, or None."""
        if refused is not None and self._answering is not None:
            return self._answering.next_code(device, refused=refused)
        for source in self._sources:
            code = source.next_code(device, refused=refused)
            if code is not None:
                self._answering = source
                return code
        return None
