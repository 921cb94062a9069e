"""An owner of kept sessions, whose files count as settled: what was just written may not be remembered otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.hot.owner import CONFIG, CREDENTIALS, Owner


@pytest.fixture
def fresh_owner(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Owner]:
    """Give an owner whose files have just been written."""
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")
    for name in list(os.environ):
        if name.startswith(("PYTHONIO", "SHELL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MFACLI_STORE", "kernel")
    monkeypatch.setenv("MFACLI_STATE_DIR", str(isolated_home / "state"))
    owner = Owner(home=isolated_home, capture=capsys)
    owner.config.parent.mkdir()
    owner.config.write_text(CONFIG)
    owner.credentials.write_text(CREDENTIALS)
    yield owner
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(isolated_home))
    monkeypatch.setenv("MFACLI_STORE", "kernel")
    monkeypatch.setenv("MFACLI_STATE_DIR", str(isolated_home / "state"))
    owner.forget_all()


@pytest.fixture
def owner(fresh_owner: Owner, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """Give an owner whose files count as old."""
    monkeypatch.setattr("mfacli.commands.answer_files._TICK_SECONDS", -3600)
    return fresh_owner
