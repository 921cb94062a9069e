"""An owner of kept sessions, whose files count as settled: what was just written may not be remembered otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.hot.owner import CONFIG, CREDENTIALS, Owner
from tests.real import require_tool
from tests.secret_service import TOOLS, secret_service

# Only Linux has a cached read, and the libraries to judge it by.
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@pytest.fixture
def fresh_owner(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Owner]:
    """Give an owner whose files have just been written."""
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")
    owner = _settle(isolated_home, monkeypatch, capsys, {"MFACLI_STORE": "kernel"})
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


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Give the variables of an unlocked Secret Service that this module's tests share."""
    for tool in TOOLS:
        require_tool(tool)
    with secret_service(tmp_path_factory.mktemp("secret-service")) as variables:
        yield variables


@pytest.fixture
def keyring_owner(
    service: Mapping[str, str],
    isolated_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Owner:
    """Give an owner whose files count as old, and whose sessions rest in the Secret Service."""
    monkeypatch.setattr("mfacli.commands.answer_files._TICK_SECONDS", -3600)
    # A busy machine may take longer.
    monkeypatch.setattr("mfacli.hot_bus.LIMIT_SECONDS", 60.0)
    # The library remembers which keyring it has chosen.
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    return _settle(isolated_home, monkeypatch, capsys, {"MFACLI_STORE": "keyring", **service})


def _settle(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    variables: Mapping[str, str],
) -> Owner:
    for name in list(os.environ):
        if name.startswith(("PYTHONIO", "SHELL")):
            monkeypatch.delenv(name)
    for name, value in {"MFACLI_STATE_DIR": str(home / "state"), **variables}.items():
        monkeypatch.setenv(name, value)
    owner = Owner(home=home, capture=capture)
    owner.config.parent.mkdir()
    owner.config.write_text(CONFIG)
    owner.credentials.write_text(CREDENTIALS)
    return owner
