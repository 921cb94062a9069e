"""The endpoint over real sockets: what it answers, how soon, and what it does with requests that are none."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.errors import CloudUnreachable, KeysRejected, UsageWrong
from mfacli.serving.endpoint import ADDRESS, Endpoint
from mfacli.serving.keeper import Keeper
from tests.doubles import HandClock
from tests.serving.sources import ScriptedSource, obtained
from tests.store.standins import RecordingTalk

TOKEN = "a-token-that-nobody-knows"
READING = timedelta(seconds=0.3)
Start = Callable[..., Endpoint]
Answer = tuple[int, dict[str, str], dict[str, str]]


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def talk() -> RecordingTalk:
    return RecordingTalk()


def render(session: Session) -> str:
    return json.dumps({"key": session.access_key_id})


@pytest.fixture
def endpoint(source: ScriptedSource, talk: RecordingTalk) -> Iterator[Endpoint]:
    """Give one that serves the profile `dev`, with the session A."""
    clock = HandClock()
    held = obtained(clock, "A")
    source.put(held)
    keeper = Keeper(source, clock=clock, talk=talk, held=held)
    made = Endpoint({"dev": keeper}, token=Secret(TOKEN), render=render, talk=talk, port=0, reading=READING)
    made.start()
    yield made
    made.close()


def ask(endpoint: Endpoint, path: str = "/session/dev", *, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection(ADDRESS, endpoint.port, timeout=10)
    with closing(connection):
        connection.request(method, path, headers={"Authorization": TOKEN, **headers})
        response = connection.getresponse()
        text = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, json.loads(text) if text else {}


def send(endpoint: Endpoint, text: bytes) -> bytes:
    """Send bytes as they are, and return everything that comes back."""
    with socket.create_connection((ADDRESS, endpoint.port), timeout=10) as connection:
        connection.sendall(text)
        received = b""
        try:
            while piece := connection.recv(4096):
                received += piece
        except ConnectionResetError:
            # What was not read when the connection was closed.
            return received
        return received


def test_a_session_is_given_to_whoever_has_the_token(endpoint: Endpoint) -> None:
    status, headers, body = ask(endpoint)

    assert (status, body) == (200, {"key": "A"})
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["connection"] == "close"
    assert headers["server"].strip() == "mfacli"
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/session/dev", {"Authorization": "another"}, 401, "TokenRefused"),
        ("/session/dev", {"Host": "evil.example"}, 403, "HostRefused"),
        ("/session/prod", {}, 404, "ProfileUnknown"),
    ],
)
def test_a_refusal_has_the_words_that_sdks_show(
    endpoint: Endpoint, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    found, answered, body = ask(endpoint, path, **headers)

    assert (found, body["Code"]) == (status, code)
    assert set(body) == {"Code", "Message"}
    assert ("www-authenticate" in answered) == (status == 401)


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get"])
def test_only_get_is_answered(endpoint: Endpoint, method: str) -> None:
    status, headers, _ = ask(endpoint, method=method, Origin="http://evil.example")

    assert (status, headers["allow"]) == (405, "GET")
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    "text",
    [b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/x\r\n\r\n", b"a b c d e\r\n\r\n",
     b"GET /session/dev HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused_without_being_quoted(endpoint: Endpoint, text: bytes) -> None:
    answer = send(endpoint, text)

    assert b'"Code": "RequestMalformed"' in answer
    assert b"x" * 20 not in answer


@pytest.mark.parametrize(
    "text", [b"", b"\r\n\r\n", b"GET /session/dev HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"]
)
def test_what_is_empty_or_too_long_gets_no_answer(endpoint: Endpoint, text: bytes) -> None:
    assert send(endpoint, text) == b""


def test_whoever_sends_a_line_now_and_then_is_cut_off(endpoint: Endpoint) -> None:
    begun = time.monotonic()

    with socket.create_connection((ADDRESS, endpoint.port), timeout=10) as connection:
        try:
            while time.monotonic() - begun < 5:
                connection.sendall(b"X")
                time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            pass

    assert time.monotonic() - begun < 3


def test_the_idle_keep_nobody_out_for_long(endpoint: Endpoint) -> None:
    idle = [socket.create_connection((ADDRESS, endpoint.port), timeout=10) for _ in range(80)]

    time.sleep(READING.total_seconds() * 2)
    status, _, _ = ask(endpoint)
    for connection in idle:
        connection.close()

    assert status == 200


def test_an_answer_comes_within_a_second_whatever_hangs(endpoint: Endpoint, source: ScriptedSource) -> None:
    source.put(None)
    source.gate.clear()
    begun = time.monotonic()

    status, headers, body = ask(endpoint)
    took = time.monotonic() - begun
    source.gate.set()

    # The store hangs, so that what is in memory is all that is known.
    assert (status, body) == (200, {"key": "A"})
    assert "retry-after" not in headers
    assert took < 1


def test_while_a_session_is_being_opened_clients_are_told_to_come_again(
    talk: RecordingTalk, source: ScriptedSource
) -> None:
    clock = HandClock()
    source.next = [obtained(clock, "B")]
    keeper = Keeper(source, clock=clock, talk=talk)
    made = Endpoint({"dev": keeper}, token=Secret(TOKEN), render=render, talk=talk, port=0)
    made.start()
    source.gate.clear()
    begun = time.monotonic()

    status, headers, body = ask(made)
    took = time.monotonic() - begun
    source.gate.set()
    again, _, found = ask(made)
    made.close()

    assert took < 1
    assert (status, body["Code"], headers["retry-after"]) == (503, "SessionBeingOpened", "1")
    assert (again, found) == (200, {"key": "B"})


@pytest.mark.parametrize(
    ("problem", "status", "body"),
    [
        (
            None,
            403,
            {
                "Code": "CodeNeeded",
                "Message": "it takes a code to open a session for `dev`; run `mfacli session -p dev` at a terminal",
            },
        ),
        (CloudUnreachable("no answer from STS"), 503, {"Code": "CloudUnreachable", "Message": "no answer from STS"}),
        (KeysRejected("the key is unknown"), 403, {"Code": "KeysRejected", "Message": "the key is unknown"}),
    ],
)
def test_without_a_session_it_is_said_why(
    talk: RecordingTalk, problem: Exception | None, status: int, body: dict[str, str]
) -> None:
    source = ScriptedSource(next=[problem])
    keeper = Keeper(source, clock=HandClock(), talk=talk)
    made = Endpoint({"dev": keeper}, token=Secret(TOKEN), render=render, talk=talk, port=0)
    made.start()

    found, headers, answer = ask(made)
    made.close()

    assert (found, answer) == (status, body)
    assert ("retry-after" in headers) == (status == 503)


def test_a_port_that_is_taken_is_named(endpoint: Endpoint) -> None:
    with pytest.raises(UsageWrong) as failure:
        Endpoint({}, token=Secret(TOKEN), render=render, talk=RecordingTalk(), port=endpoint.port)

    assert f"{ADDRESS} port {endpoint.port}" in failure.value.message
    assert "--port" in failure.value.hint


def test_one_that_never_started_gives_its_port_back_too() -> None:
    made = Endpoint({}, token=Secret(TOKEN), render=render, talk=RecordingTalk(), port=0)

    made.close()

    with socket.create_server((ADDRESS, made.port)) as taken:
        assert taken.getsockname()[1] == made.port


def test_it_listens_on_loopback_only(endpoint: Endpoint) -> None:
    assert endpoint.url_of("prod admin") == f"http://127.0.0.1:{endpoint.port}/session/prod%20admin"
    assert endpoint._server.socket.getsockname()[0] == "127.0.0.1"


def test_nothing_of_a_request_is_said(endpoint: Endpoint, talk: RecordingTalk) -> None:
    ask(endpoint)
    ask(endpoint, "/session/other")
    ask(endpoint, Authorization="guess")

    assert (talk.notes, talk.warnings, talk.details) == ([], [], ["gave out the session for dev"])


def test_a_bug_is_named_and_nothing_of_it_told(source: ScriptedSource, talk: RecordingTalk) -> None:
    def fail(session: Session) -> str:
        raise KeyError(session.secret_access_key.reveal())

    clock = HandClock()
    keeper = Keeper(source, clock=clock, talk=talk, held=obtained(clock, "A", kept_as=""))
    made = Endpoint({"dev": keeper}, token=Secret(TOKEN), render=fail, talk=talk, port=0)
    made.start()

    with pytest.raises(http.client.RemoteDisconnected):
        ask(made)
    made.close()

    assert talk.warnings == ["a request got no answer: unforeseen error KeyError, a bug in mfacli"]


def test_a_client_that_leaves_early_is_no_bug(endpoint: Endpoint, talk: RecordingTalk) -> None:
    for _ in range(5):
        with socket.create_connection((ADDRESS, endpoint.port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(b"GET /session/dev HTTP/1.1\r\n\r\n")

    assert ask(endpoint)[0] == 200
    assert talk.warnings == []


def test_sessions_are_looked_after_while_nobody_asks(
    talk: RecordingTalk, source: ScriptedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.serving.endpoint._TICK_SECONDS", 0.02)
    clock = HandClock()
    source.next = [obtained(clock, "B", life=timedelta(hours=3))]
    held = obtained(clock, "A")
    clock.wait(timedelta(minutes=50))
    keeper = Keeper(source, clock=clock, talk=talk, held=held)
    made = Endpoint({"dev": keeper}, token=Secret(TOKEN), render=render, talk=talk, port=0)

    made.start()
    end = time.monotonic() + 10
    while not talk.notes and time.monotonic() < end:
        time.sleep(0.01)
    made.close()

    assert source.renewals == 1
    assert [line.startswith("session for dev renewed") for line in talk.notes] == [True]
