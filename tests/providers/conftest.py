"""Lets botocore read its models once for all tests: a tenth of a second each."""

from __future__ import annotations

import functools

import botocore.loaders
import botocore.session
import pytest
from botocore.loaders import Loader


@functools.cache
def shared_loader() -> Loader:
    return botocore.loaders.create_loader()


@pytest.fixture(autouse=True)
def models_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: shared_loader())
