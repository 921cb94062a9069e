"""A source of sessions that tests hold in their hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.session import Obtained
from tests.doubles import HandClock

HOUR = timedelta(hours=1)


def obtained(clock: HandClock, key: str, *, life: timedelta = HOUR, kept_as: str = "print") -> Obtained:
    """Return a session that begins now."""
    session = Session(
        cloud=Cloud.AWS,
        access_key_id=key,
        secret_access_key=Secret("secret"),
        session_token=Secret("token"),
        issued_at=clock.now(),
        expires_at=clock.now() + life,
    )
    return Obtained(session=session, is_cached=False, kept_as=kept_as)


@dataclass
class ScriptedSource:
    """Gives what the test has put in.

    `next` are the answers of `renewed`, an exception among them is raised. While `gate` is closed, both ways of
    coming by a session hang, as a keyring that waits for a person does.
    """

    profile: str = "dev"
    cure: str = "mfacli session -p dev"
    in_store: Obtained | None = None
    next: list[Obtained | Exception | None] = field(default_factory=list)
    store_problem: Exception | None = None
    changes: int = 0
    looks: int = 0
    renewals: int = 0
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def kept(self) -> Obtained | None:
        """Return what is in the store."""
        self.looks += 1
        self.gate.wait(10)
        if self.store_problem:
            raise self.store_problem
        return self.in_store

    def renewed(self) -> Obtained | None:
        """Return the next, and keep it."""
        self.renewals += 1
        self.gate.wait(10)
        answer = self.next.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None and answer.kept_as:
            self.put(answer)
        return answer

    def is_kept(self, fingerprint: str) -> bool:
        """Return whether it is what is in the store."""
        return self.in_store is not None and self.in_store.kept_as == fingerprint

    def stamp(self) -> str:
        """Return another one after each change."""
        return f"stamp {self.changes}"

    def put(self, session: Obtained | None) -> None:
        """Change what is in the store, as somebody at a terminal does."""
        self.in_store = session
        self.changes += 1
