"""The emulator on a socket: waitress, kept to loopback, handing on each request exactly as it was sent."""

from __future__ import annotations

import logging
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Event, Lock, Thread
from types import FrameType

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, get_header_lines
from waitress.server import create_server
from waitress.task import WSGITask

from mfacli.emulator.app import Emulator
from mfacli.emulator.wsgi import SENT_HEADERS, Environ, application
from mfacli.errors import EmulatorProblem

LARGEST_BODY = 256 * 1024 * 1024
THREADS = 8
_HIGHEST_PORT = 65535
_USER_METADATA = ("x-amz-meta-", "x-cos-meta-")
_SMALL_NAME = re.compile(rb"^x-(?:amz-meta|cos)-[^:]*:", re.IGNORECASE | re.MULTILINE)
_ETAG = re.compile(rb"^Etag:", re.MULTILINE)


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

    def get_environment(self) -> Environ:
        """Return the WSGI environment with the headers as they were sent."""
        environ: Environ = super().get_environment()
        environ[SENT_HEADERS] = self.request.sent
        return environ

    def build_response_header(self) -> bytes:
        """Return the head of the answer with names as the clouds write them.

        Waitress writes them in capitals: metadata's are part of what is kept, and COS's SDK gives its callers a
        dictionary in which case matters.
        """
        head: bytes = super().build_response_header()
        return _ETAG.sub(b"ETag:", _SMALL_NAME.sub(lambda name: name[0].lower(), head))


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


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("latin-1").lower(), value.strip(b" \t").decode("latin-1")


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
