from __future__ import annotations

import site
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.SecretService
import pytest
from keyring.backend import KeyringBackend

from mfacli.errors import KeyringLocked, KeyringUnusable
from mfacli.store.keyring_choice import deciding_places, is_secret_service
from tests.store.standins import MemoryKeyring


def secret_service() -> KeyringBackend:
    return keyring.backends.SecretService.Keyring()  # type: ignore[no-untyped-call]  # the library's has no types


def chain(*backends: KeyringBackend) -> KeyringBackend:
    chained = type("Chain", (MemoryKeyring,), {"__module__": "keyring.backends.chainer", "backends": list(backends)})
    made: KeyringBackend = chained()
    return made


@pytest.mark.parametrize(
    "backend", [secret_service(), chain(secret_service(), MemoryKeyring())], ids=["one", "first"]
)
def test_the_secret_service_is_known(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", backend)

    assert is_secret_service()


OTHERS = {
    "none": keyring.backends.fail.Keyring(),  # type: ignore[no-untyped-call]  # likewise
    "another": MemoryKeyring(),
    "an empty chain": chain(),
    "second in a chain": chain(MemoryKeyring(), secret_service()),
    "another collection": secret_service().with_properties(preferred_collection="/org/freedesktop/secrets/x"),
    "other attributes": secret_service().with_properties(scheme="KeePassXC"),
}


@pytest.mark.parametrize("backend", OTHERS.values(), ids=OTHERS)
def test_other_keyrings_are_not_taken_for_it(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", backend)

    assert not is_secret_service()


def test_a_choice_that_fails_is_a_keyring_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Backend")

    with pytest.raises(KeyringUnusable):
        is_secret_service()


def test_a_choice_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("mfacli.store.keyring_choice._PATIENCE", timedelta(milliseconds=20))
    monkeypatch.setattr("keyring.get_keyring", over.wait)

    with pytest.raises(KeyringLocked):
        is_secret_service()

    over.set()


@pytest.mark.parametrize("variables", [{}, {"XDG_CONFIG_HOME": "/elsewhere"}], ids=["usual", "named"])
def test_keyrings_configuration_and_what_is_installed_decide(variables: dict[str, str]) -> None:
    environment = {"HOME": "/home/anaya", **variables}
    # Where the library finds it itself, which it settles when it is imported.
    code = "from keyring.core import _config_path; print(_config_path())"
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    configuration, *folders = deciding_places(environment, home=Path("/home/anaya"))

    assert str(configuration) == told.stdout.strip()
    assert set(site.getsitepackages()) < {str(folder) for folder in folders}
