"""Which device an account of an export is: AWS labels the codes that it draws NAME@ACCOUNT."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mfacli.domain.identity import Device, parse_arn
from mfacli.domain.registered import User

if TYPE_CHECKING:
    from mfacli.codes.seeds import ImportedSeed

# The account is a number, or an alias where it has one.
_OF_AWS = re.compile(r"(?P<name>[\w+=,.@-]{1,200})@(?P<account>[0-9]{12})", re.ASCII)
# What IAM makes: 320 bits.
_CHARACTERS_OF_AWS = 64
# RFC 4226 (R6) asks for 128 bits.
_FEWEST_CHARACTERS = 26


def device_of(seed: ImportedSeed, known: Iterable[str]) -> Device | None:
    """Return the AWS device that a seed's label names, None where it names none.

    `known` are serials that stand elsewhere, in profiles: from them a partition or a path is known that the label
    does not tell.
    """
    label = _OF_AWS.fullmatch(seed.account)
    if label is None:
        return None
    for serial in known:
        device = Device(serial=serial)
        if serial.startswith("arn:") and _is_labelled(device, label):
            return device
    return User(partition="aws", account_id=label["account"], name="").device_named(label["name"])


def is_of(seed: ImportedSeed, device: Device) -> bool | None:
    """Return whether a seed's label names `device`; None where it does not tell, or the device has no such label."""
    label = _OF_AWS.fullmatch(seed.account)
    if label is None or parse_arn(device.serial) is None:
        return None
    return _is_labelled(device, label)


def doubt(seed: ImportedSeed, device: Device) -> str | None:
    """Return what speaks against a seed being that of `device`, or being whole; None where nothing does.

    Those of Tencent Cloud's devices are proved with a code, and need no guess.
    """
    if device.serial.startswith("qcs:"):
        return None
    length = len(seed.seed.key.reveal())
    if is_of(seed, device) is False:
        return f"the seed is labelled {seed.account}, and the device is {device.serial}"
    if parse_arn(device.serial) is not None and length != _CHARACTERS_OF_AWS:
        return f"the seed has {length} characters, and those that IAM gives have {_CHARACTERS_OF_AWS}"
    if length < _FEWEST_CHARACTERS:
        return f"the seed has {length} characters, fewer than RFC 4226 asks for (128 bits)"
    return None


def _is_labelled(device: Device, label: re.Match[str]) -> bool:
    return (device.name, device.account_id) == (label["name"], label["account"])
