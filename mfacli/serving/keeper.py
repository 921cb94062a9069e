"""One profile's session in memory, renewed ahead, so that whoever asks for it waits for no network and no person.

What is kept in the store goes before what is in memory: a session that somebody has opened, or forgotten, at a
terminal is noticed at the next request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from mfacli.domain.credentials import Session
from mfacli.errors import CloudUnreachable, InputNotAllowed, MfacliError, ProfileBroken
from mfacli.interfaces import Clock, Talk
from mfacli.serving.errand import Errand
from mfacli.session import LAST_MOMENT, Obtained

# How long to leave the cloud alone after one failure; it doubles, so that a wrong seed or a dead key is not tried
# for ever at the same pace.
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=15)
# These may be over any time, and trying again costs nobody anything.
_PASSING = (CloudUnreachable, ProfileBroken)
# However soon the clocks say that a new session ends, it is not renewed ahead more often.
_PAUSE_AFTER_SUCCESS = timedelta(seconds=10)


class SessionSource(Protocol):
    """Where a profile's sessions come from. What it does may take its time, and happens in threads."""

    @property
    def profile(self) -> str:
        """The profile's name."""

    @property
    def cure(self) -> str:
        """The command that gives a code for it."""

    def kept(self) -> Obtained | None:
        """Return what is kept and still works; makes no call and asks nobody."""

    def renewed(self) -> Obtained | None:
        """Return a session that lasts, asking nobody; None where that takes a code from a person."""

    def is_kept(self, fingerprint: str) -> bool:
        """Return whether something is kept under `fingerprint`; no secret is read."""

    def stamp(self) -> str:
        """Return what changes whenever something is kept or forgotten; costs next to nothing."""


class Keeper:
    """Holds the session of one profile. Safe among threads.

    `held` is what to begin with, and `monotonic` counts seconds, for the pauses.
    """

    def __init__(
        self,
        source: SessionSource,
        *,
        clock: Clock,
        talk: Talk,
        held: Obtained | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._talk = talk
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._held = held
        self._stamp = ""
        self._problem: MfacliError | None = None
        self._failures = 0
        self._pause_ends = self._rest_ends = monotonic()
        self._said = ""
        self._looking = Errand(self._look, name=f"look for {source.profile}")
        self._renewing = Errand(self._renew, name=f"renew {source.profile}")

    @property
    def profile(self) -> str:
        """The profile's name."""
        return self._source.profile

    def session(self, *, patience: timedelta) -> Session | None:
        """Return a session that works, within `patience`; None where there is none, which `problem` explains."""
        end = self._monotonic() + patience.total_seconds()
        if self._working is None or self._source.stamp() != self._stamp:
            self._looking.begin().wait(max(0.0, end - self._monotonic()))
        if self._working is None and self._may_renew:
            self._renewing.begin().wait(max(0.0, end - self._monotonic()))
        return self._working

    def renew_ahead(self) -> None:
        """Begin to renew a session that ends soon; to be called now and then, returns at once.

        Where none is held nothing happens: one that was forgotten is opened again only when it is asked for.
        """
        held = self._held
        ends_soon = held is not None and self._now >= held.session.lasting_until
        if ends_soon and self._may_renew and self._monotonic() >= self._rest_ends:
            self._renewing.begin()

    @property
    def is_renewing(self) -> bool:
        """Whether a new session is being come by at this moment."""
        return self._renewing.is_running

    @property
    def problem(self) -> MfacliError:
        """Why there is no session."""
        return self._problem or self._needs_code()

    @property
    def _now(self) -> datetime:
        return self._clock.cloud_now()

    @property
    def _working(self) -> Session | None:
        held = self._held
        return held.session if held is not None and held.session.time_left(self._now) > LAST_MOMENT else None

    @property
    def _may_renew(self) -> bool:
        return self._renewing.is_running or self._monotonic() >= self._pause_ends

    def _look(self) -> None:
        try:
            stamp = self._source.stamp()
            kept = self._source.kept()
            is_gone = kept is None and not self._is_still_kept()
        except MfacliError as problem:
            # Such as a profile that has been broken since: what is in memory is good all the same.
            self._note_failure(problem)
            return
        except Exception as bug:  # noqa: BLE001 - nobody would see how this thread ended
            self._note_failure(_unforeseen(bug))
            return
        with self._lock:
            if stamp != self._stamp and isinstance(self._problem, InputNotAllowed):
                # Whatever has been kept may be the beginning that a role's session was waiting for.
                self._pause_ends = self._monotonic()
            self._stamp = stamp
            if is_gone or (kept is not None and not self._is_better_than(kept)):
                self._held = kept
                self._said = ""

    def _is_still_kept(self) -> bool:
        """Return False where what is held was kept, and is no more: forgotten, then."""
        held = self._held
        return held is None or not held.kept_as or self._source.is_kept(held.kept_as)

    def _is_better_than(self, kept: Obtained) -> bool:
        """Return whether what is held could not be kept itself and outlasts what is."""
        held = self._held
        return held is not None and not held.kept_as and held.session.expires_at > kept.session.expires_at

    def _renew(self) -> None:
        try:
            renewed = self._source.renewed()
        except InputNotAllowed:
            renewed = None
        except MfacliError as problem:
            self._note_failure(problem)
            return
        except Exception as bug:  # noqa: BLE001 - nobody would see how this thread ended
            self._note_failure(_unforeseen(bug))
            return
        if renewed is None:
            self._note_failure(self._needs_code())
            return
        with self._lock:
            self._held = renewed
            self._problem = None
            self._failures = 0
            self._said = ""
            self._pause_ends = self._monotonic()
            self._rest_ends = self._pause_ends + _PAUSE_AFTER_SUCCESS.total_seconds()
        if not renewed.is_cached:
            until = renewed.session.expires_at.astimezone()
            self._talk.note(f"session for {self.profile} renewed, until {until:%H:%M}")

    def _needs_code(self) -> InputNotAllowed:
        return InputNotAllowed(
            f"it takes a code to open a session for `{self.profile}`", hint=f"run `{self._source.cure}` at a terminal"
        )

    def _note_failure(self, problem: MfacliError) -> None:
        with self._lock:
            self._problem = problem
            pause = min(_FIRST_PAUSE * 2**self._failures, _LONGEST_PAUSE)
            if isinstance(problem, _PASSING):
                pause = _FIRST_PAUSE
            # Sixteen doublings are years; more would only make numbers grow.
            self._failures = min(self._failures + 1, 16)
            self._pause_ends = self._monotonic() + pause.total_seconds()
            is_news = problem.message != self._said
            self._said = problem.message
        if is_news:
            left = self._working
            what = f"session for {self.profile} until {left.expires_at.astimezone():%H:%M}, no newer" if left else ""
            self._talk.warn(f"{what or f'no session for {self.profile}'}: {sentence(problem)}")


def sentence(problem: MfacliError) -> str:
    """Return what happened and what to do next, in one line."""
    return f"{problem.message}; {problem.hint}" if problem.hint else problem.message


def _unforeseen(bug: Exception) -> MfacliError:
    return MfacliError(f"unforeseen error: {type(bug).__qualname__}", hint="this is a bug in mfacli")
