"""What the two doors have in common: what is asked, how a visit ends, and its line in the decision log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.log import DecisionLog, DecisionRecord, Outcome
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.pages import bad_request
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.wire.forms import FORM, content_type

_MOST_FIELDS = 100
# An API's request is never a browser's, whatever its path.
_SIGNED = ("authorization", "x-amz-date", "x-tc-action")
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)


class NoEntry(Exception):
    """Nobody is signed in; the text says why, and repeats nothing of what was sent."""


class Door(Protocol):
    """Answers one cloud's requests for signing people in."""

    def opens_for(self, incoming: Incoming) -> bool:
        """Return whether a request is for this door; never raises."""

    def handle(self, incoming: Incoming) -> Answer:
        """Return the answer, a refusal among them."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """What has been found out about a request so far; `operation` and `mfa` as in the log."""

    operation: str = ""
    caller: str = ""
    key_id: str = ""
    mfa: bool | None = None


class Reception:
    """Lets visitors in or not, and writes all of them into the decision log as calls of `service`."""

    def __init__(self, log: DecisionLog, clock: WorldClock, *, service: str) -> None:
        self._log = log
        self._clock = clock
        self._service = service

    def receive(self, incoming: Incoming, enter: Callable[[Visit], Answer]) -> Answer:
        """Return what `enter` answers, or the page that says why not."""
        visit, refusal = Visit(), ""
        try:
            answer = enter(visit)
        except NoEntry as no_entry:
            refusal = str(no_entry)
            answer = bad_request(refusal)
        self._log.add(
            DecisionRecord(
                at=self._clock.world_now(),
                request_id=incoming.request_id,
                caller=visit.caller,
                access_key_id=visit.key_id,
                service=self._service,
                operation=visit.operation,
                checks=(),
                mfa=visit.mfa,
                source_ip=incoming.source_ip,
                outcome=Outcome.REFUSED if refusal else Outcome.ALLOWED,
                reason=refusal,
                status=answer.status,
            )
        )
        return answer


def is_signed(incoming: Incoming) -> bool:
    """Return whether a request carries an API's signature."""
    return any(incoming.header(name) is not None for name in _SIGNED)


def holds(incoming: Incoming, name: str) -> bool:
    """Return whether a request seems to have this parameter; never raises."""
    wanted = re.compile(rf"(?:^|&){name}=".encode())
    return any(wanted.search(part) is not None for part in _parts(incoming))


def asked_in(incoming: Incoming) -> dict[str, str]:
    """Return a request's parameters, of address and form together; raises `NoEntry`."""
    if incoming.method not in ("GET", "POST"):
        raise NoEntry("People are signed in by GET or POST.")
    found: dict[str, str] = {}
    for name, value in (pair for part in _parts(incoming) for pair in _pairs(part)):
        if name in found:
            raise NoEntry("A parameter is given twice.")
        found[name] = value
    return found


def needed(asked: dict[str, str], name: str) -> str:
    """Return a parameter that must be there; raises `NoEntry`."""
    value = asked.get(name)
    if not value:
        raise NoEntry(f"The parameter {name} is missing.")
    return value


def whole_number(text: str) -> int:
    """Return the number that `text` is; raises `NoEntry`."""
    if _WHOLE.fullmatch(text) is None:
        raise NoEntry("What should be a whole number is none.")
    return int(text)


def page_of(text: str, *, domains: tuple[str, ...]) -> str:
    """Return the address of a page that is on one of the cloud's own `domains`; raises `NoEntry`."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    else:
        host = host if parts.scheme == "https" and "@" not in parts.netloc else ""
    if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
        raise NoEntry("The destination is no page of the console.")
    return text


def _parts(incoming: Incoming) -> tuple[bytes, ...]:
    is_form = incoming.method == "POST" and content_type(incoming) == FORM
    return (octets(incoming.query), incoming.body) if is_form else (octets(incoming.query),)


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise NoEntry("The parameters are not UTF-8, or too many.") from None
