"""The conversation with the cloud: whose clock signs, what a date teaches, when a code may be sent again."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker

from mfacli.providers.aws_wire import THROTTLING_CODES
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import ROLE, SESSION, Asked, LocalCloud, Reply, refusal
from tests.providers.plans import (
    CODE,
    DEVICE,
    KEYS,
    SESSION_KEYS,
    STEP,
    assume_role,
    open_session,
    plan_for,
    provider_with,
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


def answer_with(code: str) -> RetryContext:
    return RetryContext(attempt_number=1, parsed_response={"Error": {"Code": code}})


def test_what_counts_as_throttling_is_what_botocore_repeats() -> None:
    theirs = ThrottledRetryableChecker()

    known = {code for code in THROTTLING_CODES if theirs.is_retryable(answer_with(code))}

    assert known == THROTTLING_CODES


def test_too_many_requests_without_a_code_of_the_clouds_is_throttling() -> None:
    body = refusal("TooBusy", "slow down")
    with LocalCloud(Reply(status=429, body=body), SESSION) as cloud:
        open_session(cloud.url)

    assert len(cloud.asked) == 2
