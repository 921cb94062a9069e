"""Remembers that a keyring is locked, so that nobody is asked, or waited for, a second time by the same command."""

from __future__ import annotations

from time import monotonic

from mfacli.errors import KeyringUnusable

# A person who dismissed the dialogue is not shown it again by the next step; one who unlocks it later is served.
_LASTS_SECONDS = 60.0


class Trouble:
    """What a keyring has refused with lately; vaults of one place may share it."""

    def __init__(self) -> None:
        self._met: tuple[float, KeyringUnusable] | None = None

    def meet(self, problem: KeyringUnusable) -> None:
        """Remember `problem`."""
        self._met = (monotonic(), problem)

    def raise_again(self) -> None:
        """Raise what was met, if that was not long ago."""
        if self._met is not None and monotonic() - self._met[0] < _LASTS_SECONDS:
            raise self._met[1]
