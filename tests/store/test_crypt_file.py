"""The encrypted file, with a cheaper key than the library's, which takes 0.4 s."""

from __future__ import annotations

import base64
import json
import re
import resource
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.store import crypt_file
from mfacli.store.crypt_file import CryptFile
from mfacli.store.vaults import Vault
from tests.real import run_in_child, run_in_children
from tests.store.contracts import VaultContract
from tests.store.crypt_files import Given, Nobody, cheap_key, vault_at, vault_in

__all__ = ["cheap_key"]


class TestFileVault(VaultContract):
    """It is a vault like any other."""

    @pytest.fixture
    def vault(self, tmp_path: Path) -> Vault:
        return vault_at(tmp_path)


def test_another_process_reads_it_with_the_passphrase(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=timedelta(hours=1))

    assert vault_at(tmp_path).read("phone") == "a seed"


def test_nothing_of_the_secret_stands_in_the_file(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "GEZDGNBVGY3TQOJQ", lifetime=None)

    content = (tmp_path / "state" / "keyring.cfg").read_text()
    decoded = b"".join(base64.b64decode(part) for part in re.findall(r"[A-Za-z0-9+/=]{40,}", content))

    assert "GEZDGNBVGY3TQOJQ" not in content
    assert b"GEZDGNBVGY3TQOJQ" not in decoded
    assert "correct horse" not in content


def test_the_file_and_its_folder_are_this_users_alone(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)

    path = tmp_path / "state" / "keyring.cfg"

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_wrong_passphrase_is_said_and_changes_nothing(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)
    before = (tmp_path / "state" / "keyring.cfg").read_bytes()

    with pytest.raises(KeyringLocked, match=r"the passphrase of `.*keyring.cfg` is wrong"):
        vault_at(tmp_path, "wrong").read("phone")
    with pytest.raises(KeyringLocked):
        vault_at(tmp_path, "wrong").write("phone", "another", lifetime=None)

    assert (tmp_path / "state" / "keyring.cfg").read_bytes() == before


def test_the_passphrase_is_asked_for_once(tmp_path: Path) -> None:
    source = Given()
    file = CryptFile(tmp_path / "state" / "keyring.cfg", source=source)

    vault_in(tmp_path, file).write("phone", "a seed", lifetime=None)
    vault_in(tmp_path, file).read("phone")

    assert source.asked == [True]


def test_opening_a_file_that_is_to_be_made_settles_its_passphrase(tmp_path: Path) -> None:
    source = Given()
    file = CryptFile(tmp_path / "state" / "keyring.cfg", source=source)

    vault_in(tmp_path, file).open()

    assert source.asked == [True]
    with pytest.raises(KeyringLocked):
        vault_at(tmp_path, "wrong").open()


def test_nobody_is_asked_for_what_is_not_there(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)
    silent = vault_in(tmp_path, CryptFile(tmp_path / "state" / "keyring.cfg", source=Nobody()))

    assert (silent.read("other"), silent.delete("other"), silent.has("phone")) == (None, False, True)


def test_an_entry_under_another_name_is_refused(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    vault.write("phone", "a seed", lifetime=None)
    vault.write("other", "another", lifetime=None)
    path = tmp_path / "state" / "keyring.cfg"
    path.write_text(path.read_text().replace("phone", "swap").replace("other", "phone"))

    with pytest.raises(KeyringUnusable):
        vault_at(tmp_path).read("phone")


def test_a_changed_character_is_found(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)
    path = tmp_path / "state" / "keyring.cfg"
    content = path.read_text()
    (blob,) = re.findall(r"phone = \n((?:\t.*\n)+)", content)
    entry = json.loads(base64.b64decode(blob))
    entry["data"] = base64.b64encode(
        bytes([base64.b64decode(entry["data"])[0] ^ 1, *base64.b64decode(entry["data"])[1:]])
    ).decode()
    path.write_text(content.replace(blob, f"\t{base64.b64encode(json.dumps(entry).encode()).decode()}\n"))

    with pytest.raises(KeyringUnusable):
        vault_at(tmp_path).read("phone")


def test_a_full_disk_costs_nothing_of_what_was_there(tmp_path: Path) -> None:
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)

    def write_without_room() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        try:
            vault_at(tmp_path).write("other", "x" * 5000, lifetime=None)
        except KeyringUnusable as refusal:
            return refusal.message
        return "written"

    told = run_in_child(write_without_room).result()

    assert "could not be written" in str(told)
    assert vault_at(tmp_path).read("phone") == "a seed"


def test_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    def writing(name: str) -> None:
        vault = vault_at(tmp_path)
        for number in range(5):
            vault.write(f"{name}{number}", "a seed", lifetime=None)

    children = run_in_children([lambda: writing("a"), lambda: writing("b"), lambda: writing("c")])

    assert [child.failure for child in children] == ["", "", ""]
    vault = vault_at(tmp_path)
    assert all(vault.has(f"{name}{number}") for name in "abc" for number in range(5))


def test_a_file_that_is_damaged_is_said_before_a_passphrase_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keyring.cfg"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"\xff\xfe no keyring")

    with pytest.raises(KeyringUnusable, match="is damaged"):
        vault_in(tmp_path, CryptFile(path, source=Nobody())).read("phone")


def test_without_the_package_the_way_to_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypt_file, "is_installed", lambda: False)

    with pytest.raises(KeyringMissing) as refusal:
        vault_at(tmp_path).write("phone", "a seed", lifetime=None)

    assert refusal.value.hint == "pip install 'mfacli[file-keyring]'"


def test_a_folder_that_others_may_write_in_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(KeyringUnusable, match="can be written by other users"):
        vault_at(tmp_path).write("phone", "a seed", lifetime=None)
