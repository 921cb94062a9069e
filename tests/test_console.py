"""The player of transcripts is strict: what may differ is an example of its shape, and nothing else may."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.console import Typed, console, pattern_of, read_transcript, shown_lines
from tests.stage import clean_environment


def _matches(page: str, seen: str) -> bool:
    return re.fullmatch(pattern_of(page.splitlines()), f"{seen}\n") is not None


def test_commands_and_what_follows_them_are_told_apart() -> None:
    found = read_transcript("$ one\nfirst\n\nsecond\n$ two\n")

    assert found == [Typed(command="one", expected=("first", "second")), Typed(command="two", expected=())]


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("kept until 08:02 (11h 59m left)", "kept until Sun 19:40 (12h 00m left)"),
        ("MFA code for Sofia: 123456", "MFA code for Sofia: 000001"),
        ("key       …4LJU, session", "key     …QE5A, session"),
        ("instance/i-cf0fc51283a34d042 because", "instance/i-0123456789abcdef0 because"),
        ("default  ━━━━━━━━━╸ 59m      3s ago", "default  ━━━━━━━━━━ 1h 00m  12s ago"),
        ("on http://127.0.0.1:41959", "on http://127.0.0.1:7"),
        ("keys in …/.aws/credentials (…NAY5)", "keys in /home/me/.aws/credentials (…AAAA)"),
        ("one\n…\nlast", "one\ntwo\nthree\nlast"),
    ],
)
def test_examples_stand_for_their_shape(page: str, seen: str) -> None:
    assert _matches(page, seen)


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("kept until 08:02", "kept until later"),
        ("session for default", "session for dev"),
        ("GetSessionToken for 12h", "GetSessionToken for 36h"),
        ("account   111122223333", "account   444455556666"),
        ("one", "one\ntwo"),
        ("one\ntwo", "one"),
        ("a … b", "a\nb"),
    ],
)
def test_everything_else_must_be_as_written(page: str, seen: str) -> None:
    assert not _matches(page, seen)


def test_what_a_terminal_shows_is_read_as_a_person_sees_it() -> None:
    output = "\x1b[1mbold\x1b[0m\r\n\r\nhalf way\rdone    \r\n"

    assert shown_lines(output) == "bold\ndone\n"


def test_a_difference_at_the_terminal_fails(tmp_path: Path) -> None:
    with console(clean_environment(tmp_path), code_of=lambda user: "", home=tmp_path) as shell:
        shell.play("$ echo good\ngood\n")

        with pytest.raises(AssertionError, match="should show\nbad\nbut shows\ngood"):
            shell.play("$ echo good\nbad\n")
