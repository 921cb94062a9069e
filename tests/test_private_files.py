from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from mfacli.errors import FileUnwritable
from mfacli.private_files import make_private_directory, replace_privately
from tests.real import require_root, run_in_child


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_directory_is_for_its_owner_only(tmp_path: Path) -> None:
    make_private_directory(tmp_path / "a" / "b")

    assert _mode(tmp_path / "a" / "b") == 0o700


def test_what_leads_to_a_new_directory_is_as_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private_directory(tmp_path / "a" / "b")
    finally:
        os.umask(before)

    assert _mode(tmp_path / "a") == 0o700


def test_a_directory_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    make_private_directory(tmp_path)

    assert _mode(tmp_path) == 0o755


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "Application Support"
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(FileUnwritable, match="can be written by other users") as refusal:
        make_private_directory(folder)

    assert refusal.value.hint == f"chmod go-w '{folder}'"


def test_another_users_directory_is_refused(tmp_path: Path) -> None:
    require_root()
    os.chown(tmp_path, 54_321, 54_321)

    with pytest.raises(FileUnwritable, match="belongs to another user"):
        make_private_directory(tmp_path)


def test_a_new_name_lasts_through_a_power_cut_once_its_content_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))

    replace_privately(tmp_path / "index.json", b"new")

    assert synced == [tmp_path / ".index.json.new", tmp_path]


def test_a_folder_that_cannot_be_synced_keeps_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse_folders)

    replace_privately(tmp_path / "index.json", b"new")

    assert (tmp_path / "index.json").read_bytes() == b"new"


def test_a_file_is_replaced_whole_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text("old")
    path.chmod(0o644)

    replace_privately(path, b"new")

    assert path.read_bytes() == b"new"
    assert _mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".index.json.new").write_text("half, and longer than the new one")

    replace_privately(tmp_path / "index.json", b"new")

    assert (tmp_path / "index.json").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_in_the_temporary_files_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / ".index.json.new").symlink_to(victim)

    replace_privately(tmp_path / "index.json", b"new")

    assert victim.read_text() == "untouched"
    assert (tmp_path / "index.json").read_bytes() == b"new"


def test_a_file_that_another_has_put_in_the_temporary_files_place_gets_nothing(tmp_path: Path) -> None:
    planted = tmp_path / ".index.json.new"
    with planted.open("w+") as held:
        replace_privately(tmp_path / "index.json", b"secret")

        assert held.read() == ""
    assert _mode(tmp_path / "index.json") == 0o600


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(b"old")

    def write_too_much() -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            replace_privately(path, b"x" * 5000)
        except OSError as problem:
            return problem.strerror
        return None

    assert run_in_child(write_too_much).result() == "File too large"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
