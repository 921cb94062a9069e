"""The endpoint that AWS SDKs take container credentials from: on loopback, for whoever has the token.

It is the standard library's server, with limits: a request is one head of a few lines, read in two seconds or not at
all, and one connection is one request. Nothing is read after the head, and nothing is answered from a file.
"""

from __future__ import annotations

import io
import json
import os
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import cast

from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.errors import CloudUnreachable, InputNotAllowed, UsageWrong
from mfacli.interfaces import Talk
from mfacli.serving.keeper import Keeper, sentence
from mfacli.serving.requests import Asked, Refusal, judge, path_of

ADDRESS = "127.0.0.1"
# The JavaScript SDK gives up after one second, botocore after two; the rest is for the way there and back.
_PATIENCE = timedelta(seconds=0.6)
_READING = timedelta(seconds=2)
_LONGEST_HEAD = 16 * 1024
_MOST_CONNECTIONS = 64
# How often sessions are looked at that may have to be renewed.
_TICK_SECONDS = 5.0
# How long the end may take at most.
_STOP_SECONDS = 0.2


class Endpoint:
    """Gives out the sessions of `keepers`. Made, it listens; `start` begins to answer, `close` ends it.

    `render` turns a session into the body of an answer, and a request must be there within `reading`. Raises
    `UsageWrong` where `port` cannot be had.
    """

    def __init__(
        self,
        keepers: Mapping[str, Keeper],
        *,
        token: Secret,
        render: Callable[[Session], str],
        talk: Talk,
        port: int,
        reading: timedelta = _READING,
    ) -> None:
        self._keepers = keepers
        self._token = token
        self._render = render
        self._talk = talk
        self._stopping = threading.Event()
        self._answering: threading.Thread | None = None
        try:
            self._server = _Server((ADDRESS, port), self, reading=reading)
        except OSError as problem:
            raise UsageWrong(
                f"cannot listen on {ADDRESS} port {port}: {problem.strerror}",
                hint="name another with --port; without it any free one is taken",
            ) from problem
        self.port: int = self._server.server_address[1]

    def url_of(self, profile: str) -> str:
        """Return where the session of a profile is given out."""
        return f"http://{ADDRESS}:{self.port}{path_of(profile)}"

    def start(self) -> None:
        """Answer requests, and renew sessions ahead, in threads of their own."""
        self._answering = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_SECONDS,), name="endpoint", daemon=True
        )
        self._answering.start()
        threading.Thread(target=self._renew_ahead, name="renew ahead", daemon=True).start()

    def close(self) -> None:
        """Give the port back; requests that are being answered are left to themselves."""
        self._stopping.set()
        if self._answering is not None:
            self._server.shutdown()
            self._answering.join()
        self._server.server_close()

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        """Return the status and the body of the answer to a request."""
        found = judge(asked, port=self.port, token=self._token, profiles=self._keepers)
        if isinstance(found, Refusal):
            return refused(found)
        session = self._keepers[found].session(patience=_PATIENCE)
        if session is not None:
            self._talk.detail(f"gave out the session for {found}")
            return 200, self._render(session).encode()
        refusal = _no_session(self._keepers[found])
        self._talk.detail(f"no session for {found}: {refusal.code}")
        return refused(refusal)

    def say_unforeseen(self, bug: BaseException) -> None:
        """Say that a request got no answer; what is in `bug` may hold a secret, its name does not."""
        self._talk.warn(f"a request got no answer: unforeseen error {type(bug).__qualname__}, a bug in mfacli")

    def _renew_ahead(self) -> None:
        while not self._stopping.wait(_TICK_SECONDS):
            for keeper in self._keepers.values():
                keeper.renew_ahead()


def refused(refusal: Refusal) -> tuple[int, bytes]:
    """Return the answer that a refusal makes, in the words that SDKs look for."""
    return refusal.status, json.dumps({"Code": refusal.code, "Message": refusal.message}).encode()


def _no_session(keeper: Keeper) -> Refusal:
    """Return why there is none: 503 where it is worth asking again, which SDKs do by themselves, else 403."""
    if keeper.is_renewing:
        message = f"a session for `{keeper.profile}` is being opened: ask again in a moment"
        return Refusal(status=503, code="SessionBeingOpened", message=message)
    problem = keeper.problem
    if isinstance(problem, CloudUnreachable):
        return Refusal(status=503, code="CloudUnreachable", message=sentence(problem))
    code = "CodeNeeded" if isinstance(problem, InputNotAllowed) else type(problem).__name__
    return Refusal(status=403, code=code, message=sentence(problem))


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    # Where it lets a second program listen beside the first (Windows), it must not.
    allow_reuse_address = os.name == "posix"
    request_queue_size = _MOST_CONNECTIONS

    def __init__(self, address: tuple[str, int], endpoint: Endpoint, *, reading: timedelta) -> None:
        self.endpoint = endpoint
        self.reading = reading
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        # The default prints a traceback between somebody else's lines, also where a client has only left.
        problem = sys.exc_info()[1]
        if problem is not None and not isinstance(problem, OSError):
            self.endpoint.say_unforeseen(problem)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "mfacli"
    sys_version = ""

    def handle(self) -> None:
        head = _read_head(self.connection, within=cast("_Server", self.server).reading)
        if head is not None:
            self.close_connection = True
            self.rfile = io.BufferedReader(io.BytesIO(head))
            self.handle_one_request()

    def do_GET(self) -> None:
        asked = Asked(
            target=self.path,
            hosts=self.headers.get_all("Host", []),
            authorizations=self.headers.get_all("Authorization", []),
        )
        self._send(*cast("_Server", self.server).endpoint.answer(asked))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        # The default quotes the request in a page of HTML. 501 is its word for any method but ours.
        is_method = code == 501
        refusal = Refusal(
            status=405 if is_method else code,
            code="MethodRefused" if is_method else "RequestMalformed",
            message="only GET is answered" if is_method else "this is no request that can be read",
        )
        self._send(*refused(refusal))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }
        extra = {401: {"WWW-Authenticate": "mfacli"}, 405: {"Allow": "GET"}, 503: {"Retry-After": "1"}}
        for name, value in (headers | extra.get(status, {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name for it
        # What strangers send is not to be written anywhere.
        return


def _read_head(connection: socket.socket, *, within: timedelta) -> bytes | None:
    """Return a request's head; None where it does not come whole, short and in time."""
    end = time.monotonic() + within.total_seconds()
    head = b""
    try:
        while b"\r\n\r\n" not in head and b"\n\n" not in head:
            connection.settimeout(max(0.001, end - time.monotonic()))
            piece = connection.recv(4096)
            head += piece
            if not piece or len(head) > _LONGEST_HEAD or time.monotonic() > end:
                return None
        connection.settimeout(within.total_seconds())
    except OSError:
        return None
    return head
