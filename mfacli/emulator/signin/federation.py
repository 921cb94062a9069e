"""AWS' federation endpoint: a session's keys become a sign-in token, and the token signs a browser in.

After "Enable custom identity broker access to the AWS console" in the IAM User Guide: sessions of roles and of
federated users only, a console session of 15 minutes to 12 hours where a role's asks for one, else as long as the
keys, and links that work for 15 minutes. That a link works once is the emulator's own choice; AWS documents nothing.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from mfacli.emulator.authorisation.mfa import PRESENT, mfa_keys
from mfacli.emulator.callers import Caller, CredentialKind
from mfacli.emulator.contracts import CredentialDirectory, WorldClock
from mfacli.emulator.log import DecisionLog, truth
from mfacli.emulator.refusals import Refusal
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

PATH = "/federation"
SERVICE = "signin"
_LINK_LIFE = timedelta(minutes=15)
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=12)
_MOST_LINKS = 10_000
_DOMAINS = ("aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com")
_SIGNING_IN = (CredentialKind.ROLE, CredentialKind.FEDERATION)

Asked = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A sign-in token that nobody has used yet: whom it signs in, how long it works, how long they may stay."""

    caller: Caller
    good_until: datetime
    stays_until: datetime


class Federation:
    """The `Door` of AWS. Tokens live in memory: with the emulator they are gone."""

    def __init__(self, directory: CredentialDirectory, *, clock: WorldClock, log: DecisionLog) -> None:
        self._directory = directory
        self._clock = clock
        self._reception = Reception(log, clock, service=SERVICE)
        self._lock = Lock()
        self._links: dict[str, _Link] = {}

    def opens_for(self, incoming: Incoming) -> bool:
        """Return whether a request is the endpoint's: a bucket may have its path for a name, and no Action."""
        return incoming.path == PATH and not is_signed(incoming) and holds(incoming, "Action")

    def handle(self, incoming: Incoming) -> Answer:
        """Return the token, the page, or why there is neither."""
        return self._reception.receive(incoming, partial(self._answer, incoming))

    def _answer(self, incoming: Incoming, visit: Visit) -> Answer:
        asked = asked_in(incoming)
        match asked["Action"]:
            case "getSigninToken":
                visit.operation = "GetSigninToken"
                return self._token(asked, visit)
            case "login":
                visit.operation = "ConsoleLogin"
                return self._page(asked, visit)
            case _:
                raise NoEntry("The Action is getSigninToken or login.")

    def _token(self, asked: Asked, visit: Visit) -> Answer:
        caller = self._caller(needed(asked, "Session"))
        self._note(caller, visit)
        if caller.kind not in _SIGNING_IN or caller.expires_at is None:
            raise NoEntry("Only the sessions of AssumeRole and of GetFederationToken sign in.")
        now = self._clock.world_now()
        stays_until = caller.expires_at
        if "SessionDuration" in asked:
            stays_until = now + _stay(asked["SessionDuration"], caller)
        token = secrets.token_urlsafe(96)
        self._keep(token, _Link(caller=caller, good_until=now + _LINK_LIFE, stays_until=stays_until), now)
        document = json.dumps({"SigninToken": token})
        return Answer(status=200, headers=(("content-type", "application/json"),), body=document.encode())

    def _page(self, asked: Asked, visit: Visit) -> Answer:
        destination = page_of(needed(asked, "Destination"), domains=_DOMAINS)
        token = needed(asked, "SigninToken")
        with self._lock:
            link = self._links.pop(token, None)
        if link is None or self._clock.world_now() >= link.good_until:
            raise NoEntry("The sign-in token is unknown, used or too old.")
        self._note(link.caller, visit)
        return welcome(who=link.caller.principal.arn, until=link.stays_until, destination=destination)

    def _caller(self, session: str) -> Caller:
        """Return whose keys these are; raises `NoEntry`."""
        try:
            found = json.loads(session)
        except ValueError:
            found = None
        match found:
            case {"sessionId": str(key_id), "sessionKey": str(secret), "sessionToken": str(token)}:
                try:
                    credential = self._directory.credential_for(key_id, token)
                except Refusal as refusal:
                    raise NoEntry(f"The session is not valid: {refusal.kind.value}.") from None
                known = credential.secret_access_key.reveal()
                if not hmac.compare_digest(known.encode(), secret.encode()):
                    raise NoEntry("The session is not valid: its key is another's.")
                return credential.caller
            case _:
                raise NoEntry("The Session is no JSON object of sessionId, sessionKey and sessionToken.")

    def _note(self, caller: Caller, visit: Visit) -> None:
        visit.caller, visit.key_id = caller.principal.arn, caller.access_key_id
        visit.mfa = truth(mfa_keys(caller, now=self._clock.world_now()).get(PRESENT))

    def _keep(self, token: str, link: _Link, now: datetime) -> None:
        with self._lock:
            self._links = {known: kept for known, kept in self._links.items() if now < kept.good_until}
            if len(self._links) >= _MOST_LINKS:
                raise NoEntry("Too many sign-in tokens wait to be used.")
            self._links[token] = link


def _stay(text: str, caller: Caller) -> timedelta:
    if caller.kind is CredentialKind.FEDERATION:
        raise NoEntry("SessionDuration does not go with a session of GetFederationToken.")
    stay = timedelta(seconds=whole_number(text))
    if not _SHORTEST <= stay <= _LONGEST:
        raise NoEntry("SessionDuration is 900 to 43200 seconds.")
    return stay
