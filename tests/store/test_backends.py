"""What the places for secrets are like, without opening any."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.errors import KeyringUnusable
from mfacli.store import backends, crypt_file
from mfacli.store.backends import Room, file_backend, kernel_backend, keyring_backend, parse_room, try_out
from mfacli.store.kernel_keys import kernel_is_usable
from mfacli.store.locks import FileLocks
from mfacli.store.places import Places
from mfacli.store.vaults import VaultKind
from tests.store.crypt_files import cheap_key, vault_at
from tests.store.standins import MemoryKeyring

__all__ = ["cheap_key"]

KEY_USERS = """\
    0:   107 106/106 107/1000000 90419/25000000
 1000:    12 12/12 190/200 1500/20000
"""


@pytest.fixture
def locks(tmp_path: Path) -> FileLocks:
    return FileLocks([tmp_path / "locks"])


def test_the_kernels_quota_is_this_users() -> None:
    room = parse_room(KEY_USERS, 1000)

    assert room == Room(keys=190, most_keys=200, bytes=1500, most_bytes=20000)
    assert room.is_scarce


def test_there_is_room_where_less_than_nine_tenths_are_used() -> None:
    room = parse_room(KEY_USERS, 0)

    assert room is not None
    assert not room.is_scarce


def test_a_user_without_a_line_has_no_figures() -> None:
    assert parse_room(KEY_USERS, 7) is None


@pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service")
def test_a_kernel_that_can_be_used_tells_its_room() -> None:
    found = kernel_backend()

    assert (found.place, found.problem) == ("kernel keyring", "")
    assert found.room is not None


@pytest.mark.parametrize("name", ["fail", "null"])
def test_a_backend_that_keeps_nothing_is_named_with_who_chose_it(
    name: str, locks: FileLocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"keyring.backends.{name}.Keyring")

    found = _chosen_anew(locks, monkeypatch)

    assert found.problem == "this machine offers no keyring that can be used"
    assert found.hint == (
        f"PYTHON_KEYRING_BACKEND names keyring's `{name}` backend: take it out there, or name another"
    )


def test_a_backend_chosen_by_keyrings_own_file_is_told(
    locks: FileLocks, isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    folder = isolated_home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring = keyring.backends.null.Keyring\n")

    found = _chosen_anew(locks, monkeypatch)

    assert found.chosen_by == str(folder / "keyringrc.cfg")
    assert f"{folder / 'keyringrc.cfg'} names keyring's `null` backend" in found.hint


def test_a_backend_that_cannot_be_loaded_is_a_problem(locks: FileLocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Backend")

    found = _chosen_anew(locks, monkeypatch)

    assert found.problem.startswith("the keyring backend that is configured cannot be used")
    assert found.chosen_by == "PYTHON_KEYRING_BACKEND"


def test_without_a_bus_the_file_is_named(locks: FileLocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")

    found = _chosen_anew(locks, monkeypatch)

    assert found.hint.startswith("no D-Bus session is reached from here")
    assert '`store = "file"`' in found.hint


def test_a_file_that_is_there_counts_as_locked(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keyring.cfg"

    before = file_backend(path)
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)

    assert (before.is_locked, file_backend(path).is_locked) == (None, True)


def test_a_damaged_file_is_a_problem_before_anybody_needs_it(tmp_path: Path) -> None:
    path = tmp_path / "keyring.cfg"
    path.write_text("no such file\n")

    found = file_backend(path)

    assert (found.problem, found.is_locked) == (f"`{path}` is damaged", None)
    assert found.hint.startswith("put a good copy in its place")


def test_a_missing_package_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "is_installed", lambda: False)

    found = file_backend(tmp_path / "keyring.cfg")

    assert (found.problem, found.hint) == (crypt_file.MISSING.message, crypt_file.MISSING.hint)


def _chosen_anew(locks: FileLocks, monkeypatch: pytest.MonkeyPatch) -> backends.Backend:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    return keyring_backend(locks=locks)


@pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service")
def test_the_kernel_is_tried_out_and_left_as_it_was(tmp_path: Path, locks: FileLocks) -> None:
    places = Places(state=tmp_path, runtime=tmp_path)
    before = kernel_backend().room

    seconds = try_out(VaultKind.KERNEL, places=places, locks=locks, patience=timedelta(seconds=5))

    assert 0 <= seconds < 5
    assert before is not None


def test_a_keyring_that_forgets_at_once_is_found_out(
    tmp_path: Path, locks: FileLocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(state=tmp_path, runtime=tmp_path)
    backend = MemoryKeyring()
    monkeypatch.setattr("keyring.get_keyring", lambda: backend)
    monkeypatch.setattr(backend, "delete_password", lambda service, username: None)

    with pytest.raises(KeyringUnusable, match="does not delete what it takes"):
        try_out(VaultKind.KEYRING, places=places, locks=locks, patience=timedelta(seconds=5))
