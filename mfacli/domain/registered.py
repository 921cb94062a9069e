"""MFA devices as the cloud lists and makes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device, parse_device
from mfacli.errors import DeviceUnusable

# IAM API, CreateVirtualMFADevice; with the rest of the ARN at most 256 characters.
_NAME = re.compile(r"[\w+=,.@-]{1,200}", re.ASCII)
MOST_DEVICES = 8
"""How many a user can have, of all kinds together (IAM quotas; it cannot be raised)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredDevice:
    """A device that is enabled for a user, of any kind, security keys among them."""

    serial: str
    enabled_at: datetime

    @property
    def is_usable(self) -> bool:
        """Whether STS can check it."""
        try:
            parse_device(self.serial)
        except DeviceUnusable:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """A device that is not enabled yet, with the seed that the cloud tells only once."""

    device: Device
    seed: Seed


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """The IAM user whom some keys belong to."""

    partition: str
    account_id: str
    name: str

    def device_named(self, name: str) -> Device:
        """Return the virtual device of this account that is called `name`; raises `DeviceUnusable`."""
        if not _NAME.fullmatch(name):
            raise DeviceUnusable(f"`{name}` cannot be a device's name", hint="names have A-Z a-z 0-9 _+=,.@- only")
        return parse_device(f"arn:{self.partition}:iam::{self.account_id}:mfa/{name}")
