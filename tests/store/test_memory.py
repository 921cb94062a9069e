from __future__ import annotations

import pytest

from mfacli.store.memory import MemoryVault
from mfacli.store.vaults import Vault
from tests.store.contracts import VaultContract


class TestMemoryVault(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return MemoryVault()


def test_what_it_holds_does_not_show() -> None:
    vault = MemoryVault()
    vault.write("a", "wJalrXUtnFEMI", lifetime=None)

    assert "wJalrXUtnFEMI" not in repr(vars(vault))
