"""Long-term keys are put into the keyring, taken out of it and moved with no rotation in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.commands.main import run
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.store.keys import KeptKeys
from mfacli.store.memory import MemoryIndex, MemoryVault
from tests.doubles import HandClock

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class _Locks:
    """`Locks` that tell which are held."""

    def __init__(self) -> None:
        self.held: list[str] = []

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        self.held.append(name)
        yield
        self.held.remove(name)


class _Watched(MemoryVault):
    """A keyring that notes which locks are held when it changes."""

    def __init__(self, locks: _Locks) -> None:
        super().__init__()
        self._locks = locks
        self.changes: list[list[str]] = []

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        self.changes.append(list(self._locks.held))
        super().write(name, text, lifetime=lifetime)

    def delete(self, name: str) -> bool:
        self.changes.append(list(self._locks.held))
        return super().delete(name)


@pytest.mark.parametrize(
    ("arguments", "is_kept"),
    [
        (["keys", "add", "-p", "new", "--from-env", "--no-check"], True),
        (["keys", "remove", "-p", "dev", "--yes"], False),
    ],
    ids=["add", "remove"],
)
def test_no_rotation_is_in_the_middle_of_it_when_keys_come_and_go(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], is_kept: bool
) -> None:
    locks = _Locks()
    vault = _Watched(locks)
    store = KeptKeys(vault, index=MemoryIndex(), clock=HandClock())
    store.keep_keys(Cloud.AWS, "dev", Keys(access_key_id=KEY_ID, secret_access_key=Secret(SECRET)))
    vault.changes.clear()
    monkeypatch.setattr(Desk, "locks", locks)
    monkeypatch.setattr(Desk, "keys", store)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    code = run(arguments)

    assert code == 0
    assert (store.find_keys(Cloud.AWS, "dev") is not None) is is_kept
    assert vault.changes
    assert all("rotation aws" in held for held in vault.changes)
    assert locks.held == []
