from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.store.pieces import WINDOWS_LIMIT, cut, join, needs_cutting, parse_head

TEXTS = st.text(min_size=1, max_size=6000)


@settings(deadline=None)
@given(TEXTS)
def test_pieces_fit_windows_and_make_the_text_again(text: str) -> None:
    head, pieces = cut(text, limit=WINDOWS_LIMIT, before=None)

    assert all(len(piece.encode("utf-16-le")) <= 2560 for piece in pieces)
    assert join(head, pieces) == text
    assert parse_head(str(head)) == head


def test_the_widest_characters_are_cut_to_fit_too() -> None:
    head, pieces = cut("\N{KEY}" * 3000, limit=WINDOWS_LIMIT, before=None)

    assert max(len(piece.encode("utf-16-le")) for piece in pieces) == 2560
    assert join(head, pieces) == "\N{KEY}" * 3000


def test_generations_take_turns() -> None:
    first, _ = cut("x", limit=10, before=None)
    second, _ = cut("x", limit=10, before=first)
    third, _ = cut("x", limit=10, before=second)

    assert [first.generation, second.generation, third.generation] == ["a", "b", "a"]
    assert second.piece_names("f") == ["f.b0"]


def test_a_missing_or_foreign_piece_makes_no_text() -> None:
    head, pieces = cut("x" * 30, limit=10, before=None)

    assert join(head, [*pieces[:2], None]) is None
    assert join(head, [*pieces[:2], "y" * 10]) is None


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("x" * 1280, 1280, False),
        ("x" * 1281, 1280, True),
        ("\N{KEY}" * 640, 1280, False),
        ("\N{KEY}" * 641, 1280, True),
        ("x" * 100_000, None, False),
        ("mfacli-pieces 1 a 1 00000000", None, True),
    ],
)
def test_only_what_does_not_fit_or_looks_like_a_head_is_cut(text: str, limit: int | None, expected: bool) -> None:
    assert needs_cutting(text, limit=limit) is expected


@pytest.mark.parametrize(
    "text", ["", "mfacli-pieces 2 a 1 00000000", "mfacli-pieces 1 a 0 00000000", "mfacli-pieces"]
)
def test_other_texts_are_no_heads(text: str) -> None:
    assert parse_head(text) is None
