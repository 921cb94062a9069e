"""What a keyring has refused with is remembered for a while, and not for ever."""

from __future__ import annotations

from time import monotonic

import pytest

from mfacli.errors import KeyringLocked
from mfacli.store import trouble
from mfacli.store.trouble import Trouble

LOCKED = KeyringLocked("the keyring is locked")


def test_without_trouble_nothing_is_raised() -> None:
    Trouble().raise_again()


@pytest.mark.parametrize("seconds", [0.0, 59.0])
def test_trouble_is_met_again_for_a_minute(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    met = Trouble()
    met.meet(LOCKED)
    now = monotonic() + seconds
    monkeypatch.setattr(trouble, "monotonic", lambda: now)

    with pytest.raises(KeyringLocked) as again:
        met.raise_again()

    assert again.value is LOCKED


def test_after_a_minute_the_keyring_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    met = Trouble()
    met.meet(LOCKED)
    now = monotonic() + 61
    monkeypatch.setattr(trouble, "monotonic", lambda: now)

    met.raise_again()
