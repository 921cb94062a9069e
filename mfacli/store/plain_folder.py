"""A folder of plain files as a backend of the `keyring` library: for worthless secrets only, such as the emulator's.

    PYTHON_KEYRING_BACKEND=mfacli.store.plain_folder.PlainFolderKeyring
    KEYRING_PROPERTY_FOLDER=/a/private/folder

It lets the demo and tests run on machines that have no keyring at all. Nothing chooses it by itself.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import InitError, PasswordDeleteError, PasswordSetError

from mfacli.errors import FileUnwritable
from mfacli.private_files import make_private_directory, replace_privately


class PlainFolderKeyring(KeyringBackend):
    """Plain files in a private folder. Not encrypted: whoever can read the folder can read what is kept."""

    folder = ""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805 - a property of the class, as the library wants it
        """Return a number far below 0, so that only somebody who names this backend gets it."""
        return -10

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept for `username` of `service`, or None."""
        try:
            return self._path(service, username).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as problem:
            raise InitError(f"`{self.folder}` cannot be read") from problem

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep `password`, in place of what was there."""
        path = self._path(service, username)
        try:
            make_private_directory(path.parent)
            replace_privately(path, password.encode())
        except (OSError, FileUnwritable) as problem:
            raise PasswordSetError(f"`{self.folder}` cannot be written") from problem

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is kept; `PasswordDeleteError` where there is nothing."""
        try:
            self._path(service, username).unlink()
        except OSError as problem:
            raise PasswordDeleteError("no such password") from problem

    def _path(self, service: str, username: str) -> Path:
        if not self.folder:
            raise InitError("KEYRING_PROPERTY_FOLDER names no folder")
        # Names hold colons and slashes; their digest is a file name everywhere.
        digest = hashlib.sha256(f"{service}\0{username}".encode()).hexdigest()
        return Path(self.folder) / digest
