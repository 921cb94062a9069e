"""When nothing comes back from a cloud, or what comes is not the cloud's: the same of either."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import CloudUnreachable, ProfileBroken
from mfacli.providers.patience import Patience
from tests.doubles import HandClock
from tests.providers.local_cloud import LocalCloud, Reply
from tests.providers.plans import Ear
from tests.providers.sides import Side

pytestmark = pytest.mark.usefixtures("no_naps")
CERTIFICATES = {Cloud.AWS: "AWS_CA_BUNDLE", Cloud.TENCENT: "REQUESTS_CA_BUNDLE"}
STS = {Cloud.AWS: "sts.amazonaws.com", Cloud.TENCENT: "sts.tencentcloudapi.com"}


def ask_who(side: Side, url: str | None = None) -> None:
    side.provider().identity_of(plan=replace(side.plan, endpoint_url=url, sts_region=None), keys=side.keys)


def test_a_host_that_does_not_exist_cannot_be_reached(side: Side) -> None:
    with pytest.raises(CloudUnreachable) as caught:
        side.open_session("https://sts.nowhere-1.invalid")

    assert caught.value.message == "`sts.nowhere-1.invalid` cannot be reached"
    assert "the region's name" in caught.value.hint


def test_a_port_that_nobody_listens_on_cannot_be_reached(side: Side) -> None:
    with pytest.raises(CloudUnreachable) as caught:
        side.open_session("http://127.0.0.1:1")

    assert caught.value.message == "`127.0.0.1:1` cannot be reached"


def test_a_host_that_takes_no_connection_is_not_waited_for_long(side: Side) -> None:
    patience = Patience(connect=timedelta(seconds=0.05), read=timedelta(seconds=5), attempts=1)
    provider = side.maker(clock=HandClock(), talk=Ear(), patience=patience)
    with socket.socket() as full:
        # A queue of one that is already taken: further connections hang.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        with pytest.raises(CloudUnreachable) as caught:
            side.open_session(f"http://127.0.0.1:{full.getsockname()[1]}", provider)
        for client in waiting:
            client.close()

    assert "did not take the connection in time" in caught.value.message


def test_an_answer_that_does_not_come_is_not_waited_for_long(side: Side) -> None:
    with LocalCloud(Reply(hangs=timedelta(seconds=1))) as cloud, pytest.raises(CloudUnreachable) as caught:
        side.assume_role(cloud.url, side.provider(read_seconds=0.1))

    assert caught.value.message == f"`{cloud.address}` did not answer in time"
    assert caught.value.hint == "try again in a moment"


def test_a_connection_that_is_closed_is_told(side: Side) -> None:
    with LocalCloud(Reply(hangs_up=True)) as cloud, pytest.raises(CloudUnreachable) as caught:
        side.assume_role(cloud.url)

    assert caught.value.message == f"`{cloud.address}` closed the connection without an answer"


def test_an_endpoint_without_tls_is_told(side: Side) -> None:
    with LocalCloud(side.session) as cloud, pytest.raises(CloudUnreachable) as caught:
        side.open_session(cloud.url.replace("http:", "https:"))

    assert "does not speak TLS as it should" in caught.value.message
    assert CERTIFICATES[side.plan.cloud] in caught.value.hint


def test_a_missing_certificate_bundle_is_told(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CERTIFICATES[side.plan.cloud], "/nowhere/bundle.pem")

    with LocalCloud(side.session) as cloud, pytest.raises(ProfileBroken) as caught:
        side.open_session(cloud.url.replace("http:", "https:"))

    assert caught.value.message == "the file of trusted certificates does not exist"
    assert CERTIFICATES[side.plan.cloud] in caught.value.hint


def test_a_proxy_that_is_not_there_is_told(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    with pytest.raises(CloudUnreachable) as caught:
        ask_who(side)

    assert f"the proxy for `{STS[side.plan.cloud]}` cannot be used" in caught.value.message
    assert "Connection(" not in caught.value.message
    assert "Error(" not in caught.value.message


def test_the_proxy_of_the_environment_is_used_for_the_cloud(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCloud(Reply(status=407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@{proxy.address}")
        with pytest.raises(CloudUnreachable) as caught:
            ask_who(side)

    host = STS[side.plan.cloud]
    assert (proxy.asked[0].method, proxy.asked[0].path) == ("CONNECT", f"{host}:443")
    assert f"the proxy for `{host}` cannot be used" in caught.value.message
    assert "407" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "HTTPS_PROXY" in caught.value.hint


def test_no_proxy_is_obeyed(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    with LocalCloud(side.session) as cloud:
        session = side.open_session(cloud.url)

    assert session.time_left(HandClock().now()) > timedelta()


def test_a_plain_http_endpoint_goes_through_its_proxy(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCloud(side.session) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        side.open_session("http://sts.invalid")

    assert proxy.asked[0].path == "http://sts.invalid/"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body="<html><body>Log in to the guest network</body></html>"),
        Reply(body="Log in to the guest network"),
        Reply(body=""),
        Reply(body="<GetSessionTokenResponse><GetSessionTokenResult/></GetSessionTokenResponse>"),
        Reply(body='{"Response": {"RequestId": "x"}}', headers={"Content-Type": "application/json"}),
        Reply(body='{"Response": {"Error": 1}}', headers={"Content-Type": "application/json"}),
        Reply(body='["not", "ours"]', headers={"Content-Type": "application/json"}),
        Reply(status=404, body="not found"),
        Reply(status=403, body="<html><body>Forbidden"),
        Reply(status=302, headers={"Location": "http://portal.invalid"}),
        Reply(status=307, headers={"Location": "http://127.0.0.1:1"}),
    ],
    ids=["html", "text", "nothing", "no session", "empty", "odd", "list", "404", "403", "302", "307"],
)
def test_an_answer_that_is_not_the_clouds_is_told(side: Side, reply: Reply) -> None:
    with LocalCloud(reply) as cloud, pytest.raises(CloudUnreachable) as caught:
        side.open_session(cloud.url)

    assert "answered with something that is not STS's" in caught.value.message
    assert "captive portal" in caught.value.hint
    assert len(cloud.asked) == 1


@pytest.mark.parametrize("url", ["not a url", "ftp://host", "http://", "http://host:0", "http://host:x"])
def test_an_endpoint_that_is_no_url_is_told(side: Side, url: str) -> None:
    with pytest.raises((ProfileBroken, CloudUnreachable)):
        side.open_session(url)


def test_a_provider_warmed_up_in_another_thread_answers_as_well(side: Side) -> None:
    provider = side.provider()
    thread = threading.Thread(target=provider.warm_up)
    with LocalCloud(side.session) as cloud:
        thread.start()
        session = side.open_session(cloud.url, provider)
        thread.join()

    assert session.cloud is side.plan.cloud


def test_a_bug_of_ours_is_not_dressed_up_as_the_clouds(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock()

    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(clock, "cloud_now", fail)
    with LocalCloud(side.session) as cloud, pytest.raises(ZeroDivisionError):
        side.open_session(cloud.url, side.provider(clock))
