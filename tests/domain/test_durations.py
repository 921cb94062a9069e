from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.durations import parse_duration, show_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("3600", timedelta(hours=1)),
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        (" 12H ", timedelta(hours=12)),
        ("1d", timedelta(days=1)),
        ("0", timedelta()),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "1hour", "1.5h", "-1h", "h", "1h 30m", "１h", "9" * 5000, "9" * 5000 + "h", "999999999d" * 20, "1w"],
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.text(alphabet="0123456789dhms .-x", max_size=40))
def test_any_text_is_a_duration_or_none(text: str) -> None:
    duration = parse_duration(text)

    assert duration is None or duration >= timedelta()


@given(st.integers(min_value=0, max_value=10**8))
def test_a_shown_duration_reads_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    assert parse_duration(show_duration(duration)) == duration


def test_a_negative_duration_shows_its_sign() -> None:
    assert show_duration(timedelta(minutes=-5)) == "-5m"
