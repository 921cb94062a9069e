"""The cached read as a process: what it imports, what it prints, how it ends."""

from __future__ import annotations

import errno
import os
import pty
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from mfacli import hot
from mfacli.store.kernel_keys import kernel_is_usable
from tests.hot.owner import Owner
from tests.hot.processes import LAUNCH, OF_C, OURS, imported_by, run
from tests.stage import Person

EXPORT = ("export", "-p", "dev", "--format", "sh")
PROCESS = ("credential-process", "-p", "dev")


@pytest.fixture
def warm(owner: Owner) -> Owner:
    """Give an owner to whom `EXPORT` and `PROCESS` have been answered."""
    owner.keep("dev")
    owner.ordinary(*EXPORT)
    owner.ordinary(*PROCESS)
    return owner


@pytest.mark.parametrize("arguments", [EXPORT, PROCESS], ids=["export", "process"])
def test_nothing_heavy_is_imported(warm: Owner, arguments: Sequence[str]) -> None:
    bare = imported_by("import os, sys")

    imported = imported_by(LAUNCH, *arguments) - bare

    assert {"mfacli.hot", "_ctypes"} <= imported
    assert imported <= OURS | OF_C


@pytest.mark.parametrize("arguments", [EXPORT, PROCESS, ("export", "-p", "dev", "--format", "json")])
def test_both_ways_print_the_same_bytes(warm: Owner, arguments: tuple[str, ...]) -> None:
    warm.ordinary(*arguments)

    again = run(*arguments)
    ordinary = run(*arguments, "-v")

    assert (again.returncode, again.stderr) == (0, b"")
    assert ordinary.returncode == 0
    assert b"profile `dev` (-p)" in ordinary.stderr
    assert again.stdout == ordinary.stdout


def test_a_miss_is_answered_the_ordinary_way(warm: Owner) -> None:
    warm.config.write_text(warm.config.read_text().replace("[profile dev]", "[profile gone]"))
    warm.credentials.write_text(warm.credentials.read_text().replace("[dev]", "[gone]"))

    finished = run(*EXPORT)

    assert (finished.returncode, finished.stdout) == (3, b"")
    assert b"no profile `dev`" in finished.stderr


def test_a_full_disk_is_told_of(warm: Owner) -> None:
    full = os.open("/dev/full", os.O_WRONLY)

    finished = run(*EXPORT, stdout=full)
    os.close(full)

    assert finished.returncode == 3
    assert finished.stderr == b"mfacli: the answer could not be written to stdout: No space left on device\n"


def test_a_reader_who_has_left_is_no_failure(warm: Owner) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    finished = run(*EXPORT, stdout=writer)
    os.close(writer)

    assert (finished.returncode, finished.stderr) == (0, b"")


def test_a_closed_stdout_is_told_of(warm: Owner) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-c", LAUNCH, *EXPORT]

    finished = subprocess.run(command, env=dict(os.environ), capture_output=True, check=False)

    assert finished.returncode == 3
    assert finished.stderr == b"mfacli: the answer could not be written: stdout is closed\n"


def test_a_person_at_a_terminal_gets_the_hint(warm: Owner) -> None:
    ours, theirs = pty.openpty()

    finished = run(*EXPORT, stdout=theirs)
    os.close(theirs)
    os.close(ours)

    assert finished.returncode == 0
    assert b"these lines hold keys" in finished.stderr


class Ended(Exception):
    """Stands for the end of the process."""


def ends_with(monkeypatch: pytest.MonkeyPatch, results: list[int | OSError]) -> list[bytes]:
    """Let writing go as in `results`; returns what goes to stderr."""
    said: list[bytes] = []

    def write(descriptor: int, data: bytes) -> int:
        if descriptor == 2:
            said.append(data)
            return len(data)
        result = results.pop(0)
        if isinstance(result, OSError):
            raise result
        return result

    def leave(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr("os.write", write)
    monkeypatch.setattr("os._exit", leave)
    return said


def test_a_pipe_that_takes_little_at_a_time_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[int | OSError] = [3, 2, 1]
    ends_with(monkeypatch, results)

    with pytest.raises(Ended, match="0"):
        hot._give(b"answer")

    assert results == []


def test_half_an_answer_is_not_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ends_with(monkeypatch, [3, OSError(errno.ENOSPC, "No space left on device")])

    with pytest.raises(Ended, match="3"):
        hot._give(b"answer")

    assert said == [b"mfacli: the answer could not be written to stdout: No space left on device\n"]


def test_no_answer_at_all_is_left_to_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ends_with(monkeypatch, [OSError(errno.ENOSPC, "No space left on device")])

    hot._give(b"answer")

    assert said == []


def test_a_reader_who_leaves_halfway_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ends_with(monkeypatch, [3, BrokenPipeError()])

    with pytest.raises(Ended, match="0"):
        hot._give(b"answer")

    assert said == []


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_go_the_ordinary_way(warm: Owner, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    ends_with(monkeypatch, [OSError(errno.EIO, "nothing is to be written")])
    monkeypatch.setattr("sys.platform", platform)

    hot.answer(EXPORT)


def test_whatever_goes_wrong_the_ordinary_way_goes_on(warm: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ImportError("no such thing in this Python")

    monkeypatch.setattr("mfacli.hot_kernel.read_key", fail)
    monkeypatch.setattr("os.isatty", lambda _: False)

    hot.answer(EXPORT)


def test_the_answer_ends_the_process(warm: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, [100_000])
    monkeypatch.setattr("os.isatty", lambda _: False)

    with pytest.raises(Ended, match="0"):
        hot.answer(EXPORT)


def test_a_real_session_is_given_again_until_its_profile_changes(person: Person) -> None:
    kernel = {"MFACLI_STORE": "kernel"}
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")
    # Files are trusted when they have been left alone for as long as a file system's clock may take to tick.
    time.sleep(2.1)

    first = person.run(*PROCESS[:2], "default", environment=kernel)
    opened = person.run("session", "--code", person.code(), environment=kernel)
    ordinary = person.run(*PROCESS[:2], "default", environment=kernel)
    entries = list((person.state / "answers").iterdir())
    again = person.run(*PROCESS[:2], "default", environment=kernel)
    person.config_file.write_text(person.config_file.read_text().replace("us-east-1", "us-west-2"))
    changed = person.run(*PROCESS[:2], "default", environment=kernel)
    person.run("forget", "--all", "--yes", environment=kernel)

    assert (first.code, opened.code, ordinary.code) == (8, 0, 0)
    assert len(entries) == 1
    assert (again.stdout, again.stderr, again.code) == (ordinary.stdout, "", 0)
    assert (changed.stdout, changed.code) == ("", 8)
