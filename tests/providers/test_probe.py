"""Asks STS without a signature; what answers may be anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import CloudUnreachable
from mfacli.providers.patience import Patience
from mfacli.providers.probe import Answer, probe, sts_url
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import LocalCloud, Reply
from tests.store.standins import RecordingTalk

QUICK = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=0.5), attempts=1)
AWS_REFUSAL = Reply(status=403, body="<ErrorResponse><RequestId>r</RequestId></ErrorResponse>")
TENCENT_REFUSAL = Reply(body='{"Response": {"Error": {"Code": "AuthFailure"}, "RequestId": "r"}}')


def _asked(cloud: Cloud, reply: Reply) -> tuple[Answer, LocalCloud]:
    with LocalCloud(reply) as server:
        return probe(cloud, server.url, clock=HandClock(), talk=RecordingTalk(), patience=QUICK), server


@pytest.mark.parametrize(
    ("cloud", "reply"), [(Cloud.AWS, AWS_REFUSAL), (Cloud.TENCENT, TENCENT_REFUSAL)], ids=["aws", "tencent"]
)
def test_sts_refusal_is_an_answer_and_tells_the_time(cloud: Cloud, reply: Reply) -> None:
    answer, server = _asked(cloud, reply)

    assert (answer.problem, answer.is_the_cloud, answer.offset) == (None, True, timedelta())
    assert answer.host == server.address
    assert "Authorization" not in server.asked[0].headers


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_differs_is_measured(minutes: int) -> None:
    reply = Reply(status=403, body=AWS_REFUSAL.body, date=NOON + timedelta(minutes=minutes))

    answer, _ = _asked(Cloud.AWS, reply)

    assert answer.offset is not None
    assert abs(answer.offset - timedelta(minutes=minutes)) < timedelta(seconds=2)


def test_an_answer_without_a_date_tells_no_time() -> None:
    answer, _ = _asked(Cloud.AWS, Reply(status=403, body=AWS_REFUSAL.body, date=None))

    assert answer.offset is None


@pytest.mark.parametrize("cloud", list(Cloud))
def test_a_portals_page_is_not_the_cloud(cloud: Cloud) -> None:
    answer, server = _asked(cloud, Reply(status=302, body="<html>sign in", headers={"Location": "http://portal"}))

    assert (answer.problem, answer.is_the_cloud, len(server.asked)) == (None, False, 1)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(hangs_up=True), "closed the connection without an answer"),
        (Reply(hangs=timedelta(seconds=2)), "did not answer in time"),
    ],
    ids=["hangs up", "hangs"],
)
def test_no_answer_is_told(reply: Reply, words: str) -> None:
    answer, _ = _asked(Cloud.AWS, reply)

    assert isinstance(answer.problem, CloudUnreachable)
    assert words in answer.problem.message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "`127.0.0.1:1` cannot be reached"),
        ("http://no-such-host.invalid", "DNS knows no address of `no-such-host.invalid`"),
    ],
    ids=["port", "name"],
)
def test_what_is_not_there_is_told(url: str, words: str) -> None:
    answer = probe(Cloud.AWS, url, clock=HandClock(), talk=RecordingTalk(), patience=QUICK)

    assert answer.problem is not None
    assert answer.problem.message == words


def test_a_proxys_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:hunter2@127.0.0.1:1")

    answer = probe(Cloud.AWS, "http://sts.invalid", clock=HandClock(), talk=RecordingTalk(), patience=QUICK)

    assert answer.proxy == "127.0.0.1:1"
    assert answer.problem is not None
    assert "hunter2" not in answer.problem.message + answer.problem.hint


@pytest.mark.parametrize(
    ("cloud", "endpoint", "region", "partition", "expected"),
    [
        (Cloud.AWS, None, None, "aws", "https://sts.amazonaws.com"),
        (Cloud.AWS, None, "eu-west-1", "aws", "https://sts.eu-west-1.amazonaws.com"),
        (Cloud.AWS, None, None, "aws-cn", "https://sts.cn-north-1.amazonaws.com.cn"),
        (Cloud.AWS, None, None, "aws-us-gov", "https://sts.us-gov-west-1.amazonaws.com"),
        (Cloud.AWS, "http://127.0.0.1:1", None, "aws", "http://127.0.0.1:1"),
        (Cloud.TENCENT, None, "ap-guangzhou", "", "https://sts.tencentcloudapi.com"),
        (Cloud.TENCENT, "sts.intl.tencentcloudapi.com", None, "", "https://sts.intl.tencentcloudapi.com"),
    ],
)
def test_sts_is_where_the_sdks_find_it(
    cloud: Cloud, endpoint: str | None, region: str | None, partition: str, expected: str
) -> None:
    assert sts_url(cloud, endpoint_url=endpoint, region=region, partition=partition) == expected
