from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.output.words import principal_name, printable, rough


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=11, minutes=32, seconds=59), "11h 32m"),
        (timedelta(hours=1), "1h 00m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(seconds=59), "59s"),
        (timedelta(seconds=-5), "0s"),
        (timedelta(days=2), "48h 00m"),
    ],
)
def test_durations_are_shown_in_two_units(duration: timedelta, words: str) -> None:
    assert rough(duration) == words


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("arn:aws:iam::111111111111:user/anaya", "anaya"),
        ("arn:aws:iam::111111111111:user/team/anaya", "anaya"),
        ("arn:aws:sts::111111111111:assumed-role/Books/mfacli-anaya", "Books"),
        ("arn:aws:iam::111111111111:root", "root"),
        ("qcs::cam::uin/100:roleName/TestRole", "TestRole"),
        ("plain", "plain"),
        ("", "-"),
        (None, "-"),
    ],
)
def test_principals_are_known_by_their_names(principal: str | None, name: str) -> None:
    assert principal_name(principal) == name


def test_what_steers_a_terminal_is_replaced() -> None:
    assert printable("a\x1b[2J\u202eb\nü") == "a\ufffd[2J\ufffdb\ufffdü"
