"""A server on loopback that answers every call with little, and remembers what it was asked with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

# What both kinds of client are content with: the one reads it, the other has no use for it.
_API = json.dumps({"Response": {"TotalCount": 0, "InstanceSet": [], "RequestId": "r"}}).encode()
_STORAGE = (
    b"<?xml version='1.0' encoding='utf-8' ?><ListBucketResult><Name>b-1250000000</Name>"
    b"<IsTruncated>false</IsTruncated></ListBucketResult>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Where the server listens, and what each request had: headers, and the fields of a form, in lower case."""

    address: str
    requests: list[dict[str, str]]


@contextmanager
def recording() -> Iterator[Recorder]:
    """Run the server for the length of a `with`."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(_API, "application/json")

        def do_GET(self) -> None:
            self._answer(_STORAGE, "application/xml")

        def do_HEAD(self) -> None:
            self._answer(b"", "application/xml")

        def _answer(self, content: bytes, kind: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields = (*self.headers.items(), *parse_qsl(body))
            requests.append({name.lower(): value for name, value in fields})
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-cos-request-id", "r")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Recorder(address=f"http://127.0.0.1:{server.server_address[1]}", requests=requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
