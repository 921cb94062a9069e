"""AWS' federation endpoint as mfacli calls it: what goes over the wire, and what becomes of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from mfacli.errors import CloudRefused, CloudUnreachable, MfacliError, ProfileBroken, UsageWrong
from mfacli.interfaces import SigninProvider
from mfacli.providers.aws_signin import AwsSignin
from mfacli.providers.patience import Patience
from tests.doubles import HandClock
from tests.providers.local_cloud import LocalCloud, Reply
from tests.providers.plans import SESSION_KEYS, Ear, plan_for

TOKEN = "VCQgs5qZZt3Q6fn8Tr5EXAMPLE-_4"
GIVEN = Reply(body=json.dumps({"SigninToken": TOKEN}))
PAGE = "https://console.aws.amazon.com/s3/home?region=eu-central-1"
SECRET = SESSION_KEYS.secret_access_key.reveal()
SESSION_TOKEN = SESSION_KEYS.session_token.reveal() if SESSION_KEYS.session_token else ""


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def signin(clock: HandClock, ear: Ear) -> AwsSignin:
    patience = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=10))
    return AwsSignin(clock=clock, talk=ear, patience=patience)


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(GIVEN) as running:
        yield running


def link(signin: SigninProvider, cloud: LocalCloud) -> str:
    return signin.signin_url(PAGE, plan=plan_for(cloud.url), keys=SESSION_KEYS).reveal()


def failure(signin: AwsSignin, *replies: Reply) -> tuple[MfacliError, LocalCloud]:
    with LocalCloud(*replies) as cloud, pytest.raises(MfacliError) as caught:
        link(signin, cloud)
    return caught.value, cloud


def test_the_token_becomes_a_link_to_the_page(signin: AwsSignin, cloud: LocalCloud) -> None:
    parts = urlsplit(link(signin, cloud))

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{cloud.url}/federation"
    assert parse_qs(parts.query) == {
        "Action": ["login"],
        "Issuer": ["mfacli"],
        "Destination": [PAGE],
        "SigninToken": [TOKEN],
    }


def test_the_keys_go_in_the_body_and_nowhere_else(signin: AwsSignin, cloud: LocalCloud) -> None:
    link(signin, cloud)

    (asked,) = cloud.asked
    assert (asked.method, asked.path) == ("POST", "/federation")
    assert asked.parameters["Action"] == "getSigninToken"
    assert json.loads(asked.parameters["Session"]) == {
        "sessionId": SESSION_KEYS.access_key_id,
        "sessionKey": SECRET,
        "sessionToken": SESSION_TOKEN,
    }
    assert set(asked.parameters) == {"Action", "Session"}
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["user-agent"].startswith("mfacli/")


def test_what_is_called_is_told_and_no_secret(signin: AwsSignin, cloud: LocalCloud, ear: Ear) -> None:
    link(signin, cloud)

    said = "\n".join(ear.lines)
    assert f"POST {cloud.url}/federation getSigninToken" in said
    assert all(secret not in said for secret in (TOKEN, SECRET, SESSION_TOKEN))


@pytest.mark.parametrize(
    ("partition", "region", "wanted", "page"),
    [
        ("aws", None, None, "https://console.aws.amazon.com/console/home"),
        (
            "aws",
            "eu-west-1",
            None,
            "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1",
        ),
        ("aws", "eu-west-1", "s3", "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"),
        ("aws", None, "s3/buckets", "https://console.aws.amazon.com/s3/buckets"),
        ("aws-cn", "cn-north-1", "ec2", "https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1"),
        ("aws-us-gov", None, None, "https://console.amazonaws-us-gov.com/console/home"),
        ("aws", "eu-west-1", "https://health.aws.amazon.com/x", "https://health.aws.amazon.com/x"),
    ],
)
def test_every_partition_has_its_own_console(
    signin: AwsSignin, partition: str, region: str | None, wanted: str | None, page: str
) -> None:
    plan = replace(plan_for(partition=partition), region=region)

    assert signin.console_page(wanted, plan=plan) == page


def test_a_page_of_another_partition_is_not_taken(signin: AwsSignin) -> None:
    with pytest.raises(UsageWrong, match="no page of this console"):
        signin.console_page("https://console.aws.amazon.com/", plan=plan_for(partition="aws-cn"))


def test_a_partition_whose_console_is_not_known_is_refused(signin: AwsSignin) -> None:
    plan = plan_for(partition="aws-iso")

    with pytest.raises(ProfileBroken, match="aws-iso"):
        signin.console_page(None, plan=plan)


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "signin.aws.amazon.com"),
        ("aws-cn", "signin.amazonaws.cn"),
        ("aws-us-gov", "signin.amazonaws-us-gov.com"),
    ],
)
def test_every_partition_signs_in_at_its_own_place(
    signin: AwsSignin, partition: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalCloud(Reply(status=403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(CloudUnreachable, match="proxy"):
            signin.signin_url(PAGE, plan=plan_for(partition=partition), keys=SESSION_KEYS)

    # The way goes through the proxy of the environment, which is asked for a tunnel and told no more.
    assert {(asked.method, asked.path) for asked in proxy.asked} == {("CONNECT", f"{host}:443")}
    assert all(SECRET.encode() not in asked.body for asked in proxy.asked)


@pytest.mark.parametrize("status", [400, 403, 302])
def test_a_session_that_is_not_taken_is_told_what_would_be(signin: AwsSignin, status: int) -> None:
    error, cloud = failure(signin, Reply(status=status, body=f"<html>{SECRET}</html>"))

    assert isinstance(error, CloudRefused)
    assert f"(it answered {status})" in error.message
    assert "session of a role" in error.hint
    assert SECRET not in error.message + error.hint
    assert len(cloud.asked) == 1


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"SigninToken": 1}', '{"SigninToken": ""}', "\ud7ff"])
def test_an_answer_without_a_token_is_somebody_elses(signin: AwsSignin, body: str) -> None:
    error, _ = failure(signin, Reply(body=body))

    assert isinstance(error, CloudUnreachable)
    assert "no sign-in token" in error.message
    assert "captive portal" in error.hint


@pytest.mark.parametrize("passing", [Reply(status=503), Reply(status=429), Reply(hangs_up=True)])
def test_what_passes_is_tried_again(signin: AwsSignin, passing: Reply, clock: HandClock) -> None:
    with LocalCloud(passing, passing, GIVEN) as cloud:
        url = link(signin, cloud)

    assert TOKEN in url
    assert len(cloud.asked) == 3
    assert clock.waited == [timedelta(seconds=1)] * 2


@pytest.mark.parametrize(
    ("lasting", "words"),
    [
        (Reply(status=503), "failed on its side"),
        (Reply(status=429), "for their rate"),
        (Reply(hangs_up=True), "closed the connection"),
    ],
)
def test_what_lasts_is_told_after_three_tries(signin: AwsSignin, lasting: Reply, words: str) -> None:
    error, cloud = failure(signin, lasting)

    assert isinstance(error, CloudUnreachable)
    assert words in error.message
    assert len(cloud.asked) == 3


def test_nobody_there_is_told_with_the_host(signin: AwsSignin) -> None:
    with LocalCloud(GIVEN) as cloud:
        url = cloud.url

    with pytest.raises(CloudUnreachable, match=r"`127\.0\.0\.1:\d+` cannot be reached"):
        signin.signin_url(PAGE, plan=plan_for(url), keys=SESSION_KEYS)


def test_an_answer_that_does_not_come_is_not_waited_for(clock: HandClock, ear: Ear) -> None:
    patience = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=0.1), attempts=1)
    impatient = AwsSignin(clock=clock, talk=ear, patience=patience)

    error, _ = failure(impatient, Reply(hangs=timedelta(seconds=1)))

    assert "did not answer in time" in error.message


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_the_file_of_certificates_is_the_environment_s(
    signin: AwsSignin, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "/nonexistent/bundle.pem")
    with LocalCloud(GIVEN) as cloud, pytest.raises(ProfileBroken, match="trusted certificates"):
        signin.signin_url(PAGE, plan=plan_for(cloud.url.replace("http:", "https:")), keys=SESSION_KEYS)


def test_the_clock_is_learnt_from_the_answer(signin: AwsSignin, clock: HandClock) -> None:
    with LocalCloud(replace(GIVEN, date=clock.now() + timedelta(hours=1))) as cloud:
        link(signin, cloud)

    assert clock.offset > timedelta(minutes=59)


def test_long_term_keys_are_sent_without_a_token(signin: AwsSignin, cloud: LocalCloud) -> None:
    signin.signin_url(PAGE, plan=plan_for(cloud.url), keys=replace(SESSION_KEYS, session_token=None))

    assert json.loads(cloud.asked[0].parameters["Session"])["sessionToken"] == ""
