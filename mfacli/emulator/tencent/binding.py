"""Binds devices as the console does, for whoever runs the emulator: no call of the API can."""

from __future__ import annotations

from dataclasses import replace

from mfacli.domain.cloud import Cloud
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.subjects import Subject
from mfacli.emulator.tencent.town.founding import soft_token
from mfacli.emulator.world.keys import WorldKey
from mfacli.errors import EmulatorProblem


class Binding:
    """Gives devices to users that were made while the world runs."""

    def __init__(self, devices: Devices, *, key: WorldKey, clock: WorldClock) -> None:
        self._devices = devices
        self._key = key
        self._clock = clock

    def __call__(self, subject: Subject) -> Device:
        """Return a user's new device; raises `EmulatorProblem` where there is one, or the cloud has calls for it."""
        if subject.cloud is not Cloud.TENCENT or subject.device_owner is None:
            raise EmulatorProblem(
                f"`{subject.name}` binds devices by calls", hint="enable one with iam:EnableMFADevice"
            )
        device = soft_token(subject.account_id, subject.device_owner)
        if self._devices.find(device.serial) is not None:
            raise EmulatorProblem(f"`{subject.name}` has an MFA device already")
        bound = replace(device, enabled_at=self._clock.world_now())
        self._devices.create(bound, self._key.device_seed(device.serial))
        return bound
