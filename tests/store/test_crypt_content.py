"""An encrypted file is read whole or not at all, and written where it is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mfacli.errors import KeyringUnusable
from mfacli.store.crypt_content import read_content
from mfacli.store.crypt_file import CryptFile
from tests.store.crypt_files import Given, Nobody, cheap_key, vault_at, vault_in

__all__ = ["cheap_key"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file with an entry."""
    vault_at(tmp_path).write("phone", "a seed", lifetime=None)
    return tmp_path / "state" / "keyring.cfg"


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EMFILE])
def test_a_file_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = path.read_bytes()
    vault = vault_at(tmp_path)

    def refuse(*_: object, **__: object) -> str:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as failing:
        failing.setattr(Path, "read_text", refuse)
        with pytest.raises(KeyringUnusable, match="cannot be read"):
            vault.write("other", "another", lifetime=None)

    assert path.read_bytes() == before


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyringUnusable, match=f"`{tmp_path}` cannot be read: Is a directory"):
        read_content(tmp_path)


def test_entries_without_a_head_are_damage_and_nobody_is_asked(tmp_path: Path, path: Path) -> None:
    path.write_text(path.read_text().replace("password_20reference", "password_20"))
    before = path.read_bytes()

    with pytest.raises(KeyringUnusable, match="is damaged"):
        vault_in(tmp_path, CryptFile(path, source=Nobody())).write("phone", "another", lifetime=None)

    assert path.read_bytes() == before


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path, source = tmp_path / "state" / "keyring.cfg", Given()
    path.parent.mkdir(mode=0o700)
    path.touch()

    vault_in(tmp_path, CryptFile(path, source=source)).write("phone", "a seed", lifetime=None)

    assert source.asked == [True]


def test_a_readable_file_is_private_again_once_it_is_written(tmp_path: Path, path: Path) -> None:
    path.chmod(0o644)

    vault_at(tmp_path).write("other", "another", lifetime=None)

    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("is_there", [True, False], ids=["kept elsewhere", "to be kept elsewhere"])
def test_a_link_stays_a_link(tmp_path: Path, path: Path, is_there: bool) -> None:
    elsewhere = tmp_path / "elsewhere" / "mine.cfg"
    elsewhere.parent.mkdir(mode=0o700)
    if is_there:
        path.rename(elsewhere)
    else:
        path.unlink()
    path.symlink_to(elsewhere)

    vault_at(tmp_path).write("other", "another", lifetime=None)

    assert path.is_symlink()
    assert (elsewhere.stat().st_mode & 0o777, vault_at(tmp_path).read("other")) == (0o600, "another")


def test_a_link_to_where_others_may_write_is_refused(tmp_path: Path, path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "mine.cfg"
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    elsewhere.parent.chmod(0o777)

    with pytest.raises(KeyringUnusable, match="can be written by other users"):
        vault_at(tmp_path).write("other", "another", lifetime=None)


def test_a_link_to_itself_is_told(tmp_path: Path, path: Path) -> None:
    path.unlink()
    path.symlink_to(path)

    with pytest.raises(KeyringUnusable, match="cannot be read"):
        vault_at(tmp_path).write("other", "another", lifetime=None)
