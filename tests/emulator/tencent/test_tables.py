from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest

from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.tencent.cam.service import cam_service
from mfacli.emulator.tencent.cvm.service import cvm_service
from mfacli.emulator.tencent.tables import TabledService
from mfacli.emulator.tencent.town.town import Town
from tests.emulator.tencent.quarter import quarter


def _cam(town: Town) -> TabledService:
    return cam_service(town, KeyUses())


@pytest.mark.parametrize("make", [cvm_service, _cam], ids=["cvm", "cam"])
def test_every_parameter_that_is_taken_is_one_of_the_sdks(make: Callable[[Town], TabledService]) -> None:
    service = make(quarter().town)
    models = import_module(f"tencentcloud.{service.name}.v{service.version.replace('-', '')}.models")

    unknown = {
        (action, name)
        for action, shape in service.actions.items()
        for name in (*shape.required, *shape.optional)
        if f"_{name}" not in vars(getattr(models, f"{action}Request")())
    }

    assert not unknown
