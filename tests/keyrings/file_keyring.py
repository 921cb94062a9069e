"""A keyring in one file, so that tests of whole processes share one, and none touches the machine's own.

It stands on a path of its own: the processes that load it need nothing else of the tests.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError


class FileKeyring(KeyringBackend):
    """A keyring for tests.

    KEYRING_PROPERTY_PATH names the file, KEYRING_PROPERTY_MOOD what is wrong with it: `locked`, `full`, or `slow`.
    """

    priority = 1
    path = ""
    mood = ""

    @property
    def name(self) -> str:
        """Return what people call it."""
        return "test keyring"

    def get_password(self, service: str, username: str) -> str | None:
        """Return the entry, or None."""
        return self._entries().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the entry."""
        entries = self._entries()
        if self.mood == "full":
            raise PasswordSetError("no room is left")
        self._write({**entries, f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Remove the entry."""
        entries = self._entries()
        if entries.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError("there is no such entry")
        self._write(entries)

    def _entries(self) -> dict[str, str]:
        if self.mood == "locked":
            raise KeyringLocked("the password was not given")
        if self.mood == "slow":
            time.sleep(0.2)
        try:
            found: dict[str, str] = json.loads(Path(self.path).read_text())
        except FileNotFoundError:
            return {}
        return found

    def _write(self, entries: dict[str, str]) -> None:
        # mkstemp makes the file 0600; readers in other processes meet the old file or the new one, whole.
        handle, name = tempfile.mkstemp(dir=Path(self.path).parent)
        with os.fdopen(handle, "w") as file:
            json.dump(entries, file)
        Path(name).replace(self.path)
