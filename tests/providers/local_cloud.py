"""A tiny STS and IAM of either cloud on loopback: answers what a test tells it to, remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from tests.doubles import NOON

STS = "https://sts.amazonaws.com/doc/2011-06-15/"
IAM = "https://iam.amazonaws.com/doc/2010-05-08/"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it arrived; `parameters` is the form in its body, which is JSON for one of the clouds."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    parameters: Mapping[str, str]

    @property
    def document(self) -> object:
        """The JSON in its body."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; `date` None leaves the Date header out, `before` runs when the request has arrived."""

    status: int = 200
    body: str = ""
    date: datetime | str | None = NOON
    headers: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    hangs_up: bool = False
    hangs: timedelta = timedelta()


class LocalCloud:
    """Serves the given replies in order, the last of them for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[Asked] = []
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                cloud.handle(self)

            do_GET = do_PUT = do_CONNECT = do_POST  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def address(self) -> str:
        return self.url.removeprefix("http://")

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def handle(self, connection: BaseHTTPRequestHandler) -> None:
        body = connection.rfile.read(int(connection.headers.get("Content-Length", 0)))
        form = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        self.asked.append(
            Asked(
                method=connection.command,
                path=connection.path,
                headers={name.lower(): value for name, value in connection.headers.items()},
                body=body,
                parameters={name: values[0] for name, values in form.items()},
            )
        )
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        reply.before()
        # Not `sleep`, which the tests of back-off take away.
        threading.Event().wait(reply.hangs.total_seconds())
        connection.close_connection = True
        if reply.hangs_up:
            return
        # Who was kept waiting too long may have left.
        with suppress(ConnectionError):
            self._answer(connection, reply)

    def _answer(self, connection: BaseHTTPRequestHandler, reply: Reply) -> None:
        content = reply.body.encode()
        connection.send_response_only(reply.status)
        if isinstance(reply.date, datetime):
            connection.send_header("Date", format_datetime(reply.date, usegmt=True))
        elif reply.date is not None:
            connection.send_header("Date", reply.date)
        for name, value in {"Content-Length": str(len(content)), **reply.headers}.items():
            connection.send_header(name, value)
        connection.end_headers()
        connection.wfile.write(content)


def credentials_xml(expires: str = "2026-11-22T00:00:00Z") -> str:
    return f"""<Credentials>
        <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
        <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
        <SessionToken>AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT</SessionToken>
        <Expiration>{expires}</Expiration>
    </Credentials>"""


def success(operation: str, result: str, *, namespace: str = STS) -> str:
    return f"""<{operation}Response xmlns="{namespace}"><{operation}Result>{result}</{operation}Result>
        <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
        </{operation}Response>"""


def refusal(code: str, message: str, *, namespace: str = STS) -> str:
    return f"""<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{message}</Message></Error><RequestId>c6104cbe</RequestId></ErrorResponse>"""


SESSION = Reply(body=success("GetSessionToken", credentials_xml()))
ROLE = Reply(
    body=success(
        "AssumeRole",
        credentials_xml("2026-11-21T13:00:00Z")
        + """<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:richard</AssumedRoleId>
        <Arn>arn:aws:sts::444455556666:assumed-role/CrossAccountRole/richard</Arn></AssumedRoleUser>
        <PackedPolicySize>6</PackedPolicySize>""",
    )
)
IDENTITY = Reply(
    body=success(
        "GetCallerIdentity",
        "<Arn>arn:aws:iam::111122223333:user/richard</Arn><UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>",
    )
)


def tencent(response: Mapping[str, object], *, content_type: str = "application/json") -> Reply:
    """Return an answer of Tencent Cloud's, whose status is always 200."""
    body = json.dumps({"Response": {**response, "RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}})
    return Reply(body=body, headers={"Content-Type": content_type})


def tencent_refusal(code: str, message: str = "no") -> Reply:
    return tencent({"Error": {"Code": code, "Message": message}})


TENCENT_SESSION = tencent(
    {
        "Credentials": {
            "Token": "qcloud-session-token-EXAMPLE",
            "TmpSecretId": "AKIDtemporary-EXAMPLE",
            "TmpSecretKey": "temporary-secret-key-EXAMPLE",
        },
        "ExpiredTime": 1795269600,
        "Expiration": "2026-11-21T14:00:00Z",
    }
)


def tencent_caller(user_id: str = "100000000002", *, owner: str = "100000000001", kind: str = "CAMUser") -> Reply:
    arn = f"qcs::cam:{owner}:uin/{user_id}" if user_id.isdecimal() else f"qcs::sts:{owner}:assumed-role/4611"
    return tencent(
        {"Arn": arn, "AccountId": owner, "UserId": user_id, "PrincipalId": user_id.partition(":")[0], "Type": kind}
    )
