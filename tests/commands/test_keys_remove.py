"""Keys that are taken out of the keyring, and keys that were not in it."""

from __future__ import annotations

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

KEYS = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("wJalrXUtnFEMI"))


@pytest.mark.parametrize(
    ("is_there", "said"),
    [
        (True, "removed the key …MPLE of profile `dev` from the keyring; it stays good in the cloud"),
        (False, "took the key …MPLE of profile `dev` off the list; the keyring that is chosen now did not have it"),
    ],
    ids=["in this keyring", "in another"],
)
def test_only_what_was_in_the_keyring_is_said_to_be_removed(
    isolated_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_there: bool,
    said: str,
) -> None:
    vault, index = MemoryVault(), MemoryIndex()
    KeptKeys(vault, index=index, clock=HandClock()).keep_keys(Cloud.AWS, "dev", KEYS)
    chosen = KeptKeys(vault if is_there else MemoryVault(), index=index, clock=HandClock())
    monkeypatch.setattr(Desk, "keys", chosen)

    code = run(["keys", "remove", "-p", "dev", "--yes"])

    assert code == 0
    assert capsys.readouterr().err.removeprefix("warning: ") == f"{said}\n"
    assert list(chosen.kept_keys()) == []
