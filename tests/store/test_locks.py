from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mfacli.errors import FileUnwritable
from mfacli.interfaces import Locks
from mfacli.store.locks import FileLocks, lock_file_name
from tests.real import run_in_children

HOLD_FOREVER = """
import sys, time
from pathlib import Path
from mfacli.store.locks import FileLocks
with FileLocks([Path(sys.argv[1])]).hold("device d"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def locks(tmp_path: Path) -> Locks:
    return FileLocks([tmp_path / "locks"])


def _holder(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_FOREVER, str(directory)],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_lock_can_be_held_again_after_it_was_let_go(locks: Locks) -> None:
    with locks.hold("device d"):
        pass
    with locks.hold("device d"):
        pass


def test_whoever_waits_longer_than_a_moment_is_told_once_what_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.store.locks._SILENT_SECONDS", 0.1)
    said: list[str] = []
    holder = _holder(tmp_path)

    def end_the_holder(text: str) -> None:
        said.append(text)
        _end(holder)

    with FileLocks([tmp_path], on_wait=end_the_holder).hold("device d"):
        pass

    assert len(said) == 1
    assert "it may be asking for a code in another terminal" in said[0]


def test_whoever_need_not_wait_is_told_nothing(tmp_path: Path) -> None:
    said: list[str] = []

    with FileLocks([tmp_path], on_wait=said.append).hold("device d"):
        pass

    assert said == []


def test_different_names_do_not_wait_for_each_other(locks: Locks) -> None:
    with locks.hold("device d"), locks.hold("device e"), locks.hold("plan d"):
        pass


def test_a_lock_is_let_go_when_its_block_fails(locks: Locks) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("device d"):
        raise ZeroDivisionError
    with locks.hold("device d"):
        pass


def test_one_process_at_a_time_is_inside(tmp_path: Path, locks: Locks) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count() -> object:
        with locks.hold("counter"):
            number = int(counter.read_text())
            time.sleep(0.005)
            counter.write_text(str(number + 1))
        return None

    children = run_in_children([count] * 20)

    assert [child.failure for child in children] == [""] * 20
    assert counter.read_text() == "20"


def test_a_killed_holder_lets_the_next_one_in(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        os.kill(process.pid, signal.SIGKILL)
        started = time.monotonic()
        with FileLocks([tmp_path]).hold("device d"):
            waited = time.monotonic() - started
    finally:
        _end(process)

    assert waited < 5


def test_ctrl_c_ends_the_waiting(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            _take(FileLocks([tmp_path]).hold("device d"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _end(process)


def _take(lock: AbstractContextManager[None]) -> None:
    with lock:
        pass


def test_lock_files_are_the_users_own_and_empty(tmp_path: Path, locks: Locks) -> None:
    with locks.hold("device arn:aws:iam::111122223333:mfa/../../Sofia"):
        (file,) = (tmp_path / "locks").iterdir()

        assert file.name.startswith("device-")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert file.read_bytes() == b""


@pytest.mark.parametrize("name", ["", " ", "a b", "../../etc/passwd", "多因素", "x" * 5000, "nul\0", "\udcff"])
def test_any_text_names_a_lock(locks: Locks, name: str) -> None:
    with locks.hold(name):
        assert "/" not in lock_file_name(name)


def test_a_directory_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")

    with FileLocks([blocked / "locks", tmp_path / "second"]).hold("device d"):
        assert len(list((tmp_path / "second").iterdir())) == 1


def test_a_directory_that_others_can_write_is_passed_over(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)

    with FileLocks([shared, tmp_path / "own"]).hold("device d"):
        assert list(shared.iterdir()) == []


@pytest.mark.parametrize("nowhere", [Path("/proc/locks"), Path("/dev/null/locks")])
def test_where_no_lock_can_be_made_the_error_says_what_to_do(nowhere: Path) -> None:
    with pytest.raises(FileUnwritable, match="no lock can be made") as caught:
        _take(FileLocks([nowhere]).hold("device d"))

    assert str(nowhere) in caught.value.message
    assert "MFACLI_STATE_DIR" in caught.value.hint


def test_a_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import fcntl

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", no_locks)

    with pytest.raises(FileUnwritable, match="not implemented"):
        _take(FileLocks([tmp_path]).hold("device d"))
