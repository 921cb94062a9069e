"""The emulator on a socket: what reaches it, as what, and how it begins and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest

from mfacli.emulator import server
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.server import Server, running, serve
from mfacli.emulator.wsgi import is_loopback_host
from mfacli.errors import EmulatorProblem
from tests.emulator.stand_ins import Front, front


class Recorder:
    """A control part that keeps what it was asked, and answers with `answer`."""

    def __init__(self) -> None:
        self.seen: list[Incoming] = []
        self.answer = Answer(status=200, headers=(("content-type", "text/plain"),), body=b"content")

    def __call__(self, incoming: Incoming) -> Answer:
        self.seen.append(incoming)
        return self.answer


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def parts(recorder: Recorder) -> Front:
    return front(control=recorder)


@pytest.fixture
def address(parts: Front) -> Iterator[tuple[str, int]]:
    with running(parts.emulator) as url:
        host, _, port = url.removeprefix("http://").rpartition(":")
        yield host, int(port)


def _raw(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes and return all that comes back until the other side hangs up."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _request(
    target: bytes = b"/_mfacli/x",
    *,
    method: bytes = b"GET",
    headers: bytes = b"",
    body: bytes = b"",
    host: bytes = b"localhost",
) -> bytes:
    return (
        method
        + b" "
        + target
        + b" HTTP/1.1\r\nHost: "
        + host
        + b"\r\nConnection: close\r\n"
        + headers
        + b"\r\n"
        + body
    )


def test_target_headers_and_body_come_exactly_as_sent(address: tuple[str, int], recorder: Recorder) -> None:
    headers = b"X-Twice: one\r\nX-Twice:  two , three \r\nx-amz-meta-My_Key: \xe9\r\nContent-Length: 5\r\n"

    _raw(address, _request(b"/_mfacli//a/../b%2Fc?d=+&&e=%zz", method=b"PUT", headers=headers, body=b"\x00\xffabc"))

    (incoming,) = recorder.seen
    assert (incoming.method, incoming.target) == ("PUT", "/_mfacli//a/../b%2Fc?d=+&&e=%zz")
    assert [value for name, value in incoming.headers if name == "x-twice"] == ["one", "two , three"]
    assert incoming.header("x-amz-meta-my_key") == "\xe9"
    assert (incoming.body, incoming.source_ip) == (b"\x00\xffabc", "127.0.0.1")


def test_a_name_with_an_underscore_cannot_stand_for_another(address: tuple[str, int], recorder: Recorder) -> None:
    _raw(address, _request(headers=b"x_moto_account_id: 1\r\nx_amz-copy-source: a\r\n"))

    assert [name for name, _ in recorder.seen[0].headers] == ["host", "connection"]


def test_a_chunked_body_is_put_together(address: tuple[str, int], recorder: Recorder) -> None:
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    _raw(address, _request(method=b"PUT", headers=b"Transfer-Encoding: chunked\r\n", body=body))

    assert recorder.seen[0].body == b"abcde"


def test_a_client_that_waits_to_continue_is_told_to(address: tuple[str, int], recorder: Recorder) -> None:
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(_request(method=b"PUT", headers=b"Expect: 100-continue\r\nContent-Length: 2\r\n"))
        told = connection.recv(1024)
        connection.sendall(b"ok")
        answered = b"".join(iter(lambda: connection.recv(65536), b""))

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answered.startswith(b"HTTP/1.1 200 OK\r\n")
    assert recorder.seen[0].body == b"ok"


def test_an_answer_has_its_length_the_wires_date_and_our_name(
    address: tuple[str, int], recorder: Recorder, parts: Front
) -> None:
    parts.clock.set_skew(timedelta(days=3650))
    recorder.answer = Answer(
        status=207,
        headers=(
            ("X-One", "a\r\nEvil: b"),
            ("Date", "d"),
            ("Connection", "c"),
            ("content-length", "9"),
        ),
        body=b"content",
    )

    head, _, body = _raw(address, _request()).partition(b"\r\n\r\n")

    lines = head.split(b"\r\n")
    year = f"{parts.clock.wire_now():%Y}".encode()
    assert lines[0] == b"HTTP/1.1 207 Multi-Status"
    assert (b"X-One: a Evil: b" in lines, b"Content-Length: 7" in lines) == (True, True)
    assert [line for line in lines if line.startswith(b"Server")] == [b"Server: mfacli-emulator"]
    assert [year in line for line in lines if line.startswith(b"Date")] == [True]
    assert body == b"content"


def test_an_answer_may_name_its_server_and_its_headers_as_coss_do(
    address: tuple[str, int], recorder: Recorder
) -> None:
    recorder.answer = Answer(
        status=200, headers=(("server", "tencent-cos"), ("x-cos-hash", "b"), ("etag", "c")), body=b""
    )

    lines = _raw(address, _request()).partition(b"\r\n\r\n")[0].split(b"\r\n")

    assert [line for line in lines if line.startswith(b"Server")] == [b"Server: tencent-cos"]
    assert {b"x-cos-hash: b", b"ETag: c"} <= set(lines)


@pytest.mark.parametrize("status", [200, 404])
def test_head_is_answered_with_the_length_and_without_the_body(
    status: int, address: tuple[str, int], recorder: Recorder
) -> None:
    recorder.answer = Answer(status=status, headers=(("Content-Length", "1000"),), body=b"content")

    answered = _raw(address, _request(method=b"HEAD"))

    assert b"Content-Length: 1000\r\n" in answered
    assert answered.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_answers_that_may_have_no_body_have_none(status: int, address: tuple[str, int], recorder: Recorder) -> None:
    recorder.answer = Answer(status=status, headers=(), body=b"")

    answered = _raw(address, _request())

    assert answered.startswith(f"HTTP/1.1 {status} ".encode())
    assert answered.endswith(b"\r\n\r\n")


def test_a_status_without_a_name_is_sent_all_the_same(address: tuple[str, int], recorder: Recorder) -> None:
    recorder.answer = Answer(status=499, headers=(), body=b"")

    assert _raw(address, _request()).startswith(b"HTTP/1.1 499 Unknown\r\n")


def test_a_value_that_latin_1_cannot_hold_is_sent_all_the_same(address: tuple[str, int], recorder: Recorder) -> None:
    recorder.answer = Answer(status=200, headers=(("X-One", "日"),), body=b"")

    assert b"X-One: ?\r\n" in _raw(address, _request())


@pytest.mark.parametrize(
    "host", [b"evil.example", b"evil.example:80", b"10.0.0.1", b"localhost.evil.example", b"[::2]:1", b""]
)
def test_another_name_in_the_host_header_is_refused(
    host: bytes, address: tuple[str, int], recorder: Recorder
) -> None:
    answered = _raw(address, _request(host=host))

    assert answered.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"loopback" in answered
    assert not recorder.seen


def test_a_missing_host_header_is_refused(address: tuple[str, int], recorder: Recorder) -> None:
    answered = _raw(address, b"GET /_mfacli/x HTTP/1.0\r\n\r\n")

    assert b" 403 " in answered.splitlines()[0]
    assert not recorder.seen


@pytest.mark.parametrize(
    "header",
    ["localhost", "LOCALHOST:80", "localhost.", "127.0.0.1", "127.0.0.1:5000", "127.9.9.9", "[::1]", "[::1]:5000"],
)
def test_loopback_names_are_known(header: str) -> None:
    assert is_loopback_host(header)


@pytest.mark.parametrize(
    "header", [None, "", ":80", "localhost.evil.example", "0.0.0.0", "[::]", "::1", "127.1", "[::1"]
)
def test_other_names_are_not(header: str | None) -> None:
    assert not is_loopback_host(header)


@pytest.mark.parametrize("target", [b"http://localhost/_mfacli/x", b"*", b"_mfacli"])
def test_a_target_that_is_no_path_is_refused(target: bytes, address: tuple[str, int], recorder: Recorder) -> None:
    answered = _raw(address, _request(target))

    assert answered.startswith(b"HTTP/1.1 400 ")
    assert not recorder.seen


def test_a_body_over_the_limit_is_refused_before_it_is_sent(
    recorder: Recorder, parts: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LARGEST_BODY", 1000)

    with running(parts.emulator) as url:
        host, _, port = url.removeprefix("http://").rpartition(":")
        answered = _raw((host, int(port)), _request(method=b"PUT", headers=b"Content-Length: 1001\r\n"))

    assert answered.startswith(b"HTTP/1.1 413 ")
    assert not recorder.seen


@pytest.mark.parametrize(
    "data", [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"\x16\x03\x01"]
)
def test_what_is_not_http_does_no_harm(data: bytes, address: tuple[str, int], recorder: Recorder) -> None:
    _raw(address, data)

    assert _raw(address, _request()).startswith(b"HTTP/1.1 200 OK\r\n")


def test_many_are_answered_at_once(address: tuple[str, int], recorder: Recorder) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: _raw(address, _request()), range(200)))

    assert all(answer.endswith(b"content") for answer in answers)
    assert len({incoming.request_id for incoming in recorder.seen}) == 200


def test_the_address_is_given_back(parts: Front) -> None:
    with running(parts.emulator) as url:
        port = int(url.rpartition(":")[2])

    with running(parts.emulator, port=port) as again:
        assert again == url


def test_it_listens_on_ipv6_too(parts: Front) -> None:
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")

    with running(parts.emulator, host="::1") as url, urllib.request.urlopen(f"{url}/_mfacli", timeout=10) as response:
        assert (url.startswith("http://[::1]:"), response.status) == (True, 200)


def test_stopping_twice_and_after_the_end_is_fine(parts: Front) -> None:
    listening = Server(parts.emulator, host="127.0.0.1", port=0)
    thread = threading.Thread(target=listening.run)
    thread.start()

    listening.stop()
    listening.stop()
    thread.join(10)
    listening.stop()
    listening.close()

    assert not thread.is_alive()


def test_a_request_under_way_is_answered_before_the_end(parts: Front, recorder: Recorder) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(incoming: Incoming) -> Answer:
        entered.set()
        leave.wait(10)
        return recorder.answer

    with ThreadPoolExecutor(1) as pool:
        with running(front(control=slow).emulator) as url:
            host, _, port = url.removeprefix("http://").rpartition(":")
            answer = pool.submit(_raw, (host, int(port)), _request())
            entered.wait(10)
            threading.Timer(0.2, leave.set).start()
        answered = answer.result(10)

    assert answered.endswith(b"content")


def test_a_taken_port_is_told(parts: Front) -> None:
    with running(parts.emulator) as url, pytest.raises(EmulatorProblem, match="cannot listen on") as caught:
        Server(parts.emulator, host="127.0.0.1", port=int(url.rpartition(":")[2]))

    assert "--port 0" in caught.value.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_an_address_that_others_reach_is_refused_unless_asked_for(host: str, parts: Front) -> None:
    with pytest.raises(EmulatorProblem, match="can be reached from other machines"):
        Server(parts.emulator, host=host, port=0)


@pytest.mark.parametrize(
    ("host", "port"), [("no such host", 0), ("127.0.0.1", 99999), ("127.0.0.1", -1), ("a" * 300, 0)]
)
def test_what_is_no_address_is_told(host: str, port: int, parts: Front) -> None:
    with pytest.raises(EmulatorProblem, match="is no address to listen on"):
        Server(parts.emulator, host=host, port=port)


def test_exposed_it_answers_to_any_name(parts: Front) -> None:
    listening = Server(parts.emulator, host="0.0.0.0", port=0, exposed_to_network=True)
    thread = threading.Thread(target=listening.run)
    thread.start()

    answered = _raw(("127.0.0.1", int(listening.url.rpartition(":")[2])), _request(host=b"emulator.example"))

    listening.stop()
    thread.join(10)
    assert answered.startswith(b"HTTP/1.1 200 OK\r\n")


PROGRAM = """
import sys
from mfacli.emulator.server import serve
from tests.emulator.stand_ins import front
serve(front().emulator, host="127.0.0.1", port=0, on_ready=lambda url: print(url, flush=True))
print("ended")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "error"}

    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=root,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/_mfacli/x", timeout=10) as response:
            answered = response.read()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)

    assert answered == b"/_mfacli/x"
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_serving_gives_the_signals_back_even_where_the_start_goes_wrong(parts: Front) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    def broken(url: str) -> None:
        raise BrokenPipeError(url)

    with pytest.raises(BrokenPipeError):
        serve(parts.emulator, host="127.0.0.1", port=0, on_ready=broken)

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_web_page_gets_no_leave_to_read(address: tuple[str, int]) -> None:
    host, port = address
    request = urllib.request.Request(f"http://{host}:{port}/bucket", headers={"Origin": "http://evil.example"})

    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            headers = response.headers
    except HTTPError as error:
        with error:
            headers = error.headers

    assert not [name for name in headers if name.lower().startswith("access-control")]
