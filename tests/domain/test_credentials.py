from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, Session, last_four
from mfacli.domain.secret import Secret
from tests.doubles import NOON


def _session(life: timedelta) -> Session:
    return Session(
        cloud=Cloud.AWS,
        access_key_id="ASIAEXAMPLE7XYZ",
        secret_access_key=Secret("shh"),
        session_token=Secret("token"),
        issued_at=NOON,
        expires_at=NOON + life,
    )


@pytest.mark.parametrize(
    ("life", "age", "fresh"),
    [
        (timedelta(hours=12), timedelta(hours=11, minutes=54), True),
        (timedelta(hours=12), timedelta(hours=11, minutes=55), False),
        (timedelta(minutes=15), timedelta(minutes=13), True),
        (timedelta(minutes=15), timedelta(minutes=13, seconds=30), False),
        (timedelta(hours=1), timedelta(hours=2), False),
    ],
)
def test_a_session_is_fresh_while_what_starts_with_it_can_finish(
    life: timedelta, age: timedelta, fresh: bool
) -> None:
    assert _session(life).is_fresh(NOON + age) is fresh


def test_a_margin_of_ones_own_counts() -> None:
    session = _session(timedelta(hours=1))

    assert session.is_fresh(NOON, margin=timedelta(minutes=59))
    assert not session.is_fresh(NOON, margin=timedelta(hours=1))


@pytest.mark.parametrize(
    ("life", "left"),
    [
        (timedelta(hours=12), timedelta(minutes=15)),
        (timedelta(hours=1), timedelta(minutes=15)),
        (timedelta(minutes=15), timedelta(minutes=3, seconds=45)),
    ],
)
def test_a_session_lasts_until_sdks_would_ask_at_each_request(life: timedelta, left: timedelta) -> None:
    session = _session(life)

    assert session.lasting_until == session.expires_at - left
    assert session.lasting_until <= session.fresh_until()


def test_a_sessions_keys_are_temporary() -> None:
    assert _session(timedelta(hours=1)).keys.is_temporary
    assert not Keys(access_key_id="AKIAEXAMPLE", secret_access_key=Secret("shh")).is_temporary


def test_reprs_hold_no_secret() -> None:
    shown = repr(_session(timedelta(hours=1))) + repr(_session(timedelta(hours=1)).keys)

    assert "shh" not in shown
    assert "token'" not in shown


def test_key_ids_are_shown_by_their_end() -> None:
    assert last_four("AKIAEXAMPLE7WXYZ") == "…WXYZ"
