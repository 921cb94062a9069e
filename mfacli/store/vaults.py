"""What every place for secrets has in common: texts kept under names, and nothing about what they mean."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Protocol


class VaultKind(Enum):
    """The kinds of place; the value is what the index calls them."""

    KERNEL = "kernel"
    KEYRING = "keyring"
    FILE = "file"
    MEMORY = "memory"


class Vault(Protocol):
    """Keeps texts under names. Everything raises `KeyringUnusable` where the place cannot be asked.

    `may_prompt` says that asking it can open a dialogue: it is only asked for what is believed to be there.
    """

    kind: VaultKind
    may_prompt: bool

    def place(self) -> str:
        """Return what people call it."""

    def open(self) -> None:
        """Come by what it takes to write there: a passphrase, for a file; raises as writing would."""

    def read(self, name: str) -> str | None:
        """Return the text kept under `name`, or None."""

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`, in place of what was there; no longer than `lifetime` where the place can see to that."""

    def delete(self, name: str) -> bool:
        """Remove it; returns whether there was one."""

    def has(self, name: str) -> bool | None:
        """Return whether there is one, without reading it; None where that cannot be told without asking people."""
