"""A request as it came over the wire, before anything is believed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One HTTP request.

    `target` is the request target exactly as sent (path, `?`, query), undecoded: signatures are over these bytes.
    `headers` keep their order; names are lower-case. `body` is de-chunked of HTTP's chunking but not of S3's
    aws-chunked. `received_at` is the emulator's wire time (what its Date header says). `source_ip` is the peer's.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    received_at: datetime
    request_id: str
    source_ip: str = "127.0.0.1"

    @property
    def path(self) -> str:
        """The target's path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target's query, still encoded."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Return the header called `name` (lower-case), repeats joined by a comma; None if it was not sent."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP response; the server adds Date, Server (where it names none) and the request id."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
