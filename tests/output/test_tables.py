from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.interfaces import Entry
from mfacli.output.tables import status_lines, status_table
from tests.doubles import NOON

LATER = NOON + timedelta(minutes=28)
DEV = Entry(
    fingerprint="f" * 32,
    cloud="aws",
    profile="dev",
    kind="session",
    place="kernel keyring",
    issued_at=NOON,
    expires_at=NOON + timedelta(hours=12),
    mfa_at=NOON,
    account_id="111111111111",
    principal="arn:aws:iam::111111111111:user/anaya",
    device="arn:aws:iam::111111111111:mfa/anaya",
    access_key_id="ASIAEXAMPLE",
)
PROD = replace(
    DEV,
    profile="prod",
    kind="role",
    expires_at=NOON + timedelta(hours=1),
    mfa_at=None,
    account_id=None,
    principal="arn:aws:sts::111111111111:assumed-role/CrossAccountRole/mfacli-anaya",
)
OLD = replace(DEV, profile="old", expires_at=NOON + timedelta(minutes=5), place="Secret Service")


def _table(*entries: Entry, width: int = 120, is_coloured: bool = False, encoding: str = "utf-8") -> list[str]:
    text = status_table(entries, now=LATER, width=width, is_coloured=is_coloured, encoding=encoding)
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def test_the_table_shows_what_is_left_and_where_it_rests() -> None:
    assert _table(DEV, PROD, OLD) == [
        "profile  kind     time left           MFA      account       acts as           key    rests in",
        "─" * 100,
        "old      session  expired             28m ago  111111111111  anaya             …MPLE  Secret Service",
        "prod     role     ━━━━━      32m      none     -             CrossAccountRole  …MPLE  kernel keyring",
        "dev      session  ━━━━━━━━━╸ 11h 32m  28m ago  111111111111  anaya             …MPLE  kernel keyring",
    ]


@pytest.mark.parametrize(
    ("width", "headers"),
    [
        (100, ["profile", "kind", "time left", "MFA", "account", "acts as", "key", "rests in"]),
        (95, ["profile", "kind", "time left", "MFA", "account", "acts as", "rests in"]),
        (90, ["profile", "time left", "MFA", "account", "acts as", "rests in"]),
        (80, ["profile", "time left", "MFA", "acts as", "rests in"]),
        (60, ["profile", "time left", "MFA", "rests in"]),
    ],
)
def test_a_narrow_table_leaves_out_what_matters_least(width: int, headers: list[str]) -> None:
    lines = _table(DEV, PROD, OLD, width=width)

    assert re.split(r"\s{2,}", lines[0]) == headers
    assert len(lines) == 5
    assert max(len(line) for line in lines) <= width


def test_colour_is_used_only_when_told_so() -> None:
    assert "\x1b[" in "".join(_table(DEV, is_coloured=True))
    assert "\x1b[" not in "".join(_table(DEV))


def test_the_words_say_what_the_colour_says() -> None:
    lines = _table(DEV, OLD, is_coloured=True)

    assert "expired" in lines[2]
    assert "11h 32m" in lines[3]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_the_table_fits_the_encoding_of_its_stream(encoding: str) -> None:
    text = "\n".join(_table(DEV, PROD, replace(OLD, profile="項"), encoding=encoding))

    assert text.encode(encoding)
    assert "-----" in text


def test_no_sessions_are_said() -> None:
    assert _table() == ["no sessions are kept"]


def test_names_cannot_steer_the_terminal_or_the_table() -> None:
    hostile = replace(DEV, profile="a\x1b[31m\t\nb [red]c[/red]", place="\x07here", principal="arn:a:b::1:user/\rx")

    lines = _table(hostile)

    assert "a\ufffd[31m\ufffd\ufffdb [red]c[/red]" in lines[2]
    assert not any(character in "".join(lines) for character in "\x1b\t\x07\r")


def test_plain_lines_are_one_record_each() -> None:
    assert status_lines([DEV, PROD], now=LATER) == (
        "prod\trole\t2026-11-21T13:00:00Z\t1920\t-\t-\t"
        "arn:aws:sts::111111111111:assumed-role/CrossAccountRole/mfacli-anaya\tMPLE\tkernel keyring\n"
        "dev\tsession\t2026-11-22T00:00:00Z\t41520\t2026-11-21T12:00:00Z\t111111111111\t"
        "arn:aws:iam::111111111111:user/anaya\tMPLE\tkernel keyring\n"
    )


def test_no_sessions_are_no_lines() -> None:
    assert status_lines([], now=LATER) == ""


def test_an_expired_session_has_no_seconds_left() -> None:
    assert status_lines([OLD], now=LATER).split("\t")[3] == "0"


@settings(max_examples=50, deadline=None)
@given(name=st.text(max_size=20), place=st.text(max_size=20), width=st.integers(min_value=20, max_value=150))
def test_any_names_are_shown_at_any_width(name: str, place: str, width: int) -> None:
    entry = replace(DEV, profile=name, place=place, principal=name)

    assert status_lines([entry], now=LATER).count("\t") == 8
    assert status_lines([entry], now=LATER).count("\n") == 1
    assert _table(entry, width=width)
