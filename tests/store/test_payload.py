from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from mfacli.store.payload import checksum, parse_session, render_session
from tests.doubles import NOON
from tests.store.standins import session_of

TEXTS = st.text(st.characters(exclude_categories=()))


def test_a_plain_entry_can_be_read_by_slicing() -> None:
    session = session_of("FwoGZXIvYXdzEBc/+==", issued_at=NOON)

    lines = render_session("0f" * 16, session).split("\n")

    assert lines[0] == f"mfacli-session 1 {int(NOON.timestamp()) + 3600} {int(NOON.timestamp())} plain"
    assert lines[1:6] == [
        "0f" * 16,
        "aws",
        "ASIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "FwoGZXIvYXdzEBc/+==",
    ]
    assert lines[6:9] == ["2026-11-21T13:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"]
    assert lines[9:13] == ["111122223333", session.principal, session.device, "eu-west-1"]
    assert len(lines) == 14


@pytest.mark.parametrize("text", ["a b", 'quote"', "back\\slash", "$HOME", "中文", "line\nbreak", ""])
def test_what_a_shell_or_json_would_change_makes_an_entry_escaped(text: str) -> None:
    session = replace(session_of(), principal=text)

    rendered = render_session("f", session)

    assert rendered.isascii()
    assert rendered.split("\n")[0].endswith(" escaped")
    assert parse_session(rendered, "f") == session


@settings(deadline=None)
@given(token=TEXTS, principal=st.none() | TEXTS, device=st.none() | TEXTS, fingerprint=TEXTS.filter(bool))
def test_every_session_survives(token: str, principal: str | None, device: str | None, fingerprint: str) -> None:
    session = replace(session_of(), session_token=Secret(token), principal=principal, device=device)

    found = parse_session(render_session(fingerprint, session), fingerprint)

    assert found is not None
    assert found.session_token.reveal() == token
    assert replace(found, session_token=Secret("")) == replace(session, session_token=Secret(""))


def test_times_come_back_in_utc_to_the_microsecond() -> None:
    issued = datetime(2026, 11, 21, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    session = replace(session_of(issued_at=issued), cloud=Cloud.TENCENT)

    found = parse_session(render_session("f", session), "f")

    assert found == session
    assert found is not None
    assert found.issued_at.tzinfo is UTC


def test_an_entry_that_lost_any_character_is_none() -> None:
    text = render_session("f", session_of())

    shorter = [text[:cut] + text[cut + 1 :] for cut in range(len(text))]

    assert [parse_session(one, "f") for one in shorter] == [None] * len(shorter)


def test_an_entry_of_another_plan_is_none() -> None:
    text = render_session("f1", session_of())

    assert parse_session(text, "f2") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mfacli-session 1 ", "mfacli-session 2 "),
        ("mfacli-session 1 ", "other-program 1 "),
        ("\naws\n", "\nmoon\n"),
        ("T12:00:00Z", "T12:00:00"),
        ("2026-11-21T13", "yesterday"),
        ("2026-11-21T13:00:00Z", "0001-01-01T00:00:00+05:00"),
        ("2026-11-21T13:00:00Z", ""),
        ("ASIAIOSFODNN7EXAMPLE", ""),
        ("eu-west-1", "eu\\west"),
        ("eu-west-1", "eu\\x41"),
        ("eu-west-1", "eu-west-1\nmore"),
        ("eu-west-1", "eu-wést-1"),
    ],
)
def test_a_well_summed_entry_that_is_not_ours_is_none(old: str, new: str) -> None:
    body = render_session("f", session_of(issued_at=NOON))[:-8].replace(old, new)

    assert parse_session(body + checksum(body), "f") is None


@settings(deadline=None)
@given(TEXTS)
def test_any_other_text_is_none(text: str) -> None:
    assert parse_session(text, "f") is None
