"""What an answer's date teaches, and what is told of a call: the same of either cloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.clock import SystemClock
from mfacli.errors import CodeRejected, KeysRejected
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.version import VERSION
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import LocalCloud
from tests.providers.plans import Ear
from tests.providers.sides import Side

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("seconds", [-2, 0, 1, 3])
def test_small_differences_teach_nothing(side: Side, seconds: int) -> None:
    clock = HandClock()
    with LocalCloud(replace(side.session, date=NOON + seconds * SECOND)) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert clock.offset == timedelta()


@pytest.mark.parametrize("seconds", [-3600, -6, 6, 95])
def test_a_wrong_clock_is_learnt_from_any_answer(side: Side, seconds: int) -> None:
    clock = HandClock()
    with LocalCloud(replace(side.session, date=NOON + seconds * SECOND)) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert abs(clock.offset - seconds * SECOND) <= SECOND


def test_a_clock_is_learnt_from_a_refusal_and_told_with_it(side: Side) -> None:
    clock = HandClock()
    reply = replace(side.wrong_code, date=NOON + 95 * SECOND)
    with LocalCloud(reply) as cloud, pytest.raises(CodeRejected) as caught:
        side.open_session(cloud.url, side.provider(clock))

    assert caught.value.clock_offset is not None
    assert abs(caught.value.clock_offset - 95 * SECOND) <= SECOND
    assert clock.offset == caught.value.clock_offset
    assert "s behind the cloud's, so codes made on it are wrong: set the clock" in caught.value.hint


def test_an_offset_that_still_fits_is_kept_as_it_is(side: Side) -> None:
    clock = HandClock()
    clock.learn_offset(94 * SECOND)
    with LocalCloud(replace(side.session, date=NOON + 95 * SECOND)) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert clock.offset == 94 * SECOND


def test_a_right_clock_that_ticks_is_not_blamed_for_a_refused_code(side: Side) -> None:
    clock = SystemClock()
    provider = side.maker(clock=clock, talk=Ear(), patience=Patience())
    with LocalCloud(replace(side.wrong_code, date=clock.now())) as cloud, pytest.raises(CodeRejected) as caught:
        side.open_session(cloud.url, provider)

    assert caught.value.clock_offset == timedelta()
    assert "clock" not in caught.value.hint


def test_a_clock_set_right_meanwhile_is_noticed(side: Side) -> None:
    clock = HandClock()
    clock.learn_offset(timedelta(hours=1))
    with LocalCloud(side.session) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert clock.offset == timedelta()


def test_a_slow_answer_is_no_wrong_clock(side: Side) -> None:
    clock = HandClock()

    def answer_slowly() -> None:
        clock.time += timedelta(seconds=20)

    with LocalCloud(replace(side.session, date=NOON + 5 * SECOND, before=answer_slowly)) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert clock.offset == timedelta()


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT"])
def test_an_unreadable_date_teaches_nothing(side: Side, date: str | None) -> None:
    clock = HandClock()
    with LocalCloud(replace(side.wrong_code, date=date)) as cloud, pytest.raises(CodeRejected) as caught:
        side.open_session(cloud.url, side.provider(clock))

    assert caught.value.clock_offset is None
    assert clock.offset == timedelta()


def test_a_date_without_a_zone_is_utc(side: Side) -> None:
    clock = HandClock()
    with LocalCloud(replace(side.session, date="Sat, 21 Nov 2026 13:00:00 -0000")) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert abs(clock.offset - timedelta(hours=1)) <= SECOND


def test_a_call_refused_for_its_time_is_repeated_once_at_the_right_time(side: Side) -> None:
    hour = timedelta(hours=1)
    late = NOON + hour
    clock = HandClock()
    with LocalCloud(replace(side.skewed, date=late), replace(side.session, date=late)) as cloud:
        session = side.open_session(cloud.url, side.provider(clock))

    assert [side.signed_at(asked) for asked in cloud.asked] == [side.moment(timedelta()), side.moment(hour)]
    assert {side.parameters(asked)["TokenCode"] for asked in cloud.asked} == {"314159"}
    assert session.mfa_at is not None
    assert abs(session.mfa_at - late) <= SECOND


def test_a_call_refused_for_its_time_twice_is_given_up_with_the_reason(side: Side) -> None:
    replies = [replace(side.skewed, date=NOON + timedelta(hours=hours)) for hours in (1, 2, 3)]
    with LocalCloud(*replies) as cloud, pytest.raises(KeysRejected) as caught:
        side.open_session(cloud.url)

    assert len(cloud.asked) == 2
    assert "this machine's clock is 7200 s behind the cloud's" in caught.value.message
    assert "set the clock" in caught.value.hint


@pytest.mark.parametrize("date", [None, NOON])
def test_a_call_refused_for_its_time_is_not_repeated_where_nothing_was_learnt(side: Side, date: object) -> None:
    reply = replace(side.skewed, date=None if date is None else NOON)
    with LocalCloud(reply) as cloud, pytest.raises(KeysRejected) as caught:
        side.open_session(cloud.url)

    assert len(cloud.asked) == 1
    assert "far apart" in caught.value.message


def test_what_is_called_is_told_without_secrets(side: Side) -> None:
    ear = Ear()
    with LocalCloud(side.session) as cloud:
        side.open_session(cloud.url, side.provider(talk=ear))

    assert ear.lines[0] == f"POST {cloud.url}/ GetSessionToken, with a code"
    assert ear.lines[1].startswith("answered 200 in 0.00 s, request ")
    assert "314159" not in "".join(ear.lines)


def test_mfa_is_dated_by_the_cloud_when_the_code_was_sent(side: Side) -> None:
    clock = HandClock()

    def answer_slowly() -> None:
        clock.time += timedelta(seconds=10)

    with LocalCloud(replace(side.session, date=NOON + 70 * SECOND, before=answer_slowly)) as cloud:
        session = side.open_session(cloud.url, side.provider(clock))

    assert session.mfa_at is not None
    assert abs(session.mfa_at - (NOON + 60 * SECOND)) <= SECOND
    assert abs(session.issued_at - (NOON + 70 * SECOND)) <= SECOND


def test_calls_say_that_they_are_mfaclis(side: Side) -> None:
    with LocalCloud(side.session) as cloud:
        side.open_session(cloud.url)

    assert f"mfacli/{VERSION}" in cloud.asked[0].headers["user-agent"]


@pytest.mark.parametrize("operation", ["GetSessionToken", "AssumeRole"])
def test_a_session_that_travels_in_the_clear_is_warned_of_once(operation: str) -> None:
    ear = Ear()
    exchange = Exchange(clock=HandClock(), talk=ear, carries_code=False)

    for _ in range(2):
        exchange.note_sending("POST", "http://sts.example.com:8080/", operation)

    assert len([line for line in ear.lines if "`sts.example.com` is called without encryption" in line]) == 1


@pytest.mark.parametrize(
    ("url", "operation"),
    [
        ("https://sts.example.com/", "GetSessionToken"),
        ("http://127.0.0.1:4599/", "GetSessionToken"),
        ("http://[::1]:4599/", "AssumeRole"),
        ("http://sts.example.com/", "GetCallerIdentity"),
    ],
)
def test_nothing_is_warned_of_where_no_session_can_be_read_on_the_way(url: str, operation: str) -> None:
    ear = Ear()

    Exchange(clock=HandClock(), talk=ear, carries_code=False).note_sending("POST", url, operation)

    assert not [line for line in ear.lines if "encryption" in line]
