"""When nothing comes back from the cloud."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from botocore.exceptions import HTTPClientError

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from mfacli.errors import CloudUnreachable, ProfileBroken
from mfacli.providers.attempt import Attempt
from mfacli.providers.aws import AwsProvider
from mfacli.providers.aws_silences import explain_aws_silence
from mfacli.providers.patience import Patience
from tests.doubles import HandClock
from tests.providers.local_cloud import SESSION, LocalCloud, Reply
from tests.providers.plans import KEYS, Ear, assume_role, open_session, plan_for, provider_with


@pytest.fixture(autouse=True)
def no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def test_a_host_that_does_not_exist_cannot_be_reached() -> None:
    with pytest.raises(CloudUnreachable) as caught:
        open_session("https://sts.nowhere-1.invalid")

    assert caught.value.message == "`sts.nowhere-1.invalid` cannot be reached"
    assert "the region's name" in caught.value.hint


def test_a_port_that_nobody_listens_on_cannot_be_reached() -> None:
    with pytest.raises(CloudUnreachable) as caught:
        open_session("http://127.0.0.1:1")

    assert caught.value.message == "`127.0.0.1:1` cannot be reached"


def test_a_host_that_takes_no_connection_is_not_waited_for_long() -> None:
    patience = Patience(connect=timedelta(seconds=0.05), read=timedelta(seconds=5), attempts=1)
    provider = AwsProvider(clock=HandClock(), talk=Ear(), patience=patience)
    with socket.socket() as full:
        # A queue of one that is already taken: further connections hang.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        with pytest.raises(CloudUnreachable) as caught:
            open_session(f"http://127.0.0.1:{full.getsockname()[1]}", provider)
        for client in waiting:
            client.close()

    assert "did not take the connection in time" in caught.value.message


def test_an_answer_that_does_not_come_is_not_waited_for_long() -> None:
    with LocalCloud(Reply(hangs=timedelta(seconds=1))) as cloud, pytest.raises(CloudUnreachable) as caught:
        assume_role(cloud.url, provider_with(read_seconds=0.1))

    assert caught.value.message == f"`{cloud.address}` did not answer in time"
    assert caught.value.hint == "try again in a moment"


def test_a_connection_that_is_closed_is_told() -> None:
    with LocalCloud(Reply(hangs_up=True)) as cloud, pytest.raises(CloudUnreachable) as caught:
        assume_role(cloud.url)

    assert caught.value.message == f"`{cloud.address}` closed the connection without an answer"


def test_an_endpoint_without_tls_is_told() -> None:
    with LocalCloud(SESSION) as cloud, pytest.raises(CloudUnreachable) as caught:
        open_session(cloud.url.replace("http:", "https:"))

    assert "does not speak TLS as it should" in caught.value.message
    assert "AWS_CA_BUNDLE" in caught.value.hint


def test_a_missing_certificate_bundle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/bundle.pem")

    with LocalCloud(SESSION) as cloud, pytest.raises(ProfileBroken) as caught:
        open_session(cloud.url.replace("http:", "https:"))

    assert caught.value.message == "the file of trusted certificates does not exist"
    assert "AWS_CA_BUNDLE" in caught.value.hint


def test_other_failures_are_told_without_secrets() -> None:
    attempt = Attempt(
        cloud=Cloud.AWS,
        operation="GetSessionToken",
        endpoint="sts.amazonaws.com",
        access_key_id=KEYS.access_key_id,
        keys_origin="",
        is_temporary=False,
        secrets=(KEYS.secret_access_key, Secret("")),
    )

    error = explain_aws_silence(HTTPClientError(error=f"odd {KEYS.secret_access_key.reveal()}"), attempt)

    assert error.message == "the call to `sts.amazonaws.com` failed: odd ***"


def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    with pytest.raises(CloudUnreachable) as caught:
        provider_with().identity_of(plan=plan_for(), keys=KEYS)

    assert "the proxy for `sts.amazonaws.com` cannot be used" in caught.value.message
