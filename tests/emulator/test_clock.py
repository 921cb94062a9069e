"""The emulator's two clocks."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from mfacli.emulator.clock import EmulatorClock, machine_now
from mfacli.errors import UsageWrong
from tests.doubles import NOON

HOUR = timedelta(hours=1)


def _clock() -> EmulatorClock:
    return EmulatorClock(lambda: NOON)


def test_both_clocks_begin_as_the_machines() -> None:
    clock = _clock()

    assert clock.wire_now() == clock.world_now() == NOON


def test_advancing_moves_world_time_only() -> None:
    clock = _clock()

    clock.advance(HOUR)
    clock.advance(HOUR)

    assert (clock.wire_now(), clock.world_now()) == (NOON, NOON + 2 * HOUR)


def test_skew_moves_both_and_can_be_taken_back() -> None:
    clock = _clock()

    clock.set_skew(-HOUR)
    skewed = (clock.wire_now(), clock.world_now())
    clock.set_skew(timedelta())

    assert skewed == (NOON - HOUR, NOON - HOUR)
    assert clock.wire_now() == NOON


def test_world_time_never_goes_back() -> None:
    clock = _clock()

    with pytest.raises(UsageWrong, match="cannot go back"):
        clock.advance(timedelta(seconds=-1))

    assert clock.world_now() == NOON


@pytest.mark.parametrize("duration", [timedelta.max, timedelta(days=365 * 7900)])
def test_time_cannot_leave_the_calendar(duration: timedelta) -> None:
    clock = _clock()

    with pytest.raises(UsageWrong, match="that far"):
        clock.advance(duration)

    assert clock.world_now() == NOON


@pytest.mark.parametrize("skew", [timedelta.min, -timedelta(days=365 * 200), timedelta(days=365 * 7900)])
def test_skew_cannot_leave_the_calendar(skew: timedelta) -> None:
    clock = _clock()

    with pytest.raises(UsageWrong, match="that far"):
        clock.set_skew(skew)

    assert clock.wire_now() == NOON


def test_threads_lose_no_advance() -> None:
    clock = _clock()
    threads = [Thread(target=clock.advance, args=(HOUR,)) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock.world_now() == NOON + 16 * HOUR


def test_the_machines_time_is_aware_utc() -> None:
    assert machine_now().utcoffset() == timedelta()
