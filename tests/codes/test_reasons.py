"""Why a code was refused, from the facts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.codes.reasons import why_refused
from mfacli.domain.codes import CodeOrigin


@pytest.mark.parametrize("origin", list(CodeOrigin))
def test_a_spent_code_is_called_spent_wherever_it_came_from(origin: CodeOrigin) -> None:
    reason = why_refused(origin=origin, was_spent=True, clock_offset=timedelta(hours=1))

    assert "answered this code before" in reason


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (CodeOrigin.TYPED, "mistyped, already used, or another device's"),
        (CodeOrigin.GIVEN, "mistyped, already used, or another device's"),
        (CodeOrigin.DERIVED, "the seed is not this device's"),
        (CodeOrigin.PROGRAM, "the program's code"),
    ],
)
@pytest.mark.parametrize("offset", [None, timedelta(seconds=14), timedelta(seconds=-14)])
def test_with_a_right_clock_the_code_itself_is_blamed(
    origin: CodeOrigin, expected: str, offset: timedelta | None
) -> None:
    reason = why_refused(origin=origin, was_spent=False, clock_offset=offset)

    assert expected in reason
    assert "clock" not in reason


@pytest.mark.parametrize("origin", list(CodeOrigin))
def test_a_wrong_clock_is_named_with_its_seconds(origin: CodeOrigin) -> None:
    reason = why_refused(origin=origin, was_spent=False, clock_offset=timedelta(seconds=95))

    assert "this machine's clock is 95 s behind the cloud's" in reason
