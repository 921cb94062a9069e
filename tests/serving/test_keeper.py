"""One profile's session: renewed ahead, served to its end, noticed when somebody opens or forgets another."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mfacli.domain.credentials import Session
from mfacli.errors import CloudUnreachable, CodeRejected, InputNotAllowed, MfacliError, ProfileBroken
from mfacli.serving.keeper import Keeper, sentence
from mfacli.session import Obtained
from tests.doubles import HandClock
from tests.serving.sources import HOUR, ScriptedSource, obtained
from tests.store.standins import RecordingTalk

PATIENCE = timedelta(seconds=5)


@dataclass
class Desk:
    clock: HandClock
    source: ScriptedSource
    talk: RecordingTalk

    def keeper(self, held: Obtained | None = None) -> Keeper:
        """Return a keeper whose pauses go by the test's clock."""
        return Keeper(
            self.source, clock=self.clock, talk=self.talk, held=held, monotonic=lambda: self.clock.now().timestamp()
        )

    def obtained(self, key: str, *, life: timedelta = HOUR, kept_as: str = "print") -> Obtained:
        return obtained(self.clock, key, life=life, kept_as=kept_as)

    def kept(self, key: str, *, life: timedelta = HOUR) -> Obtained:
        """Return a session that is in the store."""
        session = self.obtained(key, life=life)
        self.source.put(session)
        return session


@pytest.fixture
def desk() -> Desk:
    return Desk(clock=HandClock(), source=ScriptedSource(), talk=RecordingTalk())


def key_of(session: Session | None) -> str | None:
    return session.access_key_id if session else None


def settle(keeper: Keeper) -> None:
    """Wait for what goes on in the background."""
    while keeper.is_renewing:
        time.sleep(0.001)


def renew_ahead(keeper: Keeper) -> None:
    keeper.renew_ahead()
    settle(keeper)


def test_a_session_that_lasts_is_given_out_from_memory(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    keeper.session(patience=PATIENCE)
    desk.source.looks = 0

    sessions = [keeper.session(patience=PATIENCE) for _ in range(3)]
    keeper.renew_ahead()

    assert [key_of(session) for session in sessions] == ["A"] * 3
    assert (desk.source.looks, desk.source.renewals) == (0, 0)


def test_a_session_is_renewed_a_quarter_of_an_hour_ahead(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.clock.wait(timedelta(minutes=44, seconds=59))
    renew_ahead(keeper)
    before = desk.source.renewals
    desk.clock.wait(timedelta(seconds=1))
    desk.source.next = [desk.obtained("B")]

    renew_ahead(keeper)

    assert before == 0
    assert key_of(keeper.session(patience=PATIENCE)) == "B"
    assert [line.startswith("session for dev renewed, until ") for line in desk.talk.notes] == [True]


def test_a_new_session_is_left_alone_however_soon_it_seems_to_end(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.clock.wait(timedelta(minutes=50))
    desk.source.next = [desk.obtained("B", life=timedelta(0)), desk.obtained("C")]

    renew_ahead(keeper)
    renew_ahead(keeper)

    assert desk.source.renewals == 1


def test_a_session_that_has_ended_is_renewed_for_whoever_asks_however_new_it_was(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.clock.wait(timedelta(hours=2))
    desk.source.put(None)
    desk.source.next = [desk.obtained("B", life=timedelta(seconds=20))]
    first = keeper.session(patience=PATIENCE)
    desk.clock.wait(timedelta(seconds=20))
    desk.source.put(None)
    desk.source.next = [desk.obtained("C")]

    second = keeper.session(patience=PATIENCE)

    assert (key_of(first), key_of(second)) == ("B", "C")


def test_what_takes_a_code_is_given_out_to_its_end_and_then_explained(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.source.next = [None, None]
    desk.clock.wait(timedelta(minutes=59, seconds=54))
    renew_ahead(keeper)

    at_the_end = keeper.session(patience=PATIENCE)
    desk.clock.wait(timedelta(seconds=1))
    desk.source.put(None)
    after = keeper.session(patience=PATIENCE)

    assert (key_of(at_the_end), after) == ("A", None)
    assert isinstance(keeper.problem, InputNotAllowed)
    assert sentence(keeper.problem) == (
        "it takes a code to open a session for `dev`; run `mfacli session -p dev` at a terminal"
    )


def test_that_a_code_will_be_needed_is_said_once(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.source.next = [None, None]
    desk.clock.wait(timedelta(minutes=46))
    renew_ahead(keeper)
    desk.clock.wait(timedelta(seconds=16))

    renew_ahead(keeper)

    assert desk.source.renewals == 2
    (warning,) = desk.talk.warnings
    assert warning.startswith("session for dev until ")
    assert warning.endswith("run `mfacli session -p dev` at a terminal")


def test_what_somebody_opens_at_a_terminal_is_picked_up_at_the_next_request(desk: Desk) -> None:
    desk.source.next = [None]
    keeper = desk.keeper()
    before = keeper.session(patience=PATIENCE)

    desk.kept("B")

    assert before is None
    assert key_of(keeper.session(patience=PATIENCE)) == "B"


def test_a_newer_session_in_the_store_goes_before_the_one_in_memory(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    keeper.session(patience=PATIENCE)

    desk.kept("B", life=timedelta(minutes=20))

    assert key_of(keeper.session(patience=PATIENCE)) == "B"


def test_a_forgotten_session_is_given_out_no_more_and_not_renewed_unasked(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.source.next = [InputNotAllowed("nobody can be asked")]

    desk.source.put(None)
    given = keeper.session(patience=PATIENCE)
    renewals = desk.source.renewals
    renew_ahead(keeper)

    assert given is None
    assert desk.source.renewals == renewals


def test_a_session_that_could_not_be_kept_is_not_taken_for_forgotten(desk: Desk) -> None:
    keeper = desk.keeper(desk.obtained("A", kept_as=""))
    desk.source.put(None)

    assert key_of(keeper.session(patience=PATIENCE)) == "A"


def test_a_session_that_could_not_be_kept_stays_before_one_that_ends_sooner(desk: Desk) -> None:
    keeper = desk.keeper(desk.obtained("A", kept_as=""))
    desk.kept("B", life=timedelta(minutes=20))

    assert key_of(keeper.session(patience=PATIENCE)) == "A"


def test_a_beginning_that_is_kept_meanwhile_lets_a_role_be_opened_at_once(desk: Desk) -> None:
    desk.source.next = [None]
    keeper = desk.keeper()
    keeper.session(patience=PATIENCE)
    desk.source.next = [desk.obtained("B")]
    in_the_pause = keeper.session(patience=PATIENCE)

    # The MFA session that the role begins with, say: nothing that would serve itself.
    desk.source.changes += 1

    assert in_the_pause is None
    assert key_of(keeper.session(patience=PATIENCE)) == "B"


@pytest.mark.parametrize(
    ("problem", "pauses"),
    [
        (CloudUnreachable("no answer"), [15, 15, 15]),
        (CodeRejected("STS refused the code"), [15, 30, 60]),
        (RuntimeError("a bug"), [15, 30, 60]),
    ],
)
def test_after_a_failure_the_cloud_is_left_alone_for_a_while(
    desk: Desk, problem: Exception, pauses: list[int]
) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.clock.wait(timedelta(minutes=50))
    desk.source.next = [problem] * 4
    renew_ahead(keeper)
    renewals = [desk.source.renewals]

    for pause in pauses:
        desk.clock.wait(timedelta(seconds=pause - 1))
        renew_ahead(keeper)
        renewals.append(desk.source.renewals)
        desk.clock.wait(timedelta(seconds=1))
        renew_ahead(keeper)

    assert renewals == [1, 1, 2, 3]
    assert desk.source.renewals == 4
    assert key_of(keeper.session(patience=PATIENCE)) == "A"


def test_a_pause_ends_after_a_quarter_of_an_hour_at_most(desk: Desk) -> None:
    keeper = desk.keeper()
    desk.source.next = [CodeRejected("STS refused the code")] * 12

    for _ in range(12):
        keeper.session(patience=PATIENCE)
        desk.clock.wait(timedelta(minutes=15))

    assert desk.source.renewals == 12


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ProfileBroken("profile `dev` is gone", hint="write it again"), "profile `dev` is gone; write it again"),
        (RuntimeError("a key: AKIA"), "unforeseen error: RuntimeError; this is a bug in mfacli"),
    ],
)
def test_what_is_wrong_with_the_store_or_the_profile_is_told(desk: Desk, problem: Exception, words: str) -> None:
    desk.source.store_problem = problem
    keeper = desk.keeper()

    session = keeper.session(patience=PATIENCE)

    assert session is None
    assert sentence(keeper.problem) == words
    assert desk.talk.warnings == [f"no session for dev: {words}"]


def test_a_profile_that_breaks_costs_no_session_in_memory(desk: Desk) -> None:
    keeper = desk.keeper(desk.kept("A"))
    desk.source.store_problem = ProfileBroken("profile `dev` is gone")

    assert key_of(keeper.session(patience=PATIENCE)) == "A"


def test_nobody_waits_longer_than_told_for_what_hangs(desk: Desk) -> None:
    keeper = Keeper(desk.source, clock=desk.clock, talk=desk.talk)
    desk.source.gate.clear()
    desk.source.next = [desk.obtained("B")]

    begun = time.monotonic()
    sessions = [keeper.session(patience=timedelta(seconds=0.05)) for _ in range(3)]
    took = time.monotonic() - begun
    looks = desk.source.looks
    desk.source.gate.set()

    assert sessions == [None, None, None]
    assert 0.1 < took < 2
    assert looks == 1
    assert key_of(keeper.session(patience=PATIENCE)) == "B"


def test_a_store_that_hangs_costs_no_session_in_memory(desk: Desk) -> None:
    keeper = Keeper(desk.source, clock=desk.clock, talk=desk.talk, held=desk.kept("A"))
    desk.source.gate.clear()

    session = keeper.session(patience=timedelta(seconds=0.05))
    desk.source.gate.set()

    assert key_of(session) == "A"


def test_a_problem_without_a_hint_is_a_sentence_by_itself() -> None:
    assert sentence(MfacliError("it broke")) == "it broke"
