"""Shares one running emulator among the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator import town as towns


@pytest.fixture(scope="module")
def town() -> Iterator[towns.Town]:
    """Give an emulator of the documents' world; a module's tests share it, so each works on something of its own."""
    with towns.town() as made:
        yield made
