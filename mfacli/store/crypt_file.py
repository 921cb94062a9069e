"""A keyring in one encrypted file, for machines that have no other.

What is in it is encrypted by keyrings.cryptfile (extra `file-keyring`): AES-128-GCM, each entry bound to its name,
under a key from Argon2id (64 MiB, 15 passes; 0.4 s on a slow core). keyrings.alt's file was measured beside it: 1,000
rounds of PBKDF2 in 2 ms, no authentication, and its wrong passphrases are told apart by an assertion that `python -O`
drops. How both write is sound in neither: they cut the file off before they write it, so that a full disk or a kill
costs everything in it, and two processes at once lose entries. So the file is written here: under mfacli's lock,
beside the old one, flushed, moved into its place. The format stays the library's.
"""

from __future__ import annotations

import configparser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.interfaces import Locks
from mfacli.private_files import make_private_directory, replace_privately
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.vaults import VaultKind

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")

PLACE = "encrypted file"
FILE_NAME = "keyring.cfg"
MISSING = KeyringMissing(
    "the encrypted file needs a package that is not installed", hint="pip install 'mfacli[file-keyring]'"
)


class PassphraseSource(Protocol):
    """Has the passphrase of a file."""

    def passphrase(self, path: Path, *, is_new: bool) -> Secret:
        """Return it; `is_new` where the file is about to be made, so that a slip must not count."""


class CryptFile:
    """The file at `path`. Its passphrase is asked for once, when something in it is read or written."""

    def __init__(self, path: Path, *, source: PassphraseSource) -> None:
        self.path = path
        self._source = source
        self._passphrase: Secret | None = None
        self._opened: KeyringBackend | None = None

    def ask(self) -> None:
        """Come by the passphrase, where that has not been done yet; raises as its source does."""
        if not is_installed():
            raise MISSING
        if self._passphrase is None:
            self._passphrase = self._source.passphrase(self.path, is_new=not self.path.exists())

    def has(self, service: str, username: str) -> bool:
        """Return whether there is such an entry, which takes no passphrase."""
        if not self.path.exists():
            return False
        if not is_installed():
            raise MISSING
        from keyrings.cryptfile.escape import escape

        return bool(self._content().has_option(escape(service), escape(username)))

    def open(self) -> KeyringBackend:
        """Return the file as a backend of the `keyring` library; raises `KeyringLocked` for a wrong passphrase."""
        assert self._passphrase is not None
        if self._opened is None:
            self._content()
            self._opened = _opened(self.path, self._passphrase)
        return self._opened

    def _content(self) -> configparser.RawConfigParser:
        content = configparser.RawConfigParser()
        try:
            content.read(self.path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            # Without a cause: its text could quote a part of the file.
            raise KeyringUnusable(
                f"`{self.path}` is damaged, or cannot be read",
                hint="put a good copy in its place; without one, move it away, and begin a new one",
            ) from None
        return content


class FileVault(KeyringVault):
    """A `Vault` in an encrypted file."""

    kind = VaultKind.FILE
    may_prompt = True

    def __init__(self, service: str, *, namespace: str, locks: Locks, file: CryptFile) -> None:
        super().__init__(service, namespace=namespace, locks=locks, lasts=True)
        self._file = file

    def place(self) -> str:
        """Return what people call it."""
        return PLACE

    def read(self, name: str) -> str | None:
        """Return the text kept under `name`, or None; nobody is asked for the passphrase where there is none."""
        return super().read(name) if self.has(name) else None

    def delete(self, name: str) -> bool:
        """Remove it; returns whether there was one."""
        return super().delete(name) if self.has(name) else False

    def has(self, name: str) -> bool:
        """Return whether there is one: the file's names are not encrypted."""
        return self._file.has(self._service, f"{self._namespace}:{name}")

    def _ask_alone(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        # Before the lock: others need not wait for somebody who types.
        self._file.ask()
        return super()._ask_alone(question)

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        # In the thread that Ctrl-C ends, and not within the time that the keyring has for its answer.
        self._file.ask()
        return super()._ask(question)

    def _backend(self) -> KeyringBackend:
        return self._file.open()


def is_installed() -> bool:
    """Whether the package behind it is installed; it is not imported for that."""
    from importlib.util import find_spec

    try:
        return find_spec("keyrings.cryptfile") is not None
    except ModuleNotFoundError:
        return False


def _opened(path: Path, passphrase: Secret) -> KeyringBackend:
    from keyrings.cryptfile.cryptfile import CryptFileKeyring
    from keyrings.cryptfile.escape import escape

    class WholeFile(CryptFileKeyring):  # type: ignore[misc]  # the library has no types
        """The library's keyring, but for the passphrase, which is given, and the file, which is written whole."""

        # The library tries every class that it has heard of where it looks for a backend: not this one.
        viable = False

        def __init__(self) -> None:
            super().__init__()
            self.file_path = str(path)
            self.keyring_key = passphrase.reveal()

        def _write_config_value(self, service: str, key: str, value: str) -> None:
            content = _read(path)
            section = escape(service)
            if not content.has_section(section):
                content.add_section(section)
            content.set(section, escape(key), value)
            _write(path, content)

        def delete_password(self, service: str, username: str) -> None:
            from keyring.errors import PasswordDeleteError

            content = _read(path)
            section = escape(service)
            if not content.has_section(section) or not content.remove_option(section, escape(username)):
                raise PasswordDeleteError("no such password")
            _write(path, content)

    try:
        return WholeFile()
    except (ValueError, AssertionError):
        raise KeyringLocked(
            f"the passphrase of `{path}` is wrong, or the file is damaged",
            hint="run the command again with the right one; without it nothing in the file can be had",
        ) from None


def _read(path: Path) -> configparser.RawConfigParser:
    content = configparser.RawConfigParser()
    content.read(path, encoding="utf-8")
    return content


def _write(path: Path, content: configparser.RawConfigParser) -> None:
    import io

    text = io.StringIO()
    content.write(text)
    try:
        make_private_directory(path.parent)
        replace_privately(path, text.getvalue().encode())
    except OSError as problem:
        raise KeyringUnusable(
            f"`{path}` could not be written: {problem.strerror}", hint="what was in it is untouched"
        ) from problem
    except FileUnwritable as problem:
        raise KeyringUnusable(problem.message, hint=problem.hint) from problem
