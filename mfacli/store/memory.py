"""Vault and index in this process alone, for MFACLI_STORE=memory: nothing is left when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from mfacli.domain.secret import Secret
from mfacli.store.index import Record, Snapshot
from mfacli.store.vaults import VaultKind


class MemoryVault:
    """A `Vault` in memory."""

    kind = VaultKind.MEMORY
    may_prompt = False

    def __init__(self) -> None:
        self._texts: dict[str, Secret] = {}

    def place(self) -> str:
        """Return what people call it."""
        return "this process's memory"

    def open(self) -> None:
        """Do nothing: it is open."""

    def read(self, name: str) -> str | None:
        """Return the text kept under `name`, or None."""
        return self._texts[name].reveal() if name in self._texts else None

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`."""
        self._texts[name] = Secret(text)

    def delete(self, name: str) -> bool:
        """Remove it; returns whether there was one."""
        return self._texts.pop(name, None) is not None

    def has(self, name: str) -> bool | None:
        """Return whether there is one."""
        return name in self._texts


class MemoryIndex:
    """An `Index` in memory."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def read(self) -> Snapshot:
        """Return what it holds."""
        return Snapshot(records=dict(self._records))

    def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
        """Let `edit` change the records."""
        edit(self._records)
        return dict(self._records)
