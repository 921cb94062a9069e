from __future__ import annotations

import pytest

from mfacli.emulator.plane import moto_world
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world


def test_a_world_that_could_not_be_made_whole_answers_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LookupError("half of it")

    monkeypatch.setattr(moto_world, "seed_identities", fail)
    moto = MotoWorld(default_world(), WorldKey.ephemeral())

    for _ in range(2):
        with pytest.raises(LookupError), moto.entered("iam"):
            pytest.fail("a request would meet people without the policies that bind them")
