"""A keyring in one encrypted file, for machines that have no other.

What is in it is encrypted by keyrings.cryptfile (extra `file-keyring`): AES-128-GCM, each entry bound to its name,
under a key from Argon2id (64 MiB, 15 passes; about a second of processor time). keyrings.alt's file was measured
beside it: 1,000 rounds of PBKDF2 in 1 ms, a changed byte that is decrypted as if nothing were, and wrong passphrases
told apart by an assertion, which `python -O` drops. How they read and write is sound in neither (`crypt_backend.py`):
so the file is read here, and written under mfacli's lock, beside the old one, flushed, moved into its place. The
format stays the library's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from mfacli.domain.secret import Secret
from mfacli.errors import KeyringMissing
from mfacli.interfaces import Locks
from mfacli.store.crypt_content import CryptContent, read_content
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.trouble import Trouble
from mfacli.store.vaults import VaultKind

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from mfacli.store.crypt_backend import WholeFile

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
    """The file at `path`. Its passphrase is asked for once, when something in it is read or written.

    `locked` is what its vaults share: a wrong passphrase is tried once.
    """

    def __init__(self, path: Path, *, source: PassphraseSource) -> None:
        self.path = path
        self.locked = Trouble()
        self._source = source
        self._passphrase: Secret | None = None
        self._opened: WholeFile | None = None

    def ask(self) -> None:
        """Come by the passphrase, where that has not been done yet; raises as its source does."""
        if self._passphrase is None:
            # Nobody is asked for that of a file which is damaged.
            is_new = not self._content().is_begun
            self._passphrase = self._source.passphrase(self.path, is_new=is_new)

    def has(self, service: str, username: str) -> bool:
        """Return whether there is such an entry, which takes no passphrase."""
        if not self.path.exists():
            return False
        return self._content().get(service, username) is not None

    def open(self) -> WholeFile:
        """Return the file as a backend of the `keyring` library; raises `KeyringLocked` for a wrong passphrase."""
        assert self._passphrase is not None
        if self._opened is None:
            from mfacli.store.crypt_backend import WholeFile

            self._opened = WholeFile(self.path, self._passphrase)
        return self._opened

    def change_passphrase(self, new: Callable[[], Secret], *, locks: Locks) -> int:
        """Put everything under the passphrase that `new` returns, in one step, and return how many entries that is.

        Raises `KeyringMissing` where there is no file.
        """
        if not self._content().is_begun:
            raise KeyringMissing(
                f"there is no encrypted file yet: `{self.path}`", hint="`mfacli store move --to file` makes one"
            )
        self.ask()
        self.open()
        passphrase = new()
        try:
            with locks.hold("keyring"):
                # What others have written while somebody typed is read again.
                count = self.open().change_passphrase(passphrase)
        finally:
            self._opened = None
        self._passphrase = passphrase
        return count

    def _content(self) -> CryptContent:
        if not is_installed():
            raise MISSING
        return read_content(self.path)


class FileVault(KeyringVault):
    """A `Vault` in an encrypted file."""

    kind = VaultKind.FILE
    may_prompt = True

    def __init__(self, service: str, *, namespace: str, locks: Locks, file: CryptFile) -> None:
        super().__init__(service, namespace=namespace, locks=locks, lasts=True, locked=file.locked)
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
