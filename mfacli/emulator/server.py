"""The emulator on a socket: waitress, kept to loopback, handing on each request exactly as it was sent."""

from __future__ import annotations

import logging
import re
import signal
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from ipaddress import ip_address
from threading import Event, Lock, Thread
from types import FrameType

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, get_header_lines
from waitress.server import create_server
from waitress.task import WSGITask

from mfacli.emulator.app import Emulator
from mfacli.emulator.refusals import own_error
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.wire.errors import error_answer
from mfacli.emulator.wire.recognise import protocol_of, sketch
from mfacli.errors import EmulatorProblem

LARGEST_BODY = 256 * 1024 * 1024
THREADS = 8
_HIGHEST_PORT = 65535
_HEADERS = "mfacli.headers"
_USER_METADATA = "x-amz-meta-"
# The server's own, or between two hops only.
_NOT_OURS = frozenset({"connection", "content-length", "date", "keep-alive", "server", "status", "transfer-encoding"})

_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::[0-9]*)?", re.ASCII)

_Environ = dict[str, object]
_StartResponse = Callable[[str, list[tuple[str, str]]], object]
_Application = Callable[[_Environ, _StartResponse], Iterable[bytes]]


class _RawParser(HTTPRequestParser):  # type: ignore[misc]  # waitress publishes no types
    """Keeps the headers one by one: waitress joins repeats and drops names with underscores, which clients sign."""

    sent: tuple[tuple[str, str], ...] = ()

    def parse_header(self, header_plus: bytes) -> None:
        """Parse, and remember what was sent."""
        super().parse_header(header_plus)
        _, _, lines = header_plus.partition(b"\r\n")
        pairs = (_header(line) for line in get_header_lines(lines))
        # Elsewhere an underscore would be folded into a dash, and stand for a header that was checked.
        self.sent = tuple(pair for pair in pairs if "_" not in pair[0] or pair[0].startswith(_USER_METADATA))


class _RawTask(WSGITask):  # type: ignore[misc]  # as above
    """Hands the headers on to the application."""

    def get_environment(self) -> _Environ:
        """Return the WSGI environment with the headers as they were sent."""
        environ: _Environ = super().get_environment()
        environ[_HEADERS] = self.request.sent
        return environ


class _RawChannel(HTTPChannel):  # type: ignore[misc]  # as above
    parser_class = _RawParser
    task_class = _RawTask


class Server:
    """An emulator listening on one address. Made, it listens; `run` answers until `stop` is called anywhere."""

    def __init__(self, emulator: Emulator, *, host: str, port: int, exposed_to_network: bool = False) -> None:
        listener = _listener(host, port, exposed_to_network=exposed_to_network)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._channels: dict[int, object] = {}
        self._server = create_server(
            application(emulator, checks_host=not exposed_to_network),
            map=self._channels,
            sockets=[listener],
            threads=THREADS,
            ident="mfacli-emulator",
            max_request_body_size=LARGEST_BODY,
            connection_limit=1000,
            asyncore_use_poll=True,
        )
        self._server.channel_class = _RawChannel
        self._lock = Lock()
        self._is_closed = False
        self._stopping = Event()
        address, bound_port, *_ = listener.getsockname()
        self.url = f"http://[{address}]:{bound_port}" if ":" in address else f"http://{address}:{bound_port}"

    def run(self) -> None:
        """Answer requests until told to stop."""
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1, use_poll=True, map=self._channels, count=1)
        finally:
            self.close()

    def stop(self) -> None:
        """Make `run` return; may be called from any thread, and more than once."""
        with self._lock:
            self._stopping.set()
            if not self._is_closed:
                self._server.pull_trigger()

    def close(self) -> None:
        """Let the requests that are being answered end, and give the address back."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._channels)


def serve(
    emulator: Emulator,
    *,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    exposed_to_network: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT; from the main thread only.

    `port` 0 takes a free one. `on_ready` is told the address once it can be connected to. An address that other
    machines can reach is refused unless `exposed_to_network`, which also ends the check of the Host header. Raises
    `EmulatorProblem` where it cannot listen.
    """
    server = Server(emulator, host=host, port=port, exposed_to_network=exposed_to_network)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # A thread of its own: the signal may have interrupted the very code that `stop` would wait for.
        Thread(target=server.stop).start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        on_ready(server.url)
        server.run()
    finally:
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(emulator: Emulator, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread for the length of a `with`, and give the address."""
    server = Server(emulator, host=host, port=port)
    thread = Thread(target=server.run, name="emulator")
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()


def application(emulator: Emulator, *, checks_host: bool) -> _Application:
    """Return the emulator as a WSGI application for `Server`."""

    def respond(environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
        now = emulator.clock.wire_now()
        incoming = _incoming(environ, now)
        trouble = _trouble(incoming, checks_host=checks_host)
        answer = trouble or emulator.handle(incoming)
        headers = [
            *((name, _one_line(value)) for name, value in answer.headers if name.lower() not in _NOT_OURS),
            ("Content-Length", _length(answer, incoming.method)),
            ("Date", format_datetime(now, usegmt=True)),
        ]
        start_response(_status_line(answer.status), headers)
        has_body = incoming.method != "HEAD" and answer.status not in (204, 304)
        return [answer.body] if has_body else []

    return respond


def is_loopback_host(header: str | None) -> bool:
    """Return whether a Host header names this machine's loopback, with or without a port."""
    found = _HOST.fullmatch((header or "").strip().lower())
    if found is None:
        return False
    if found["name"] in ("localhost", "localhost."):
        return True
    try:
        return ip_address(found["ipv6"] or found["name"]).is_loopback
    except ValueError:
        return False


def _incoming(environ: _Environ, now: datetime) -> Incoming:
    stream, sent = environ["wsgi.input"], environ[_HEADERS]
    headers = sent if isinstance(sent, tuple) else ()
    body: bytes = stream.read() if hasattr(stream, "read") else b""
    return Incoming(
        method=str(environ["REQUEST_METHOD"]),
        target=str(environ["REQUEST_URI"]),
        headers=headers,
        body=body,
        received_at=now,
        request_id=str(uuid.uuid4()),
        source_ip=str(environ["REMOTE_ADDR"]),
    )


def _trouble(incoming: Incoming, *, checks_host: bool) -> Answer | None:
    """Return the answer to a request that is not for this server at all: a web page that points its name here."""
    if checks_host and not is_loopback_host(incoming.header("host")):
        text = "The emulator answers only to loopback names, such as 127.0.0.1 and localhost, in the Host header."
        refusal = own_error("AccessDenied", HTTPStatus.FORBIDDEN, text)
    elif not incoming.target.startswith("/"):
        refusal = own_error("InvalidURI", HTTPStatus.BAD_REQUEST, "Couldn't parse the specified URI.")
    else:
        return None
    service = sketch(incoming).service
    return error_answer(refusal, incoming, service=service, protocol=protocol_of(incoming, service))


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("latin-1").lower(), value.strip(b" \t").decode("latin-1")


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _length(answer: Answer, method: str) -> str:
    told = next((value for name, value in answer.headers if name.lower() == "content-length"), None)
    return told if method == "HEAD" and told is not None else str(len(answer.body))


def _one_line(value: str) -> str:
    return " ".join(value.splitlines()).encode("latin-1", "replace").decode("latin-1")


def _listener(host: str, port: int, *, exposed_to_network: bool) -> socket.socket:
    family, address = _resolved(host, port)
    if not exposed_to_network and not ip_address(str(address[0]).partition("%")[0]).is_loopback:
        raise EmulatorProblem(
            f"`{host}` can be reached from other machines",
            hint="anybody there could use its keys: listen on 127.0.0.1",
        )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise EmulatorProblem(
            f"cannot listen on `{host}` port `{port}`: {error.strerror}", hint="`--port 0` takes a free one"
        ) from error
    return listener


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    # The resolver itself takes a port modulo 65536.
    if 0 <= port <= _HIGHEST_PORT:
        with suppress(OSError, UnicodeError):
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            return family, address
    raise EmulatorProblem(f"`{host}` port `{port}` is no address to listen on")
