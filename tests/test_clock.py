"""The real clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from mfacli.clock import SystemClock
from mfacli.interfaces import Clock


def test_now_is_aware_utc_and_now() -> None:
    clock: Clock = SystemClock()

    moment = clock.now()

    assert moment.tzinfo is UTC
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clouds_time_follows_the_learnt_offset() -> None:
    clock = SystemClock()
    clock.learn_offset(timedelta(hours=1))

    ahead = clock.cloud_now() - clock.now()

    assert timedelta(minutes=59) < ahead <= timedelta(hours=1)


def test_waiting_takes_the_time_and_not_less() -> None:
    clock = SystemClock()
    start = time.monotonic()

    clock.wait(timedelta(milliseconds=20))
    clock.wait(timedelta(seconds=-5))

    assert 0.02 <= time.monotonic() - start < 5
