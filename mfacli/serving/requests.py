"""May this request have a session, and whose? Decided from its words alone.

Who opens a page in a browser must not get at a session by it: the Host header keeps out names that somebody else has
pointed at this machine (DNS rebinding), and nothing here ever allows another origin.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from mfacli.domain.secret import Secret

PREFIX = "/session/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A GET request: its target as it was sent, and every value of the two headers that matter."""

    target: str
    hosts: Sequence[str]
    authorizations: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why no session is given. `code` and `message` are what SDKs show."""

    status: int
    code: str
    message: str


def path_of(profile: str) -> str:
    """Return the path of a profile's session."""
    return PREFIX + quote(profile, safe="")


def judge(asked: Asked, *, port: int, token: Secret, profiles: Collection[str]) -> str | Refusal:
    """Return the profile whose session is asked for, or why there will be none.

    Whoever has no token learns nothing else.
    """
    if len(asked.hosts) != 1 or asked.hosts[0].lower() not in _own_hosts(port):
        return Refusal(status=403, code="HostRefused", message="the Host header names another machine")
    if len(asked.authorizations) != 1 or not _is_token(asked.authorizations[0], token):
        return Refusal(
            status=401,
            code="TokenRefused",
            message="the Authorization header is not the token of this endpoint, which changes with every start",
        )
    path = asked.target.partition("?")[0]
    profile = unquote(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else ""
    if profile not in profiles:
        return Refusal(status=404, code="ProfileUnknown", message="no session is served at this path")
    return profile


def _own_hosts(port: int) -> tuple[str, ...]:
    return (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}")


def _is_token(given: str, token: Secret) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.reveal().encode())
