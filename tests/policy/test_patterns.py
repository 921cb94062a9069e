"""Wildcards match as they should, and no pattern takes long against any text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.policy.gapped import find_gapped, fits_at
from mfacli.policy.patterns import Glob, Patterns, Wild, any_tokens, matches_pieces, wildcard_tokens

TEXT = st.text(alphabet="ab:", max_size=10)
PATTERN = st.text(alphabet="ab:*?", max_size=8)


def _as_expression(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)


@given(pattern=PATTERN, text=TEXT)
def test_a_glob_matches_what_its_expression_matches(pattern: str, text: str) -> None:
    expected = re.fullmatch(_as_expression(pattern), text, re.DOTALL) is not None

    assert Glob(wildcard_tokens(pattern)).matches(text) is expected
    assert Patterns([wildcard_tokens(pattern)]).match(text) is expected


@given(patterns=st.lists(PATTERN, max_size=4), text=TEXT)
def test_patterns_match_where_one_of_them_does(patterns: list[str], text: str) -> None:
    tokens = [wildcard_tokens(pattern) for pattern in patterns]

    assert Patterns(tokens).match(text) is any(Glob(each).matches(text) for each in tokens)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a*", "a\nb", True),
        ("a?b", "a\nb", True),
        ("*a*a*", "a", False),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("*?*", "", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_edges(pattern: str, text: str, expected: bool) -> None:
    assert Glob(wildcard_tokens(pattern)).matches(text) is expected


def test_where_only_the_star_is_special_a_question_mark_is_itself() -> None:
    assert any_tokens("a?*b") == ["a?", Wild.ANY, "b"]
    assert Glob(any_tokens("a?*")).matches("a?x")
    assert not Glob(any_tokens("a?*")).matches("abx")


@given(
    run=st.lists(st.sampled_from("ab") | st.none(), min_size=1, max_size=6),
    text=st.text(alphabet="ab", max_size=60),
    start=st.integers(0, 10),
)
def test_a_run_with_gaps_is_found_where_it_first_fits(run: list[str | None], text: str, start: int) -> None:
    places = [at for at in range(start, len(text) - len(run) + 1) if fits_at(run, text, at)]

    assert find_gapped(run, text, start, len(text)) == (places[0] if places else -1)


@given(
    pattern=st.text(alphabet="ab*?", max_size=6),
    gap=st.integers(60, 70),
    text=st.text(alphabet="ab", min_size=60, max_size=90),
)
def test_long_gaps_match_what_their_expression_matches(pattern: str, gap: int, text: str) -> None:
    long = pattern.replace("?", "?" * gap, 1)

    assert Glob(wildcard_tokens(long)).matches(text) is bool(re.fullmatch(_as_expression(long), text, re.DOTALL))


def test_pieces_do_not_overlap() -> None:
    assert matches_pieces(["ab", "b"], "abb")
    assert not matches_pieces(["ab", "b"], "ab")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*a" * 200 + "b", "a" * 200_000, False),
        ("*a" * 200 + "*b", "ab" * 100_000, True),
        ("*a?" * 200 + "b", "a" * 200_000, False),
        ("*a?" * 200 + "*b", "ab" * 100_000, True),
        ("*?" * 200 + "b", "a" * 200_000, False),
        ("a*" * 200 + "b*c", "a" * 200_000, False),
        ("*" * 500 + "b", "a" * 200_000, False),
        ("*a*b" * 100 + "c", "ab" * 100_000, False),
        ("*" + "?" * 50_000 + "b*", "a" * 200_000, False),
        ("*" + "?a" * 50_000 + "b*", "a" * 400_000, False),
        ("*" + "?ab" * 5_000 + "*b", "aab" * 100_000, True),
        (("*" + "?a" * 100) * 400 + "*", "a" * 100_000, True),
    ],
    ids=lambda value: str(value)[:6],
)
def test_stars_against_long_texts_take_no_more_than_one_pass(pattern: str, text: str, expected: bool) -> None:
    start = time.process_time()

    matched = Glob(wildcard_tokens(pattern)).matches(text)

    # Trying places anew for each star would take years; one pass takes milliseconds.
    assert time.process_time() - start < 2
    assert matched is expected
