from __future__ import annotations

import signal
import threading
from datetime import timedelta

import pytest

from mfacli.store.deadline import TookTooLong, call_within

SHORT = timedelta(seconds=0.05)
LONG = timedelta(seconds=30)


def _fail() -> None:
    raise KeyError("gone")


def test_an_answer_in_time_is_returned() -> None:
    assert call_within(LONG, lambda: None) is None


def test_a_failure_is_raised_where_it_was_asked() -> None:
    with pytest.raises(KeyError, match="gone"):
        call_within(LONG, _fail)


def test_a_call_that_does_not_come_back_is_left_behind() -> None:
    never = threading.Event()

    with pytest.raises(TookTooLong):
        call_within(SHORT, never.wait)

    never.set()


def test_ctrl_c_ends_the_waiting() -> None:
    never = threading.Event()
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)

    try:
        with pytest.raises(KeyboardInterrupt):
            call_within(LONG, never.wait)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        never.set()
