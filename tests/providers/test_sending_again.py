"""When a call may be sent again, and when nobody may do so: the same of either cloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mfacli.errors import CloudUnreachable, CodeRejected
from mfacli.interfaces import SessionProvider
from tests.doubles import HandClock
from tests.providers.local_cloud import LocalCloud, Reply
from tests.providers.sides import Side

Call = Callable[[Side, str, SessionProvider], object]
CALLS = pytest.mark.parametrize(
    "call",
    [
        lambda side, url, provider: side.open_session(url, provider),
        lambda side, url, provider: side.assume_role(url, provider, with_code=True),
    ],
    ids=["session", "role"],
)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> list[float]:
    """Return how long was slept, by botocore (which sleeps itself) or on the clock."""
    naps: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", naps.append)
    monkeypatch.setattr(clock, "wait", lambda duration: naps.append(duration.total_seconds()))
    return naps


@CALLS
def test_throttled_calls_are_repeated_with_their_code_after_growing_random_waits(
    side: Side, call: Call, clock: HandClock, naps: list[float]
) -> None:
    with LocalCloud(side.throttled) as cloud, pytest.raises(CloudUnreachable):
        call(side, cloud.url, side.provider(clock))

    assert len(cloud.asked) == 3
    assert {side.parameters(asked)["TokenCode"] for asked in cloud.asked} == {"314159"}
    assert 0 < naps[0] <= 1
    assert 0 < naps[1] <= 2


def test_a_call_that_is_let_in_at_last_is_answered(side: Side, clock: HandClock, naps: list[float]) -> None:
    with LocalCloud(side.throttled, side.throttled, side.session) as cloud:
        session = side.open_session(cloud.url, side.provider(clock))

    assert len(naps) == 2
    assert session.mfa_at is not None


def test_a_call_throttled_for_good_is_an_overloaded_cloud(side: Side, clock: HandClock, naps: list[float]) -> None:
    with LocalCloud(side.throttled) as cloud, pytest.raises(CloudUnreachable) as caught:
        side.open_session(cloud.url, side.provider(clock))

    assert len(cloud.asked) == 3
    assert len(naps) == 2
    assert "for their rate" in caught.value.message


def test_too_many_requests_without_a_code_of_the_clouds_is_throttling(
    side: Side, clock: HandClock, naps: list[float]
) -> None:
    body = side.refuse("TooBusy", "slow down").body
    with LocalCloud(Reply(status=429, body=body), side.session) as cloud:
        side.open_session(cloud.url, side.provider(clock))

    assert len(cloud.asked) == 2
    assert len(naps) == 1


UNCERTAIN = pytest.mark.parametrize(
    "reply",
    [
        lambda side: Reply(hangs_up=True),
        lambda side: Reply(hangs=timedelta(seconds=1)),
        lambda side: side.failed,
        lambda side: Reply(status=502, body="<html>Bad Gateway</html>"),
        lambda side: Reply(status=503),
        lambda side: Reply(status=504),
    ],
    ids=["hangs up", "hangs", "fails", "502", "503", "504"],
)


@UNCERTAIN
@CALLS
@pytest.mark.usefixtures("naps")
def test_a_code_that_may_have_been_taken_is_never_sent_again(
    side: Side, call: Call, reply: Callable[[Side], Reply], clock: HandClock
) -> None:
    with LocalCloud(reply(side)) as cloud, pytest.raises(CloudUnreachable) as caught:
        call(side, cloud.url, side.provider(clock, read_seconds=0.3))

    assert len(cloud.asked) == 1
    assert "the code may have been used up" in caught.value.hint


@UNCERTAIN
@pytest.mark.usefixtures("naps")
def test_calls_without_a_code_are_repeated(side: Side, reply: Callable[[Side], Reply], clock: HandClock) -> None:
    with LocalCloud(reply(side), side.role) as cloud:
        session = side.assume_role(cloud.url, side.provider(clock, read_seconds=0.3))

    assert len(cloud.asked) == 2
    assert session.principal is not None


def test_a_call_that_never_left_is_repeated_with_its_code(side: Side, clock: HandClock, naps: list[float]) -> None:
    with pytest.raises(CloudUnreachable):
        side.open_session("http://127.0.0.1:1", side.provider(clock))

    assert len(naps) == 2


def test_a_refused_code_is_not_sent_again(side: Side, clock: HandClock, naps: list[float]) -> None:
    with LocalCloud(side.wrong_code) as cloud, pytest.raises(CodeRejected):
        side.open_session(cloud.url, side.provider(clock))

    assert len(cloud.asked) == 1
    assert naps == []
