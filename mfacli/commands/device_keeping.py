"""Imported seeds on their way into the keyring: what would take another one's place is asked for first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mfacli.commands.device_labels import device_of, doubt
from mfacli.commands.device_naming import profiles_by_serial
from mfacli.commands.wiring import Desk
from mfacli.domain.identity import Device
from mfacli.errors import Cancelled, DeviceUnusable, InputNotAllowed, SeedMalformed
from mfacli.output.words import printable

if TYPE_CHECKING:
    from mfacli.codes.seeds import ImportedSeed


def keep_one(desk: Desk, device: Device, imported: ImportedSeed, *, is_agreed: bool) -> None:
    """Keep the seed of one device; raises `Cancelled` where another one is to stay."""
    if not is_agreed and _has_another(desk, device, imported):
        _agree(desk, f"another seed of device {device.name} is kept")
    _keep(desk, device, imported, called=device.name)


def keep_all(desk: Desk, found: Sequence[ImportedSeed], *, is_agreed: bool) -> None:
    """Keep the seeds whose labels name an AWS device; raises where there are none, or others are to stay."""
    named: dict[str, list[ImportedSeed]] = {}
    known = profiles_by_serial(desk)
    for each in found:
        device = device_of(each, known)
        if device is None:
            desk.terminal.note(f"passed over {printable(each.label)}: it names no AWS device (NAME@ACCOUNT)")
        else:
            named.setdefault(device.serial, []).append(each)
    for serial in [serial for serial, seeds in named.items() if len(seeds) > 1]:
        desk.terminal.warn(
            f"passed over {len(named.pop(serial))} different seeds of {serial}: import the right one with --device"
        )
    if not named:
        raise DeviceUnusable(
            f"none of the {len(found)} accounts names an AWS device",
            hint="import one of them with --name and --device",
        )
    keeping = [(Device(serial=serial), seeds[0]) for serial, seeds in named.items()]
    others = [device.name for device, imported in keeping if _has_another(desk, device, imported)]
    if others and not is_agreed:
        _agree(desk, f"other seeds are kept of {', '.join(others)}")
    for device, imported in keeping:
        _keep(desk, device, imported, called=device.serial)


def _has_another(desk: Desk, device: Device, imported: ImportedSeed) -> bool:
    try:
        before = desk.seeds.find_seed(device)
    except SeedMalformed:
        # A damaged one is no loss.
        return False
    return before is not None and before != imported.seed


def _agree(desk: Desk, what: str) -> None:
    try:
        agreed = desk.prompter.confirm(f"{what}: replace it?")
    except InputNotAllowed as problem:
        raise InputNotAllowed(
            f"{what}, and nobody can be asked whether to replace it",
            hint="add --yes to replace it; `mfacli device test` tells whether it is right",
        ) from problem
    if not agreed:
        raise Cancelled("nothing was changed")


def _keep(desk: Desk, device: Device, imported: ImportedSeed, *, called: str) -> None:
    place = desk.seeds.keep_seed(device, imported.seed)
    described = f" ({printable(imported.label)})" if imported.issuer else ""
    desk.terminal.note(f"kept the seed of device {called}{described} in {place}")
    if reason := doubt(imported, device):
        desk.terminal.warn(f"{reason}: is it whole, and this device's? `mfacli device test` compares them")
