"""Chooses a keyring for a test, and opens vaults in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import keyring.core
import pytest
from keyring.backend import KeyringBackend

from mfacli.store.keyring_store import KeyringVault
from mfacli.store.locks import FileLocks
from mfacli.store.trouble import Trouble

Use = Callable[[KeyringBackend], KeyringVault]


@pytest.fixture(autouse=True)
def forget_the_chosen_keyring() -> Iterator[None]:
    """Let the library choose anew for the next test."""
    yield
    keyring.core._keyring_backend = None


@pytest.fixture
def use(tmp_path: Path) -> Use:
    """Return what makes a backend the chosen one, and a vault in it."""

    def choose(backend: KeyringBackend) -> KeyringVault:
        keyring.set_keyring(backend)
        return chosen_vault(tmp_path)

    return choose


def chosen_vault(
    directory: Path,
    *,
    namespace: str = "ns",
    lasts: bool = False,
    patience: timedelta = timedelta(seconds=30),
    locked: Trouble | None = None,
) -> KeyringVault:
    """Return a vault in the keyring that is chosen, as another process would open it."""
    locks = FileLocks([directory / "locks"])
    return KeyringVault(
        "mfacli-test", namespace=namespace, locks=locks, lasts=lasts, patience=patience, locked=locked
    )
