"""The conversation with the cloud: whose clock signs, what a date teaches, when a code may be sent again."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker

from mfacli.clock import SystemClock
from mfacli.errors import CloudUnreachable, CodeRejected, KeysRejected
from mfacli.providers.aws import AwsProvider
from mfacli.providers.aws_wire import THROTTLING_CODES
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import ROLE, SESSION, Asked, LocalCloud, Reply, refusal
from tests.providers.plans import (
    CODE,
    DEVICE,
    KEYS,
    SESSION_KEYS,
    STEP,
    Ear,
    assume_role,
    open_session,
    plan_for,
    provider_with,
)

EXPIRED = refusal("SignatureDoesNotMatch", "Signature expired: … is now earlier than … (… - 15 min.)")
WRONG_CODE = Reply(
    status=403,
    body=refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "),
)


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let botocore's back-off pass at once; returns how long it would have slept."""
    naps: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", naps.append)
    return naps


def signature_by_hand(asked: Asked, secret: str) -> str:
    """Sign anew what arrived, by the published recipe of Signature Version 4."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=[^/]+/([^,]+), SignedHeaders=([^,]+), Signature=[0-9a-f]{64}",
        asked.headers["authorization"],
    )
    assert found is not None
    scope, names = found[1], found[2].split(";")
    headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names)
    body = hashlib.sha256(asked.body).hexdigest()
    canonical = "\n".join([asked.method, asked.path, "", headers, ";".join(names), body])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", asked.headers["x-amz-date"], scope, digest])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


@pytest.mark.parametrize("keys", [KEYS, SESSION_KEYS], ids=["long-term", "session"])
@pytest.mark.parametrize("offset", [timedelta(), timedelta(days=-400, seconds=-7)])
def test_requests_are_signed_at_the_clouds_time(offset: timedelta, keys: object) -> None:
    clock = HandClock()
    clock.learn_offset(offset)
    signing_keys = KEYS if keys is KEYS else SESSION_KEYS
    with LocalCloud(replace(ROLE, date=NOON + offset)) as cloud:
        assume_role(cloud.url, provider_with(clock), keys=signing_keys)

    asked = cloud.asked[0]
    assert asked.headers["x-amz-date"] == (NOON + offset).strftime("%Y%m%dT%H%M%SZ")
    assert asked.headers["authorization"].endswith(signature_by_hand(asked, signing_keys.secret_access_key.reveal()))


@pytest.mark.parametrize(
    ("sts_region", "partition", "scope"),
    [
        (None, "aws", "us-east-1"),
        ("eu-west-1", "aws", "eu-west-1"),
        (None, "aws-cn", "cn-north-1"),
        (None, "aws-us-gov", "us-gov-west-1"),
    ],
)
def test_the_signature_is_for_the_region_that_is_called(sts_region: str | None, partition: str, scope: str) -> None:
    with LocalCloud(SESSION) as cloud:
        plan = plan_for(cloud.url, sts_region=sts_region, partition=partition)
        provider_with().session_for(STEP, plan=plan, keys=KEYS, device=DEVICE, code=CODE)

    assert f"/20261121/{scope}/sts/aws4_request" in cloud.asked[0].headers["authorization"]


@pytest.mark.parametrize("seconds", [-2, 0, 1, 3])
def test_small_differences_teach_nothing(seconds: int) -> None:
    clock = HandClock()
    with LocalCloud(replace(SESSION, date=NOON + timedelta(seconds=seconds))) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert clock.offset == timedelta()


@pytest.mark.parametrize("seconds", [-3600, -6, 6, 95])
def test_a_wrong_clock_is_learnt_from_any_answer(seconds: int) -> None:
    clock = HandClock()
    with LocalCloud(replace(SESSION, date=NOON + timedelta(seconds=seconds))) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert abs(clock.offset - timedelta(seconds=seconds)) <= timedelta(seconds=1)


def test_a_clock_is_learnt_from_a_refusal_and_told_with_it() -> None:
    clock = HandClock()
    reply = replace(WRONG_CODE, date=NOON + timedelta(seconds=95))
    with LocalCloud(reply) as cloud, pytest.raises(CodeRejected) as caught:
        open_session(cloud.url, provider_with(clock))

    assert caught.value.clock_offset is not None
    assert abs(caught.value.clock_offset - timedelta(seconds=95)) <= timedelta(seconds=1)
    assert clock.offset == caught.value.clock_offset


def test_an_offset_that_still_fits_is_kept_as_it_is() -> None:
    clock = HandClock()
    clock.learn_offset(timedelta(seconds=94))
    with LocalCloud(replace(SESSION, date=NOON + timedelta(seconds=95))) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert clock.offset == timedelta(seconds=94)


def test_a_right_clock_that_ticks_is_not_blamed_for_a_refused_code() -> None:
    clock = SystemClock()
    with LocalCloud(replace(WRONG_CODE, date=clock.now())) as cloud, pytest.raises(CodeRejected) as caught:
        open_session(cloud.url, AwsProvider(clock=clock, talk=Ear()))

    assert caught.value.clock_offset == timedelta()
    assert "clock" not in caught.value.hint


def test_a_clock_set_right_meanwhile_is_noticed() -> None:
    clock = HandClock()
    clock.learn_offset(timedelta(hours=1))
    with LocalCloud(SESSION) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert clock.offset == timedelta()


def test_a_slow_answer_is_no_wrong_clock() -> None:
    clock = HandClock()

    def answer_slowly() -> None:
        clock.time += timedelta(seconds=20)

    with LocalCloud(replace(SESSION, date=NOON + timedelta(seconds=5), before=answer_slowly)) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert clock.offset == timedelta()


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT"])
def test_an_unreadable_date_teaches_nothing(date: str | None) -> None:
    clock = HandClock()
    with LocalCloud(replace(WRONG_CODE, date=date)) as cloud, pytest.raises(CodeRejected) as caught:
        open_session(cloud.url, provider_with(clock))

    assert caught.value.clock_offset is None
    assert clock.offset == timedelta()


def test_a_date_without_a_zone_is_utc() -> None:
    clock = HandClock()
    with LocalCloud(replace(SESSION, date="Sat, 21 Nov 2026 13:00:00 -0000")) as cloud:
        open_session(cloud.url, provider_with(clock))

    assert abs(clock.offset - timedelta(hours=1)) <= timedelta(seconds=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 20261121T120000Z is now earlier than 20261121T124500Z"),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261121T120000Z is still later than …"),
        ("RequestExpired", "Request has expired."),
    ],
)
def test_a_call_refused_for_its_time_is_repeated_once_at_the_right_time(code: str, message: str) -> None:
    late = NOON + timedelta(hours=1)
    clock = HandClock()
    with LocalCloud(Reply(status=403, body=refusal(code, message), date=late), replace(SESSION, date=late)) as cloud:
        session = open_session(cloud.url, provider_with(clock))

    sent = [asked.headers["x-amz-date"] for asked in cloud.asked]
    codes = {asked.parameters["TokenCode"] for asked in cloud.asked}
    assert sent == ["20261121T120000Z", "20261121T130000Z"]
    assert codes == {"314159"}
    assert session.mfa_at is not None
    assert abs(session.mfa_at - late) <= timedelta(seconds=1)


def test_a_call_refused_for_its_time_twice_is_given_up_with_the_reason() -> None:
    replies = [Reply(status=403, body=EXPIRED, date=NOON + timedelta(hours=hours)) for hours in (1, 2, 3)]
    with LocalCloud(*replies) as cloud, pytest.raises(KeysRejected) as caught:
        open_session(cloud.url)

    assert len(cloud.asked) == 2
    assert "this machine's clock is 7200 s behind the cloud's" in caught.value.message
    assert "set the clock" in caught.value.hint


@pytest.mark.parametrize("date", [None, NOON])
def test_a_call_refused_for_its_time_is_not_repeated_where_nothing_was_learnt(date: object) -> None:
    reply = Reply(status=403, body=EXPIRED, date=None if date is None else NOON)
    with LocalCloud(reply) as cloud, pytest.raises(KeysRejected) as caught:
        open_session(cloud.url)

    assert len(cloud.asked) == 1
    assert "far apart" in caught.value.message


def answer_with(code: str) -> RetryContext:
    return RetryContext(attempt_number=1, parsed_response={"Error": {"Code": code}})


Call = Callable[..., object]
CALLS = pytest.mark.parametrize(
    "call",
    [open_session, lambda url, provider=None: assume_role(url, provider, with_code=True)],
    ids=["session", "role"],
)


def test_what_counts_as_throttling_is_what_botocore_repeats() -> None:
    theirs = ThrottledRetryableChecker()

    known = {code for code in THROTTLING_CODES if theirs.is_retryable(answer_with(code))}

    assert known == THROTTLING_CODES


@CALLS
def test_throttled_calls_are_repeated_with_their_code_after_growing_random_waits(
    call: Call, naps: list[float]
) -> None:
    throttled = Reply(status=400, body=refusal("Throttling", "Rate exceeded"))
    with LocalCloud(throttled, throttled, SESSION if call is open_session else ROLE) as cloud:
        call(cloud.url)

    assert len(cloud.asked) == 3
    assert 0 < naps[0] <= 1
    assert 0 < naps[1] <= 2


def test_a_call_throttled_for_good_is_an_overloaded_cloud() -> None:
    throttled = Reply(status=400, body=refusal("Throttling", "Rate exceeded"))
    with LocalCloud(throttled) as cloud, pytest.raises(CloudUnreachable) as caught:
        open_session(cloud.url)

    assert len(cloud.asked) == 3
    assert "for their rate" in caught.value.message


def test_too_many_requests_without_a_code_of_the_clouds_is_throttling() -> None:
    body = refusal("TooBusy", "slow down")
    with LocalCloud(Reply(status=429, body=body), SESSION) as cloud:
        open_session(cloud.url)

    assert len(cloud.asked) == 2


UNCERTAIN = pytest.mark.parametrize(
    "reply",
    [
        Reply(hangs_up=True),
        Reply(hangs=timedelta(seconds=1)),
        Reply(status=500, body=refusal("InternalFailure", "oops")),
        Reply(status=503, body=refusal("ServiceUnavailable", "oops")),
        Reply(status=502, body="<html>Bad Gateway</html>"),
        Reply(status=504),
    ],
    ids=["hangs up", "hangs", "500", "503", "502", "504"],
)


@UNCERTAIN
@CALLS
def test_a_code_that_may_have_been_taken_is_never_sent_again(call: Call, reply: Reply) -> None:
    with LocalCloud(reply) as cloud, pytest.raises(CloudUnreachable) as caught:
        call(cloud.url, provider_with(read_seconds=0.3))

    assert len(cloud.asked) == 1
    assert "the code may have been used up" in caught.value.hint


@UNCERTAIN
def test_calls_without_a_code_are_repeated(reply: Reply) -> None:
    with LocalCloud(reply, ROLE) as cloud:
        session = assume_role(cloud.url, provider_with(read_seconds=0.3))

    assert len(cloud.asked) == 2
    assert session.principal is not None


def test_a_call_that_never_left_is_repeated_with_its_code(naps: list[float]) -> None:
    with pytest.raises(CloudUnreachable):
        open_session("http://127.0.0.1:1")

    assert len(naps) == 2


def test_a_refused_code_is_not_sent_again() -> None:
    with LocalCloud(WRONG_CODE) as cloud, pytest.raises(CodeRejected):
        open_session(cloud.url)

    assert len(cloud.asked) == 1
