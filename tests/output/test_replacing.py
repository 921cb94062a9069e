from __future__ import annotations

import functools
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from mfacli.errors import ExitCode, FileUnwritable
from mfacli.output import replacing
from mfacli.output.replacing import replace_file
from tests.real import require_root, run_in_child, run_in_children


def _to(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_private_in_a_private_folder(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "credentials"

    written = replace_file(path, _to(b"new"))

    assert written == path
    assert path.read_bytes() == b"new"
    assert (_mode(path), _mode(path.parent)) == (0o600, 0o700)


def test_a_file_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"same")
    path.chmod(0o644)

    replace_file(path, _to(b"same"))

    assert _mode(path) == 0o600


def test_a_file_that_does_not_change_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"same")
    path.chmod(0o600)
    before = path.stat()

    replace_file(path, _to(b"same"))

    assert path.stat() == before


def test_nothing_is_left_beside_the_file_but_its_lock(tmp_path: Path) -> None:
    replace_file(tmp_path / "credentials", _to(b"new"))

    assert {path.name for path in tmp_path.iterdir()} == {"credentials", "credentials.lock"}
    assert _mode(tmp_path / "credentials.lock") == 0o600


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "credentials"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "credentials"
    link.symlink_to("dotfiles/credentials")

    written = replace_file(link, _to(b"new"))

    assert link.is_symlink()
    assert (written, target.read_bytes()) == (target, b"new")


def test_a_link_to_nothing_makes_its_target(tmp_path: Path) -> None:
    link = tmp_path / "credentials"
    link.symlink_to(tmp_path / "later" / "credentials")

    replace_file(link, _to(b"new"))

    assert link.read_bytes() == b"new"
    assert link.is_symlink()


@pytest.mark.parametrize("make", ["folder", "loop", "fifo", "through-a-file"])
def test_what_is_no_file_is_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "credentials"
    if make == "folder":
        path.mkdir()
    elif make == "loop":
        path.symlink_to(path)
    elif make == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(b"")
        path /= "credentials"

    with pytest.raises(FileUnwritable) as refusal:
        replace_file(path, _to(b"new"))

    assert str(tmp_path) in refusal.value.message
    assert refusal.value.exit_code == ExitCode.PROFILE


def test_the_null_device_is_not_replaced() -> None:
    with pytest.raises(FileUnwritable, match="is not a regular file"):
        replace_file(Path(os.devnull), _to(b"new"))

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116 - the device itself


def test_a_failing_change_leaves_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"old")

    def fail(content: bytes) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_file(path, fail)

    assert path.read_bytes() == b"old"
    assert replace_file(path, _to(b"new")).read_bytes() == b"new"


def test_a_change_by_somebody_else_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"old ")
    seen: list[bytes] = []

    def change(content: bytes) -> bytes:
        seen.append(content)
        if len(seen) == 1:
            path.write_bytes(b"other ")
        return content + b"new"

    replace_file(path, change)

    assert path.read_bytes() == b"other new"


def test_a_file_that_never_rests_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"old")

    def change(content: bytes) -> bytes:
        path.write_bytes(content + b".")
        return b"new"

    with pytest.raises(FileUnwritable, match="by another program all the time"):
        replace_file(path, change)

    assert path.read_bytes().startswith(b"old.")


def test_a_lock_that_is_never_released_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "_LOCK_SECONDS", 0.05)
    path = tmp_path / "credentials"

    with (
        FileLock(tmp_path / "credentials.lock"),
        pytest.raises(FileUnwritable, match="has been locked by another process"),
    ):
        replace_file(path, _to(b"new"))

    assert not path.exists()


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    left = tmp_path / ".credentials.mfacli-new"
    left.write_bytes(b"half of it")
    left.chmod(0o644)

    replace_file(tmp_path / "credentials", _to(b"new"))

    assert not left.exists()
    assert (tmp_path / "credentials").read_bytes() == b"new"
    assert _mode(tmp_path / "credentials") == 0o600


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"old")

    def write() -> object:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            replace_file(path, _to(b"n" * 5000))
        except FileUnwritable as refusal:
            return refusal.message
        return "written"

    answer = run_in_child(write).result()

    assert answer == f"`{path}` could not be written: file too large"
    assert path.read_bytes() == b"old"
    assert {entry.name for entry in tmp_path.iterdir()} == {"credentials", "credentials.lock"}


def test_a_read_only_file_or_folder_is_left_whole() -> None:
    # Root may write anything, so there a child without its rights tries; it cannot enter pytest's own folders.
    ordinary = 65534 if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "credentials"
        path.write_bytes(b"old")

        def write() -> object:
            try:
                replace_file(path, _to(b"new"))
            except FileUnwritable as refusal:
                return refusal.message
            return "written"

        folder.chmod(0o555)
        in_read_only_folder = run_in_child(write, uid=ordinary).result()
        folder.chmod(0o777)
        path.chmod(0o444)
        read_only_file = run_in_child(write, uid=ordinary).result()

        assert in_read_only_folder == f"`{path}` could not be written: permission denied"
        assert read_only_file == f"`{path}` is read-only"
        assert path.read_bytes() == b"old"


@pytest.mark.real
def test_a_file_of_another_user_stays_theirs(tmp_path: Path) -> None:
    require_root()
    path = tmp_path / "credentials"
    path.write_bytes(b"old")
    os.chown(path, 65534, 65534)
    path.chmod(0o400)

    replace_file(path, _to(b"new"))

    assert (path.stat().st_uid, path.stat().st_gid, _mode(path)) == (65534, 65534, 0o400)
    assert path.read_bytes() == b"new"


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "credentials"

    def writer(number: int) -> Callable[[], object]:
        def write() -> object:
            for turn in range(5):
                line = f"{number}.{turn}\n".encode()
                replace_file(path, functools.partial(bytes.__add__, line))
            return None

        return write

    ended = run_in_children([writer(number) for number in range(8)])

    assert [child.failure for child in ended] == [""] * 8
    lines = path.read_text().split()
    assert sorted(lines) == sorted(f"{number}.{turn}" for number in range(8) for turn in range(5))


WRITER = """
import sys
from pathlib import Path
from mfacli.output.replacing import replace_file
path = Path(sys.argv[1])
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    replace_file(path, lambda content: (b"%d" % (turn % 10)) * 2_000_000)
"""


def test_a_killed_writer_leaves_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"0" * 2_000_000)
    contents = []
    for delay in (0.0, 0.003, 0.007, 0.012, 0.02, 0.03):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        contents.append(path.read_bytes())

    assert {len(content) for content in contents} == {2_000_000}
    assert all(len(set(content)) == 1 for content in contents)
    assert replace_file(path, _to(b"after")).read_bytes() == b"after"
