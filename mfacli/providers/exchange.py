"""What an exchange with a cloud tells: when a request left, when its answer came, what both say of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from mfacli.domain.hosts import is_this_machine
from mfacli.interfaces import Clock, Talk

# Date has whole seconds, and answers take a moment: less than this is no wrong clock.
_TOLERANCE = timedelta(seconds=3)
_GIVING_SESSIONS = ("GetSessionToken", "AssumeRole")


class Exchange:
    """Follows the requests of one call; learns the clock from the answers, and tells what goes over the wire.

    `makes_something` says that a second request would make a second thing. `clock_offset` is what the last answer
    told (None: no answer, or none with a Date), `has_learnt` whether that changed the clock, `sent_at` when the last
    request left by this machine's clock, `status` the last answer's.
    """

    def __init__(self, *, clock: Clock, talk: Talk, carries_code: bool) -> None:
        self.clock = clock
        self.carries_code = carries_code
        self.makes_something = False
        self.clock_offset: timedelta | None = None
        self.has_learnt = False
        self.sent_at = clock.now()
        self.status: int | None = None
        self._talk = talk
        self._has_warned = False

    @property
    def is_sent_once(self) -> bool:
        """Whether a second request could do harm: use up another code, or make something a second time."""
        return self.carries_code or self.makes_something

    def note_sending(self, method: str, url: str, operation: str) -> None:
        """Remember that a request leaves now."""
        self.sent_at = self.clock.now()
        self.status, self.clock_offset, self.has_learnt = None, None, False
        code = ", with a code" if self.carries_code else ""
        self._talk.detail(f"{method} {_address(url)} {operation}{code}")
        self._warn_of_plain_text(url, operation)

    def _warn_of_plain_text(self, url: str, operation: str) -> None:
        """Say where a session would be handed out to whoever listens on the way; signatures keep only keys secret."""
        host = urlsplit(url).hostname or ""
        is_secret = operation in _GIVING_SESSIONS and not self._has_warned
        if is_secret and url.startswith("http:") and not is_this_machine(host):
            self._has_warned = True
            self._talk.warn(f"`{host}` is called without encryption: on the way, anybody can read the session")

    def note_answer(self, status: int, *, date: object, request_id: object) -> None:
        """Remember that an answer has arrived now, and learn from its date."""
        received_at = self.clock.now()
        self.status = status
        took = (received_at - self.sent_at).total_seconds()
        self._talk.detail(f"answered {status} in {took:.2f} s, request {request_id or '-'}")
        if (dated := _parse_date(date)) is not None:
            self._learn(dated, received_at)

    @property
    def code_sent_at(self) -> datetime:
        """When the last request left, by the cloud's clock."""
        return self.sent_at + (self.clock.cloud_now() - self.clock.now())

    def _learn(self, date: datetime, received_at: datetime) -> None:
        """Compare clocks: the answer was dated within the second from `date`, between sending and receiving."""
        known = self.clock.cloud_now() - self.clock.now()
        least = date - received_at - _TOLERANCE
        most = date + timedelta(seconds=1) - self.sent_at + _TOLERANCE

        def fits(offset: timedelta) -> bool:
            return least <= offset <= most

        nothing = timedelta()
        measured = nothing if fits(nothing) else date + timedelta(milliseconds=500) - received_at
        self.clock_offset = nothing if fits(nothing) else known if fits(known) else measured
        if not fits(known):
            self.clock.learn_offset(measured)
            self.has_learnt = True


def _address(url: str) -> str:
    """Return `url` without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _parse_date(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
