"""Long entries in keyrings that take only short ones, whatever happens while they are written."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest

from tests.real import run_in_child
from tests.store.chosen_keyrings import Use, chosen_vault, forget_the_chosen_keyring, use
from tests.store.contracts import LONG
from tests.store.standins import DirectoryKeyring, MemoryKeyring, SmallKeyring

__all__ = ["forget_the_chosen_keyring", "use"]


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
    vault = chosen_vault(tmp_path)
    vault.write("a", old, lifetime=None)

    def write() -> object:
        keyring.set_keyring(DirectoryKeyring(directory, dies_at=dies_at))
        chosen_vault(tmp_path).write("a", new, lifetime=None)
        return None

    child = run_in_child(write)

    assert child.failure == "killed before it answered"
    assert vault.read("a") in (old, new)
    vault.write("a", old, lifetime=None)
    assert vault.read("a") == old
    assert vault.delete("a") is True
    assert list(directory.iterdir()) == []
