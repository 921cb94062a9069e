from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.world.memory import DeviceMemory, RememberedClock, WorldMemory
from mfacli.errors import EmulatorProblem
from tests.doubles import NOON

SERIAL = "arn:aws:iam::111122223333:mfa/Sofia"


def test_what_was_remembered_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    before = WorldMemory(path)
    before.remember_device(SERIAL, DeviceMemory(last_step=58_000_000, drift=-2))
    before.remember_advance(timedelta(minutes=20))
    before.remember_advance(timedelta(minutes=40))

    after = WorldMemory(path)

    assert after.device(SERIAL) == DeviceMemory(last_step=58_000_000, drift=-2)
    assert after.advanced == timedelta(hours=1)
    assert after.device("GAHT12345678") is None


def test_the_file_is_its_owners_and_holds_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"

    WorldMemory(path).remember_device(SERIAL, DeviceMemory(last_step=1, drift=0))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["memory.json"]


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    memory = WorldMemory()

    memory.remember_device(SERIAL, DeviceMemory(last_step=1, drift=0))

    assert memory.device(SERIAL) is not None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "advanced_seconds": 0, "devices": {}}',
        '{"version": 1, "advanced_seconds": "x", "devices": {}}',
        '{"version": 1, "advanced_seconds": 1e400, "devices": {}}',
        '{"version": 1, "advanced_seconds": -1, "devices": {}}',
        '{"version": 1, "advanced_seconds": 0, "devices": {"a": {}}}',
        '{"version": 1, "advanced_seconds": 0, "devices": 5}',
    ],
)
def test_a_damaged_file_is_refused_not_forgotten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "memory.json"
    path.write_text(text)

    with pytest.raises(EmulatorProblem, match="is damaged"):
        WorldMemory(path)

    assert path.read_text() == text


def test_a_place_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmulatorProblem, match="cannot be read"):
        WorldMemory(tmp_path)


def test_a_file_that_cannot_be_replaced_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    memory = WorldMemory(path)
    path.mkdir()

    with pytest.raises(EmulatorProblem, match="cannot be written"):
        memory.remember_advance(timedelta(seconds=1))

    assert [entry.name for entry in tmp_path.iterdir()] == ["memory.json"]


def test_no_code_or_seed_is_written(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"

    WorldMemory(path).remember_device(SERIAL, DeviceMemory(last_step=7, drift=0))

    assert json.loads(path.read_text()) == {
        "version": 1,
        "advanced_seconds": 0.0,
        "devices": {SERIAL: {"last_step": 7, "drift": 0}},
    }


def test_a_clock_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    before = RememberedClock(EmulatorClock(lambda: NOON), WorldMemory(path))
    before.set_skew(timedelta(minutes=1))
    before.advance(timedelta(hours=2))

    after = RememberedClock(EmulatorClock(lambda: NOON), WorldMemory(path))

    assert (after.wire_now(), after.world_now()) == (NOON, NOON + timedelta(hours=2))
    assert before.world_now() == NOON + timedelta(hours=2, minutes=1)
