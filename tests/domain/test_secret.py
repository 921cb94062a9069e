from __future__ import annotations

import dataclasses
import pickle

import pytest

from mfacli.domain.secret import Secret


def test_no_way_of_printing_shows_the_text() -> None:
    secret = Secret("hunter2")

    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]}"

    assert "hunter2" not in shown


def test_equality_compares_texts() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_emptiness_shows() -> None:
    assert Secret("a")
    assert not Secret("")


def test_secrets_cannot_be_hashed_or_pickled() -> None:
    with pytest.raises(TypeError):
        hash(Secret("a"))
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret("a"))


def test_secrets_are_no_dataclasses() -> None:
    assert not dataclasses.is_dataclass(Secret)
    assert not hasattr(Secret("a"), "__dict__")
