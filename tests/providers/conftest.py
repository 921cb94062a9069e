"""Gives either cloud in turn, and lets botocore read its models once for all tests: a tenth of a second each."""

from __future__ import annotations

import functools

import botocore.loaders
import botocore.session
import pytest
from botocore.loaders import Loader

from tests.providers.sides import SIDES, Side


@functools.cache
def shared_loader() -> Loader:
    return botocore.loaders.create_loader()


@pytest.fixture(autouse=True)
def models_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: shared_loader())


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
def side(request: pytest.FixtureRequest) -> Side:
    """Give one cloud, then the other, to what holds for both."""
    assert isinstance(request.param, Side)
    return request.param


@pytest.fixture
def no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore's back-off pass at once; the other cloud's waits on the clock that is given."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
