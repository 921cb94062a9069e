from __future__ import annotations

import threading

import pytest

from mfacli.serving.errand import Errand


def test_it_runs_once_at_a_time_and_whoever_begins_waits_for_that_run() -> None:
    started, may_end = threading.Event(), threading.Event()
    runs: list[str] = []

    def work() -> None:
        runs.append(threading.current_thread().name)
        started.set()
        may_end.wait(10)

    errand = Errand(work, name="an errand")
    first = errand.begin()
    started.wait(10)
    second = errand.begin()
    was_running = errand.is_running
    may_end.set()

    assert first is second
    assert first.wait(10)
    assert (runs, was_running, errand.is_running) == (["an errand"], True, False)


def test_it_can_be_begun_again_after_its_end() -> None:
    runs: list[int] = []
    errand = Errand(lambda: runs.append(1), name="an errand")

    ends = [errand.begin().wait(10) for _ in range(2)]

    assert ends == [True, True]
    assert len(runs) == 2


def test_nobody_waits_for_what_has_never_been_begun() -> None:
    assert not Errand(lambda: None, name="an errand").is_running


def test_where_no_thread_can_be_had_the_next_who_begins_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    runs: list[int] = []
    errand = Errand(lambda: runs.append(1), name="an errand")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        in_vain = errand.begin()
    was_running = errand.is_running
    ended = errand.begin()

    assert in_vain.is_set()
    assert not was_running
    assert ended.wait(10)
    assert runs == [1]
