from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import keyring.core
import pytest
from keyring import errors
from keyring.backends.chainer import ChainerBackend

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.store.kernel_keyring import KernelKeyring
from mfacli.store.trouble import Trouble
from mfacli.store.vaults import Vault
from tests.store.chosen_keyrings import Use, chosen_vault, forget_the_chosen_keyring, use
from tests.store.contracts import RefusingVaultContract, VaultContract
from tests.store.standins import MemoryKeyring, SmallKeyring

__all__ = ["forget_the_chosen_keyring", "use"]


class TestKeyringVault(VaultContract):
    @pytest.fixture
    def vault(self, use: Use) -> Vault:
        return use(MemoryKeyring())


class TestKeyringVaultWithinWindowsLimit(VaultContract):
    @pytest.fixture
    def vault(self, use: Use) -> Vault:
        return use(SmallKeyring())


class TestFailBackend(RefusingVaultContract):
    @pytest.fixture
    def vault(self, use: Use) -> Vault:
        return use(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]  # the library's has no types


class TestNullBackend(RefusingVaultContract):
    @pytest.fixture
    def vault(self, use: Use) -> Vault:
        return use(keyring.backends.null.Keyring())  # type: ignore[no-untyped-call]  # likewise


def test_a_keyring_that_took_the_entry_and_lost_it_is_unusable(use: Use) -> None:
    class Forgetful(MemoryKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    with pytest.raises(KeyringUnusable, match="did not keep it"):
        use(Forgetful()).write("a", "text", lifetime=None)


def test_a_deletion_that_another_process_was_quicker_with_is_fine(use: Use) -> None:
    class Racing(MemoryKeyring):
        def delete_password(self, service: str, username: str) -> None:
            self.entries.clear()
            super().delete_password(service, username)

    vault = use(Racing())
    vault.write("a", "text", lifetime=None)

    assert vault.delete("a") is True


def test_a_keyring_that_cannot_delete_says_so(use: Use) -> None:
    class Stubborn(MemoryKeyring):
        def delete_password(self, service: str, username: str) -> None:
            raise errors.PasswordDeleteError("not supported")

    vault = use(Stubborn())
    vault.write("a", "text", lifetime=None)

    with pytest.raises(KeyringUnusable, match="not supported"):
        vault.delete("a")


def test_a_prompt_that_never_comes_is_given_up_and_not_waited_for_again(tmp_path: Path) -> None:
    never = threading.Event()

    class Hanging(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            self.asked += 1
            never.wait()
            return None

    backend = Hanging()
    keyring.set_keyring(backend)
    vault = chosen_vault(tmp_path, patience=timedelta(seconds=0.05))

    for _ in range(3):
        with pytest.raises(KeyringLocked, match=r"not answered for 0\.05 s"):
            vault.read("a")

    assert backend.asked == 1
    never.set()


def test_a_person_who_dismissed_the_prompt_is_not_asked_again_by_the_next_step(use: Use) -> None:
    class Dismissed(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            self.asked += 1
            raise errors.KeyringLocked("Failed to unlock the collection!")

    backend = Dismissed()
    vault = use(backend)

    for _ in range(3):
        with pytest.raises(KeyringLocked):
            vault.read("a")

    assert backend.asked == 1


def test_a_dialogue_that_was_dismissed_for_one_vault_is_not_shown_for_the_next(tmp_path: Path) -> None:
    class Dismissed(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            self.asked += 1
            raise errors.KeyringLocked("Failed to unlock the collection!")

    backend, locked = Dismissed(), Trouble()
    keyring.set_keyring(backend)

    for lasts in (False, True):
        with pytest.raises(KeyringLocked):
            chosen_vault(tmp_path, lasts=lasts, locked=locked).read("a")

    assert backend.asked == 1


def test_what_only_one_vault_refuses_is_not_refused_by_the_next(tmp_path: Path) -> None:
    locked = Trouble()
    keyring.set_keyring(KernelKeyring())  # type: ignore[no-untyped-call]  # the library's has no types
    with pytest.raises(KeyringMissing):
        chosen_vault(tmp_path, lasts=True, locked=locked).place()

    assert chosen_vault(tmp_path, locked=locked).place() == "Linux kernel keyring"


@pytest.fixture
def members(monkeypatch: pytest.MonkeyPatch) -> list[MemoryKeyring]:
    """Give the two keyrings of the chain that is chosen."""
    chain = ChainerBackend()  # type: ignore[no-untyped-call]  # likewise
    found = [MemoryKeyring(), MemoryKeyring()]
    monkeypatch.setattr(ChainerBackend, "backends", found)
    keyring.set_keyring(chain)
    return found


def test_what_stands_further_down_a_chain_is_found_and_removed(tmp_path: Path, members: list[MemoryKeyring]) -> None:
    members[1].entries["mfacli-test", "ns:a"] = "text"
    vault = chosen_vault(tmp_path)

    found, removed = vault.read("a"), vault.delete("a")

    assert (found, removed, vault.read("a")) == ("text", True, None)


def test_nothing_older_shows_where_the_first_of_a_chain_is_emptied(
    tmp_path: Path, members: list[MemoryKeyring]
) -> None:
    members[1].entries["mfacli-test", "ns:a"] = "older"
    vault = chosen_vault(tmp_path)
    vault.write("a", "text", lifetime=None)

    vault.delete("a")

    assert (vault.read("a"), members[1].entries) == (None, {})


def test_a_chain_whose_second_refuses_serves_what_is_in_the_first(
    tmp_path: Path, members: list[MemoryKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(service: str, username: str) -> None:
        raise errors.KeyringLocked("Failed to open the wallet")

    vault = chosen_vault(tmp_path)
    vault.write("a", "text", lifetime=None)
    monkeypatch.setattr(members[1], "delete_password", refuse)

    assert vault.delete("a") is True


def test_a_chain_that_cannot_remove_says_so(
    tmp_path: Path, members: list[MemoryKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(service: str, username: str) -> None:
        raise NotImplementedError

    vault = chosen_vault(tmp_path)
    vault.write("a", "text", lifetime=None)
    monkeypatch.setattr(members[0], "delete_password", refuse)

    with pytest.raises(KeyringUnusable):
        vault.delete("a")


def test_entries_are_named_for_their_namespace(use: Use, tmp_path: Path) -> None:
    backend = MemoryKeyring()
    use(backend).write("a", "text", lifetime=None)

    assert backend.entries == {("mfacli-test", "ns:a"): "text"}
    assert chosen_vault(tmp_path, namespace="other").read("a") is None


def test_where_no_lock_can_be_made_writing_is_refused_as_the_keyrings(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")
    keyring.set_keyring(MemoryKeyring())

    with pytest.raises(KeyringUnusable, match="cannot be written safely"):
        chosen_vault(tmp_path).write("a", "text", lifetime=None)


def test_what_must_last_is_not_kept_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(KernelKeyring())  # type: ignore[no-untyped-call]  # the library's has no types

    with pytest.raises(KeyringMissing, match="a reboot clears"):
        chosen_vault(tmp_path, lasts=True).write("a", "text", lifetime=None)


def test_what_may_go_is_kept_in_the_kernel_only_so_long(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pretended(KernelKeyring):
        __module__ = "mfacli.store.kernel_keyring"
        entries: dict[str, tuple[str, float | str]] = {}  # noqa: RUF012 - one keyring for all copies of the backend

        def get_password(self, service: str, username: str) -> str | None:
            return self.entries.get(username, (None, 0))[0]

        def set_password(self, service: str, username: str, password: str) -> None:
            self.entries[username] = (password, self.timeout)

    use(Pretended()).write("a", "text", lifetime=timedelta(minutes=5))  # type: ignore[no-untyped-call]  # likewise

    assert Pretended.entries == {"ns:a": ("text", 300.0)}
