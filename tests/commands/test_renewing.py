"""Whether a session can be renewed ahead, which is looked up without a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from mfacli.commands.options import Manners
from mfacli.commands.renewing import unasked_parts
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import (
    DeviceChoice,
    DeviceToFind,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Plan,
    SessionTokenStep,
)
from mfacli.interfaces import SeedStore

SERIAL = "qcs::cam:uin/100000000001::mfa/softToken"
OWN = Device(serial=SERIAL, user="100000000002")
OF_AWS = Device(serial="arn:aws:iam::111122223333:mfa/anna")
PLAN = Plan(
    cloud=Cloud.TENCENT,
    profile="prod",
    key_source=KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKID"),
    device=NoDevice(),
    steps=(SessionTokenStep(duration=timedelta(hours=2), with_code=True),),
)


class _Seeds:
    def __init__(self, *devices: Device) -> None:
        self._devices = devices

    def devices_with_seed(self) -> Sequence[Device]:
        return self._devices


@pytest.mark.parametrize(
    ("choice", "kept", "can"),
    [
        # In Tencent Cloud, a profile's serial does not say whose of the account's devices is meant, and a seed does.
        (KnownDevice(device=Device(serial=SERIAL), origin="mfa_serial"), OWN, True),
        (KnownDevice(device=OF_AWS, origin="mfa_serial"), OF_AWS, True),
        (KnownDevice(device=OF_AWS, origin="mfa_serial"), OWN, False),
        (DeviceToFind(is_required=True), OWN, True),
        (NoDevice(), OWN, False),
    ],
)
def test_a_kept_seed_renews_ahead(choice: DeviceChoice, kept: Device, can: bool) -> None:
    desk = Desk(manners=Manners(), environment={"MFACLI_STORE": "memory"})
    desk.seeds = cast("SeedStore", _Seeds(kept))
    plan = replace(PLAN, device=choice)

    unasked = unasked_parts(desk, plan, desk.parts(plan))

    assert (unasked is not None) is can
