"""The ledger of used codes: shared, small, forgetful, and never in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import filelock
import pytest

from mfacli.codes import ledger as ledger_module
from mfacli.codes.ledger import LIFETIME, FileLedger
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.secret import Secret
from tests.codes.stand_ins import RICHARDS, SOFIAS, Ear, typed
from tests.doubles import HandClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "mfacli" / "used-codes.json"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def ledger(path: Path, clock: HandClock, ear: Ear) -> FileLedger:
    return FileLedger(path, clock=clock, talk=ear)


def derived(digits: str, step: int) -> Code:
    return Code(digits=Secret(digits), origin=CodeOrigin.DERIVED, step=step)


def test_an_empty_ledger_knows_nothing(ledger: FileLedger, path: Path) -> None:
    assert not ledger.is_spent(RICHARDS, typed("123456"))
    assert not path.exists()


def test_a_marked_code_is_spent_for_its_device_only(ledger: FileLedger) -> None:
    ledger.mark_spent(RICHARDS, typed("123456"))

    assert ledger.is_spent(RICHARDS, typed("123456"))
    assert not ledger.is_spent(RICHARDS, typed("654321"))
    assert not ledger.is_spent(SOFIAS, typed("123456"))


def test_a_step_is_spent_whatever_its_digits(ledger: FileLedger) -> None:
    ledger.mark_spent(RICHARDS, derived("111111", 77))

    assert ledger.is_spent(RICHARDS, derived("222222", 77))
    assert not ledger.is_spent(RICHARDS, derived("222222", 78))


def test_a_typed_code_spends_the_derived_one_of_the_same_digits(ledger: FileLedger) -> None:
    ledger.mark_spent(RICHARDS, typed("111111"))

    assert ledger.is_spent(RICHARDS, derived("111111", 77))


def test_two_codes_without_a_step_are_not_the_same_step(ledger: FileLedger) -> None:
    ledger.mark_spent(RICHARDS, typed("111111"))

    assert not ledger.is_spent(RICHARDS, typed("222222"))


def test_uses_are_forgotten_after_some_minutes(ledger: FileLedger, path: Path, clock: HandClock) -> None:
    ledger.mark_spent(RICHARDS, typed("111111"))
    clock.wait(LIFETIME + timedelta(seconds=1))

    was_spent = ledger.is_spent(RICHARDS, typed("111111"))
    ledger.mark_spent(RICHARDS, typed("222222"))

    assert not was_spent
    assert len(json.loads(path.read_text())["uses"]) == 1


def test_uses_from_a_future_that_was_taken_back_are_forgotten(ledger: FileLedger, clock: HandClock) -> None:
    ledger.mark_spent(RICHARDS, typed("111111"))
    clock.wait(-timedelta(days=1))

    assert not ledger.is_spent(RICHARDS, typed("111111"))


def test_the_file_holds_neither_code_nor_serial_and_is_private(ledger: FileLedger, path: Path) -> None:
    ledger.mark_spent(RICHARDS, typed("123456"))

    content = path.read_text()
    assert "123456" not in content
    assert "richard" not in content
    assert path.stat().st_mode & 0o777 == 0o600
    assert Path(f"{path}.lock").stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_equal_codes_have_different_digests_in_different_ledgers(tmp_path: Path, clock: HandClock, ear: Ear) -> None:
    paths = [tmp_path / "one.json", tmp_path / "two.json"]

    for path in paths:
        FileLedger(path, clock=clock, talk=ear).mark_spent(RICHARDS, typed("123456"))

    first, second = (json.loads(path.read_text())["uses"][0]["digits"] for path in paths)
    assert first != second


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        '{"version": 2, "salt": "a", "uses": []}',
        '{"version": 1, "salt": 5, "uses": []}',
        '{"version": 1, "salt": "a", "uses": {}}',
        '{"version": 1, "salt": "a", "uses": [{"device": "a"}]}',
        '{"version": 1, "salt": "a", "uses": [{"device": "a", "digits": "b", "step": "c", "at": 1}]}',
        "\udcff",
    ],
)
def test_a_damaged_ledger_is_set_aside_and_starts_empty(
    ledger: FileLedger, path: Path, ear: Ear, content: str
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode(errors="surrogateescape"))

    was_spent = ledger.is_spent(RICHARDS, typed("111111"))
    ledger.mark_spent(RICHARDS, typed("111111"))

    assert not was_spent
    assert ledger.is_spent(RICHARDS, typed("111111"))
    assert path.with_name("used-codes.json.damaged").read_bytes() == content.encode(errors="surrogateescape")
    assert "was damaged" in ear.details[0]


def test_a_ledger_where_others_could_put_another_is_not_written(ledger: FileLedger, path: Path, ear: Ear) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o777)

    ledger.mark_spent(RICHARDS, typed("111111"))

    assert not path.exists()
    assert "can be written by other users" in ear.warnings[0]


def test_a_ledger_that_cannot_be_written_only_warns(path: Path, clock: HandClock, ear: Ear) -> None:
    path.parent.parent.mkdir(parents=True)
    path.parent.write_text("a file where the directory should be")
    ledger = FileLedger(path, clock=clock, talk=ear)

    ledger.mark_spent(RICHARDS, typed("111111"))

    assert not ledger.is_spent(RICHARDS, typed("111111"))
    assert "could not be noted" in ear.warnings[0]
    assert "could not be read" in ear.details[0]


def test_a_failed_write_leaves_the_old_ledger_and_no_litter(
    ledger: FileLedger, path: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.mark_spent(RICHARDS, typed("111111"))

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    ledger.mark_spent(RICHARDS, typed("222222"))

    assert ledger.is_spent(RICHARDS, typed("111111"))
    assert "No space left on device" in ear.warnings[0]
    assert sorted(file.name for file in path.parent.iterdir()) == ["used-codes.json", "used-codes.json.lock"]


def test_a_lock_that_nobody_releases_does_not_stop_the_call(
    ledger: FileLedger, path: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(ledger_module, "_LOCK_PATIENCE_SECONDS", 0.05)

    with filelock.FileLock(f"{path}.lock"):
        ledger.mark_spent(RICHARDS, typed("111111"))

    assert ledger.is_spent(RICHARDS, typed("111111"))
    assert "stayed locked" in ear.details[0]


MARK_ONE = """
import sys
from pathlib import Path
from mfacli.clock import SystemClock
from mfacli.codes.ledger import FileLedger
from tests.codes.stand_ins import RICHARDS, Ear, typed
sys.stdin.read()
FileLedger(Path(sys.argv[1]), clock=SystemClock(), talk=Ear()).mark_spent(RICHARDS, typed(sys.argv[2]))
"""


def test_twenty_processes_at_once_lose_no_use(path: Path, ear: Ear) -> None:
    repository = Path(__file__).parent.parent.parent
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MARK_ONE, str(path), f"{number:06}"], cwd=repository, stdin=subprocess.PIPE
        )
        for number in range(20)
    ]

    for process in processes:
        # They wait for the end of their input, so that all begin together.
        assert process.stdin is not None
        process.stdin.close()
    exits = [process.wait(timeout=30) for process in processes]

    from mfacli.clock import SystemClock

    ledger = FileLedger(path, clock=SystemClock(), talk=ear)
    assert exits == [0] * 20
    assert all(ledger.is_spent(RICHARDS, typed(f"{number:06}")) for number in range(20))
    assert len(json.loads(path.read_text())["uses"]) == 20
