"""Clock offsets in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.offsets import describe_offset


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (95.4, "this machine's clock is 95 s behind the cloud's"),
        (-61, "this machine's clock is 61 s ahead of the cloud's"),
    ],
)
def test_the_offset_is_told_from_this_machines_side(seconds: float, words: str) -> None:
    assert describe_offset(timedelta(seconds=seconds)) == words
