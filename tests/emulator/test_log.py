"""The decision log: bounded, counted, without secrets, safe among threads."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread

from mfacli.emulator.contracts import Check
from mfacli.emulator.log import DecisionLog, DecisionRecord, Outcome
from tests.doubles import NOON

RECORD = DecisionRecord(
    at=NOON,
    request_id="r",
    caller="arn:aws:iam::111122223333:user/Anaya",
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    service="sts",
    operation="GetSessionToken",
    checks=(Check(action="sts:GetSessionToken", resource="*", allowed=True, reason="free"),),
    mfa=None,
    source_ip="127.0.0.1",
    outcome=Outcome.ALLOWED,
    reason="",
    status=200,
)


def test_the_oldest_gives_way_and_counts_go_on() -> None:
    log = DecisionLog(longest=2)

    for number in range(3):
        log.add(replace(RECORD, request_id=str(number)))

    assert [record.request_id for record in log.records()] == ["1", "2"]
    assert log.counts() == {"sts:GetSessionToken": 3}


def test_what_was_not_recognised_is_not_counted() -> None:
    log = DecisionLog()

    log.add(replace(RECORD, operation="", outcome=Outcome.REFUSED))

    assert log.counts() == {}
    assert len(log.records()) == 1


def test_clearing_begins_anew() -> None:
    log = DecisionLog()
    log.add(RECORD)

    log.clear()

    assert (log.records(), log.counts()) == ((), {})


def test_a_record_is_shown_with_the_key_cut_short() -> None:
    shown = RECORD.as_json()

    assert json.loads(json.dumps(shown)) == {
        "at": "2026-11-21T12:00:00+00:00",
        "request_id": "r",
        "caller": "arn:aws:iam::111122223333:user/Anaya",
        "access_key": "…MPLE",
        "service": "sts",
        "operation": "GetSessionToken",
        "checks": [{"action": "sts:GetSessionToken", "resource": "*", "allowed": True, "reason": "free"}],
        "mfa": None,
        "source_ip": "127.0.0.1",
        "outcome": "allowed",
        "reason": "",
        "status": 200,
    }
    assert replace(RECORD, access_key_id="").as_json()["access_key"] == ""


def test_threads_lose_no_count() -> None:
    log = DecisionLog(longest=10)

    def fill() -> None:
        for _ in range(50):
            log.add(RECORD)

    threads = [Thread(target=fill) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.counts() == {"sts:GetSessionToken": 400}
