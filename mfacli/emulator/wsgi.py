"""The emulator as a WSGI application: from the server's environment to a request, from an answer to the wire."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from ipaddress import ip_address

from mfacli.emulator.app import Emulator
from mfacli.emulator.refusals import own_error
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.addresses import address_of
from mfacli.emulator.tencent.wire.recognise import is_tencent, is_tencent_host
from mfacli.emulator.wire.errors import error_answer
from mfacli.emulator.wire.recognise import protocol_of, sketch

# Where the server puts the headers as they were sent, one by one.
SENT_HEADERS = "mfacli.headers"
# The server's own, or between two hops only. (An answer may say who gives it: COS's clients are used to that.)
_NOT_OURS = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "status",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)
_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::[0-9]*)?", re.ASCII)

Environ = dict[str, object]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def application(emulator: Emulator, *, checks_host: bool) -> Application:
    """Return the emulator as a WSGI application for `Server`."""

    def respond(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
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


def _is_for_tencent(incoming: Incoming, *, checks_host: bool) -> bool:
    """Return whether a request is one of Tencent Cloud's, which may come in forms that AWS's clients have not.

    COS's clients name the cloud's own host even where they connect to this machine, or send the whole address as to
    a proxy, and the API's clients may put a scheme before the host. Nobody else's names are taken, as ever.
    """
    name = address_of(incoming).host_name
    is_plain = incoming.target.startswith("/") and is_loopback_host(incoming.header("host"))
    if is_plain or not is_tencent(incoming):
        return False
    return not checks_host or is_loopback_host(name) or is_tencent_host(name)


def _incoming(environ: Environ, now: datetime) -> Incoming:
    stream, sent = environ["wsgi.input"], environ[SENT_HEADERS]
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
    if _is_for_tencent(incoming, checks_host=checks_host):
        return None
    if checks_host and not is_loopback_host(incoming.header("host")):
        text = "The emulator answers only to loopback names, such as 127.0.0.1 and localhost, in the Host header."
        refusal = own_error("AccessDenied", HTTPStatus.FORBIDDEN, text)
    elif not incoming.target.startswith("/"):
        refusal = own_error("InvalidURI", HTTPStatus.BAD_REQUEST, "Couldn't parse the specified URI.")
    else:
        return None
    service = sketch(incoming).service
    return error_answer(refusal, incoming, service=service, protocol=protocol_of(incoming, service))


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
