"""Tencent Cloud's sign-in for roles: one signed link, made from a role's session without a call.

After "Role-based console login" (598/45529) of the CAM documents: what is signed is fixed but for four values, with
HmacSHA1 or HmacSHA256. How long a link works is not documented, nor whether twice: here for as long as any signature
of the API's (5 minutes), and once.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from mfacli.domain.secret import Secret
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.log import DecisionLog
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.pages import welcome
from mfacli.emulator.signin.visits import (
    NoEntry,
    Reception,
    Visit,
    asked_in,
    holds,
    is_signed,
    needed,
    page_of,
    whole_number,
)
from mfacli.emulator.tencent.callers import Credential, RolePrincipal
from mfacli.emulator.tencent.contracts import Secrets
from mfacli.emulator.tencent.mfa import PRESENT, mfa_keys
from mfacli.emulator.tencent.refusals import Rejected
from mfacli.emulator.tencent.town.roles import Roles

PATH = "/login/roleAccessCallback"
SERVICE = "signin"
_WINDOW = timedelta(minutes=5)
_SMALLEST_NONCE, _LARGEST_NONCE = 10_000, 100_000_000
# The site in China, and the international one. A link is signed for one of them wherever it is sent.
_SIGNED_HOSTS = ("cloud.tencent.com", "www.tencentcloud.com")
_DOMAINS = ("cloud.tencent.com", "tencentcloud.com")
_ALGORITHMS = {"sha1": "sha1", "sha256": "sha256"}

Asked = dict[str, str]


class RoleLogin:
    """The `Door` of Tencent Cloud; `roles` say of themselves whether they may use the console.

    What has been used is remembered as long as it could be used again.
    """

    def __init__(self, directory: Secrets, roles: Roles, *, clock: WorldClock, log: DecisionLog) -> None:
        self._directory = directory
        self._roles = roles
        self._clock = clock
        self._reception = Reception(log, clock, service=SERVICE)
        self._lock = Lock()
        self._used: dict[tuple[str, int, int], datetime] = {}

    def opens_for(self, incoming: Incoming) -> bool:
        """Return whether a request is a role's signing in."""
        return incoming.path == PATH and not is_signed(incoming) and holds(incoming, "secretId")

    def handle(self, incoming: Incoming) -> Answer:
        """Return the page, or why there is none."""
        return self._reception.receive(incoming, partial(self._answer, incoming))

    def _answer(self, incoming: Incoming, visit: Visit) -> Answer:
        visit.operation = "RoleLogin"
        asked = asked_in(incoming)
        destination = page_of(needed(asked, "s_url"), domains=_DOMAINS)
        timestamp, nonce = whole_number(needed(asked, "timestamp")), whole_number(needed(asked, "nonce"))
        if not _SMALLEST_NONCE <= nonce <= _LARGEST_NONCE:
            raise NoEntry("The nonce is 10000 to 100000000.")
        now = incoming.received_at
        if abs(now.timestamp() - timestamp) > _WINDOW.total_seconds():
            raise NoEntry("The link was signed too long ago, or in the future.")
        credential = self._credential(asked)
        _check_signature(incoming.method, asked, credential.secret_key)
        caller = credential.caller
        visit.caller, visit.key_id = caller.principal.qcs, caller.secret_id
        visit.mfa = mfa_keys(caller).get(PRESENT) == "true"
        who = caller.principal
        if not isinstance(who, RolePrincipal) or caller.expires_at is None:
            raise NoEntry("Only the sessions of AssumeRole sign in.")
        role = self._roles.find(who.owner_uin, who.role_id)
        if role is None or not role.has_console:
            raise NoEntry("The role may not use the console: its ConsoleLogin is 0.")
        self._use(caller.secret_id, timestamp, nonce, now)
        return welcome(who=who.qcs, until=caller.expires_at, destination=destination)

    def _credential(self, asked: Asked) -> Credential:
        try:
            return self._directory.credential_for(needed(asked, "secretId"), needed(asked, "token"))
        except Rejected as rejected:
            raise NoEntry(f"The session is not valid: {rejected.kind.value}.") from None

    def _use(self, secret_id: str, timestamp: int, nonce: int, now: datetime) -> None:
        """Remember a link; raises `NoEntry` where it has been used before."""
        link = (secret_id, timestamp, nonce)
        with self._lock:
            # Twice the window: a link may have been signed by a clock that is ahead.
            self._used = {known: until for known, until in self._used.items() if now < until}
            if link in self._used:
                raise NoEntry("The link has been used.")
            self._used[link] = now + 2 * _WINDOW


def _check_signature(method: str, asked: Asked, secret_key: Secret) -> None:
    algorithm = _ALGORITHMS.get(asked.get("algorithm") or "sha1")
    if algorithm is None:
        raise NoEntry("The algorithm is sha1 or sha256.")
    values = {"action": "roleLogin", **{name: asked[name] for name in ("nonce", "secretId", "timestamp")}}
    text = "&".join(f"{name}={value}" for name, value in sorted(values.items()))
    given = needed(asked, "signature").encode()
    key = secret_key.reveal().encode()
    for host in _SIGNED_HOSTS:
        digest = hmac.digest(key, f"{method}{host}{PATH}?{text}".encode(), algorithm)
        if hmac.compare_digest(base64.b64encode(digest), given):
            return
    raise NoEntry("The signature does not match.")
