from __future__ import annotations

from datetime import timedelta

from mfacli.emulator.key_uses import KeyUse, KeyUses
from tests.doubles import NOON


def test_the_latest_use_of_each_key_is_known() -> None:
    uses = KeyUses()
    later = KeyUse(at=NOON + timedelta(hours=1), service="sts")
    uses.note("AKIAONE", KeyUse(at=NOON, service="iam", region="us-east-1"))
    uses.note("AKIAONE", later)

    assert uses.last_of("AKIAONE") == later
    assert uses.last_of("AKIATWO") is None


def test_a_world_that_begins_anew_has_no_used_keys() -> None:
    uses = KeyUses()
    uses.note("AKIAONE", KeyUse(at=NOON, service="iam"))

    uses.clear()

    assert uses.last_of("AKIAONE") is None
