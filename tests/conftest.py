"""Isolates every test: no test may read the developer's HOME, keyring or environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_FOREIGN = ("AWS_", "MFACLI_", "TENCENTCLOUD_", "DBUS_", "XDG_", "GNOME_KEYRING")


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty HOME and an environment without any cloud's or keyring's variables."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("MFACLI_STORE", "memory")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(home)
    return home
