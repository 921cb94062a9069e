"""Encrypted files for tests, whose keys are cheap."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled
from mfacli.store.crypt_file import CryptFile, FileVault
from mfacli.store.locks import FileLocks


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys cheaper than the library's, which take 0.4 s."""
    for name, cost in (("time_cost", 1), ("memory_cost", 16)):
        monkeypatch.setattr(f"keyrings.cryptfile.cryptfile.ArgonAESEncryption.{name}", cost)


class Given:
    """A `PassphraseSource` that counts how often it is asked."""

    def __init__(self, text: str = "correct horse") -> None:
        self.text = text
        self.asked: list[bool] = []

    def passphrase(self, path: Path, *, is_new: bool) -> Secret:
        """Return the text, and remember."""
        self.asked.append(is_new)
        return Secret(self.text)


class Nobody:
    """A `PassphraseSource` that is not to be asked."""

    def passphrase(self, path: Path, *, is_new: bool) -> Secret:
        """Refuse."""
        raise Cancelled("nobody gave a passphrase")


def vault_at(root: Path, text: str = "correct horse") -> FileVault:
    """Return a vault as another process opens it, in the file below `root`."""
    return vault_in(root, CryptFile(root / "state" / "keyring.cfg", source=Given(text)))


def vault_in(root: Path, file: CryptFile) -> FileVault:
    """Return a vault in `file`."""
    return FileVault("mfacli-seed", namespace="ab12", locks=FileLocks([root / "locks"]), file=file)
