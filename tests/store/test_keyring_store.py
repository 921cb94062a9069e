from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import keyring.core
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.store.kernel_keyring import KernelKeyring
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.locks import FileLocks
from mfacli.store.trouble import Trouble
from mfacli.store.vaults import Vault
from tests.real import run_in_child
from tests.store.contracts import LONG, RefusingVaultContract, VaultContract
from tests.store.standins import DirectoryKeyring, MemoryKeyring, SmallKeyring

Use = Callable[[KeyringBackend], KeyringVault]


@pytest.fixture(autouse=True)
def _forget_the_chosen_keyring() -> Iterator[None]:
    yield
    keyring.core._keyring_backend = None


@pytest.fixture
def use(tmp_path: Path) -> Use:
    """Return what makes a backend the chosen one, and a vault in it."""

    def choose(backend: KeyringBackend) -> KeyringVault:
        keyring.set_keyring(backend)
        return _vault(tmp_path)

    return choose


def _vault(
    directory: Path,
    *,
    namespace: str = "ns",
    lasts: bool = False,
    patience: timedelta = timedelta(seconds=30),
    locked: Trouble | None = None,
) -> KeyringVault:
    locks = FileLocks([directory / "locks"])
    return KeyringVault(
        "mfacli-test", namespace=namespace, locks=locks, lasts=lasts, patience=patience, locked=locked
    )


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
    vault = _vault(tmp_path, patience=timedelta(seconds=0.05))

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
            _vault(tmp_path, lasts=lasts, locked=locked).read("a")

    assert backend.asked == 1


def test_what_only_one_vault_refuses_is_not_refused_by_the_next(tmp_path: Path) -> None:
    locked = Trouble()
    keyring.set_keyring(KernelKeyring())  # type: ignore[no-untyped-call]  # the library's has no types
    with pytest.raises(KeyringMissing):
        _vault(tmp_path, lasts=True, locked=locked).place()

    assert _vault(tmp_path, locked=locked).place() == "Linux kernel keyring"


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
    vault = _vault(tmp_path)

    found, removed = vault.read("a"), vault.delete("a")

    assert (found, removed, vault.read("a")) == ("text", True, None)


def test_nothing_older_shows_where_the_first_of_a_chain_is_emptied(
    tmp_path: Path, members: list[MemoryKeyring]
) -> None:
    members[1].entries["mfacli-test", "ns:a"] = "older"
    vault = _vault(tmp_path)
    vault.write("a", "text", lifetime=None)

    vault.delete("a")

    assert (vault.read("a"), members[1].entries) == (None, {})


def test_a_chain_whose_second_refuses_serves_what_is_in_the_first(
    tmp_path: Path, members: list[MemoryKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(service: str, username: str) -> None:
        raise errors.KeyringLocked("Failed to open the wallet")

    vault = _vault(tmp_path)
    vault.write("a", "text", lifetime=None)
    monkeypatch.setattr(members[1], "delete_password", refuse)

    assert vault.delete("a") is True


def test_a_chain_that_cannot_remove_says_so(
    tmp_path: Path, members: list[MemoryKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(service: str, username: str) -> None:
        raise NotImplementedError

    vault = _vault(tmp_path)
    vault.write("a", "text", lifetime=None)
    monkeypatch.setattr(members[0], "delete_password", refuse)

    with pytest.raises(KeyringUnusable):
        vault.delete("a")


def test_entries_are_named_for_their_namespace(use: Use, tmp_path: Path) -> None:
    backend = MemoryKeyring()
    use(backend).write("a", "text", lifetime=None)

    assert backend.entries == {("mfacli-test", "ns:a"): "text"}
    assert _vault(tmp_path, namespace="other").read("a") is None


def test_a_long_entry_stands_in_one_piece_where_the_keyring_takes_it(use: Use) -> None:
    backend = MemoryKeyring()
    use(backend).write("a", LONG, lifetime=None)

    assert list(backend.entries.values()) == [LONG]


def test_replacing_leaves_no_old_pieces(use: Use) -> None:
    backend = SmallKeyring()
    vault = use(backend)

    vault.write("a", "x" * 9000, lifetime=None)
    vault.write("a", "y" * 3000, lifetime=None)

    assert sorted(name for _, name in backend.entries) == ["ns:a", "ns:a.b0", "ns:a.b1", "ns:a.b2"]


def test_pieces_of_an_unfinished_writing_are_removed_by_the_next(use: Use) -> None:
    backend = SmallKeyring()
    vault = use(backend)
    backend.entries.update({("mfacli-test", f"ns:a.a{number}"): "x" * 1280 for number in range(9)})

    vault.write("a", "y" * 3000, lifetime=None)

    assert sorted(name for _, name in backend.entries) == ["ns:a", "ns:a.a0", "ns:a.a1", "ns:a.a2"]
    assert vault.read("a") == "y" * 3000


@pytest.mark.parametrize("lost", ["ns:a.a0", "ns:a.a2"])
def test_an_entry_that_lost_a_piece_is_none_and_can_be_written_again(use: Use, lost: str) -> None:
    backend = SmallKeyring()
    vault = use(backend)
    vault.write("a", LONG, lifetime=None)
    del backend.entries["mfacli-test", lost]

    assert vault.read("a") is None
    vault.write("a", LONG, lifetime=None)
    assert vault.read("a") == LONG


def test_a_reader_that_meets_a_writer_reads_the_new_text(use: Use) -> None:
    class Overtaken(SmallKeyring):
        __module__ = "keyring.backends.Windows"
        overtaken_at: int | None = None

        def get_password(self, service: str, username: str) -> str | None:
            answer = super().get_password(service, username)
            if self.asked == self.overtaken_at:
                vault.write("a", "y" * 3000, lifetime=None)
            return answer

    backend = Overtaken()
    vault = use(backend)
    vault.write("a", "x" * 3000, lifetime=None)
    backend.overtaken_at = backend.asked + 1

    assert vault.read("a") == "y" * 3000


@pytest.mark.parametrize("dies_at", range(13))
def test_a_process_killed_while_writing_leaves_the_old_text_or_the_new(tmp_path: Path, dies_at: int) -> None:
    directory = tmp_path / "kept"
    directory.mkdir()
    old, new = "x" * 3000, "y" * 2000
    keyring.set_keyring(DirectoryKeyring(directory))
    vault = _vault(tmp_path)
    vault.write("a", old, lifetime=None)

    def write() -> object:
        keyring.set_keyring(DirectoryKeyring(directory, dies_at=dies_at))
        _vault(tmp_path).write("a", new, lifetime=None)
        return None

    child = run_in_child(write)

    assert child.failure == "killed before it answered"
    assert vault.read("a") in (old, new)
    vault.write("a", old, lifetime=None)
    assert vault.read("a") == old
    assert vault.delete("a") is True
    assert list(directory.iterdir()) == []


def test_where_no_lock_can_be_made_writing_is_refused_as_the_keyrings(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")
    keyring.set_keyring(MemoryKeyring())

    with pytest.raises(KeyringUnusable, match="cannot be written safely"):
        _vault(tmp_path).write("a", "text", lifetime=None)


def test_what_must_last_is_not_kept_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(KernelKeyring())  # type: ignore[no-untyped-call]  # the library's has no types

    with pytest.raises(KeyringMissing, match="a reboot clears"):
        _vault(tmp_path, lasts=True).write("a", "text", lifetime=None)


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
