"""What is left of a user's program that is given up: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli import programs
from mfacli.errors import ProfileBroken
from mfacli.programs import descendants, output_of
from tests.real import require_tool

LINES = [
    "sh -c 'echo $$ >> pids; exec sleep 60' | cat",
    "sh -c 'sleep 60 & echo $! >> pids; wait' | sh -c 'cat; true'",
]


def has_ended(pid: int) -> bool:
    """Return whether a process is no more, or only waits for its parent to notice; waits for that a while."""
    end = time.monotonic() + 5
    while is_there(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_there(pid)


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("may_ask", [True, False])
@pytest.mark.parametrize("line", LINES)
def test_whatever_a_line_has_started_ends_with_the_wait(
    line: str, may_ask: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ProfileBroken, match="printed no code"):
        output_of(line, what="code", may_ask=may_ask, patience=timedelta(seconds=0.5))

    (pid,) = (tmp_path / "pids").read_text().split()
    assert has_ended(int(pid))


def test_a_program_is_interrupted_with_all_that_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    interrupt = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()

    with pytest.raises(KeyboardInterrupt):
        output_of(LINES[0], what="code", may_ask=False, patience=timedelta(minutes=1))

    (pid,) = (tmp_path / "pids").read_text().split()
    assert has_ended(int(pid))


def test_both_ways_to_list_processes_find_the_same_family() -> None:
    require_tool("ps")
    line = subprocess.Popen(["sh", "-c", "sleep 60 | cat"])
    end = time.monotonic() + 5
    found: list[int] = []
    while len(found) < 2 and time.monotonic() < end:
        found = descendants(line.pid, programs._processes())

    by_ps = descendants(line.pid, programs._processes_by_ps())
    programs._end(line)
    line.wait()

    assert sorted(by_ps) == sorted(found)
    assert len(found) == 2


def test_without_a_list_of_processes_nobody_has_descendants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_PS", "/nowhere/ps")

    assert not list(programs._processes_by_ps())


def test_numbers_that_make_a_circle_are_looked_at_once() -> None:
    assert descendants(1, [(2, 1), (1, 2), (3, 2), (5, 4)]) == [2, 1, 3]
