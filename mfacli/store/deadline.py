"""Calls something that may never come back, and goes on without it when it takes too long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

# On Windows a waiting thread does not notice Ctrl-C: it wakes up this often.
_WAKE_SECONDS = 0.1


class TookTooLong(Exception):
    """The call has not come back in time; its thread is left behind and ends with the process."""


class _Call(Generic[Answer]):
    def __init__(self, call: Callable[[], Answer]) -> None:
        self._call = call
        self.ended = threading.Event()
        self.answer: list[Answer] = []
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer.append(self._call())
        except BaseException as problem:  # noqa: BLE001 - it is raised again in the thread that asked
            self.problem = problem
        finally:
            self.ended.set()


def call_within(limit: timedelta, call: Callable[[], Answer]) -> Answer:
    """Return what `call` returns, or raise what it raises; raises `TookTooLong` after `limit`."""
    running = _Call(call)
    threading.Thread(target=running.run, daemon=True).start()
    end = monotonic() + limit.total_seconds()
    while not running.ended.wait(min(_WAKE_SECONDS, max(0.0, end - monotonic()))):
        if monotonic() >= end:
            raise TookTooLong
    if running.problem is not None:
        raise running.problem
    return running.answer[0]
