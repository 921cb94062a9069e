"""What keyrings.cryptfile's keyring does with a file once its file is mfacli's business."""

from __future__ import annotations

import errno
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2.low_level import hash_secret_raw
from keyrings.cryptfile.cryptfile import DEFAULT_MEMORY_COST, DEFAULT_TIME_COST, CryptFileKeyring

from mfacli.domain.secret import Secret
from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.store import crypt_backend
from mfacli.store.crypt_backend import WholeFile
from mfacli.store.crypt_content import CryptContent, write_content
from mfacli.store.crypt_file import CryptFile
from mfacli.store.locks import FileLocks
from tests.real import run_in_child
from tests.store.crypt_files import Given, Nobody, cheap_key, vault_at, vault_in

__all__ = ["cheap_key"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file with two entries, of which the second is long."""
    vault = vault_at(tmp_path)
    vault.write("phone", "a seed", lifetime=None)
    vault.write("tablet", "another seed" * 20, lifetime=None)
    return tmp_path / "state" / "keyring.cfg"


@pytest.fixture
def keys_made(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Give the salts that keys are made from, as they are."""
    made: list[bytes] = []
    really: Callable[..., bytes] = hash_secret_raw

    def counted(secret: bytes, salt: bytes, *rest: object) -> bytes:
        made.append(salt)
        return really(secret, salt, *rest)

    monkeypatch.setattr(crypt_backend, "hash_secret_raw", counted)
    return made


def test_the_library_reads_what_is_written_here(path: Path) -> None:
    theirs = CryptFileKeyring()
    theirs.file_path = str(path)
    theirs.keyring_key = "correct horse"

    assert theirs.get_password("mfacli-seed", "ab12:phone") == "a seed"


def test_a_key_is_made_once_for_all_entries(tmp_path: Path, path: Path, keys_made: list[bytes]) -> None:
    vault = vault_at(tmp_path)

    vault.write("third", "a seed", lifetime=None)
    found = [vault.read(name) for name in ("phone", "tablet", "third")]

    assert None not in found
    assert len(keys_made) == 1


def test_a_wrong_passphrase_is_tried_once_for_all_vaults(tmp_path: Path, path: Path, keys_made: list[bytes]) -> None:
    file = CryptFile(path, source=Given("wrong"))

    for name in ("phone", "tablet"):
        with pytest.raises(KeyringLocked):
            vault_in(tmp_path, file).read(name)

    assert len(keys_made) == 1


def test_a_file_is_begun_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def write(path: Path, content: CryptContent) -> None:
        write_content(path, content)
        written.append(path.read_text())

    monkeypatch.setattr(crypt_backend, "write_content", write)
    (tmp_path / "state").mkdir(mode=0o700)

    WholeFile(tmp_path / "state" / "keyring.cfg", Secret("correct horse"))

    (head,) = written
    assert all(f"\n{name} = " in head for name in ("password_20reference", "scheme", "version"))


@pytest.mark.parametrize("lost", ["version", "scheme"])
def test_a_lost_line_of_the_head_lets_no_other_passphrase_in(tmp_path: Path, path: Path, lost: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(lost)))
    before = path.read_bytes()

    with pytest.raises(KeyringLocked):
        vault_at(tmp_path, "wrong").write("phone", "overwritten", lifetime=None)

    assert path.read_bytes() == before


def test_a_file_without_its_version_opens_with_its_passphrase(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().replace("version = 1.3.9\n", ""))

    assert vault_at(tmp_path).read("phone") == "a seed"


def test_a_torn_entry_is_told_and_costs_no_other(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().rstrip()[:-30])

    with pytest.raises(KeyringUnusable, match=r"^an entry in `.*keyring.cfg` is damaged$") as refusal:
        vault_at(tmp_path).read("tablet")

    assert refusal.value.hint == "restore a copy of the file, or keep it again"
    assert vault_at(tmp_path).read("phone") == "a seed"


def test_a_torn_entry_can_be_kept_again(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().rstrip()[:-30])

    vault_at(tmp_path).write("tablet", "again", lifetime=None)

    assert vault_at(tmp_path).read("tablet") == "again"


def test_a_torn_entry_can_be_removed(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().rstrip()[:-30])

    removed = vault_at(tmp_path).delete("tablet")

    assert (removed, vault_at(tmp_path).has("tablet")) == (True, False)


@pytest.mark.parametrize("now", ["", "another"], ids=["gone", "another's"])
def test_a_file_that_was_replaced_while_it_was_open_is_not_written(tmp_path: Path, path: Path, now: str) -> None:
    vault = vault_at(tmp_path)
    vault.read("phone")
    path.unlink()
    if now:
        vault_at(tmp_path, now).write("phone", "theirs", lifetime=None)

    with pytest.raises(KeyringLocked, match="is another file than the one that was opened"):
        vault.write("third", "a seed", lifetime=None)


def test_everything_goes_under_another_passphrase(tmp_path: Path, path: Path) -> None:
    file = CryptFile(path, source=Given())

    count = file.change_passphrase(lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"]))

    assert (count, vault_in(tmp_path, file).read("phone")) == (2, "a seed")
    assert [vault_at(tmp_path, "another").read(name) for name in ("phone", "tablet")] == [
        "a seed",
        "another seed" * 20,
    ]
    with pytest.raises(KeyringLocked):
        vault_at(tmp_path).read("phone")


def test_the_library_reads_it_under_another_passphrase(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().replace("version = 1.3.9\n", ""))
    CryptFile(path, source=Given()).change_passphrase(
        lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"])
    )
    theirs = CryptFileKeyring()
    theirs.file_path = str(path)
    theirs.keyring_key = "another"

    assert theirs.get_password("mfacli-seed", "ab12:phone") == "a seed"


def test_whoever_has_the_file_open_when_its_passphrase_changes_writes_nothing(tmp_path: Path, path: Path) -> None:
    vault = vault_at(tmp_path)
    vault.read("phone")
    CryptFile(path, source=Given()).change_passphrase(
        lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"])
    )

    with pytest.raises(KeyringLocked, match="is another file"):
        vault.write("phone", "under the old one", lifetime=None)

    assert vault_at(tmp_path, "another").read("phone") == "a seed"


def test_a_damaged_entry_keeps_the_passphrase_as_it_is(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().rstrip()[:-30])
    before = path.read_bytes()

    with pytest.raises(KeyringUnusable, match="the entry `ab12:tablet` in"):
        CryptFile(path, source=Given()).change_passphrase(
            lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"])
        )

    assert path.read_bytes() == before


def test_a_full_disk_keeps_the_passphrase_as_it_is(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = CryptFile(path, source=Given())

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("mfacli.store.crypt_content.replace_privately", refuse)
        with pytest.raises(KeyringUnusable, match="could not be written: No space left"):
            file.change_passphrase(lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"]))

    assert vault_in(tmp_path, file).read("phone") == "a seed"


def test_without_a_file_there_is_no_passphrase_to_change(tmp_path: Path) -> None:
    file = CryptFile(tmp_path / "keyring.cfg", source=Nobody())

    with pytest.raises(KeyringMissing, match="there is no encrypted file yet"):
        file.change_passphrase(lambda: Secret("another"), locks=FileLocks([tmp_path / "locks"]))


def test_the_key_costs_what_the_readme_says() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    assert (DEFAULT_MEMORY_COST, DEFAULT_TIME_COST) == (64 * 1024, 15)
    assert "Argon2id, 64 MiB, 15 passes" in readme


def test_what_is_in_memory_shows_no_passphrase(path: Path) -> None:
    backend = WholeFile(path, Secret("correct horse"))

    assert "correct horse" not in f"{backend!r} {vars(backend)}"


def test_too_little_memory_for_a_key_is_told(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyrings.cryptfile.cryptfile.ArgonAESEncryption.memory_cost", 2**23)

    def read() -> str:
        resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
        try:
            return str(vault_at(tmp_path).read("phone"))
        except KeyringUnusable as refusal:
            return f"{refusal.message}; {refusal.hint}"

    told = str(run_in_child(read).result())

    assert told.startswith(f"the key of `{path}` cannot be made: ")
    assert told.endswith("; making it takes 8192 MiB of memory")
