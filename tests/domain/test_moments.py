"""Moments as they are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfacli.domain.moments import parse_moment


@pytest.mark.parametrize("text", ["2026-11-21T13:00:00Z", "2026-11-21T13:00:00+00:00", "2026-11-21T21:00:00+08:00"])
def test_a_time_with_an_offset_is_a_moment(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 11, 21, 13, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-11-21T13:00:00", "2026-13-21T13:00:00Z"])
def test_anything_else_is_none(text: str) -> None:
    assert parse_moment(text) is None
