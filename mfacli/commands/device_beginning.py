"""The first half of enrolling a device: what is wished for, and a device that is there and not enabled yet.

Each state that a killed process can leave is one that the next run goes on from: a device that is nobody's and whose
seed is kept here is enabled with it, one without a seed by the app that has it, or made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mfacli.commands.device_cloud import PAUSES, OwnDevices
from mfacli.commands.device_showing import check_picture, check_terminal
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudUnreachable,
    DeviceUnusable,
    EntityExists,
    InputNotAllowed,
    UsageWrong,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the device shall be made. `draws` is the QR code on the terminal, `png` the file for one.

    `is_agreed` says that what would be asked (to delete half a device, to write over a file) is agreed to.
    """

    device: Device
    keeps_seed: bool
    draws: bool
    png: Path | None
    is_agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A device that is there and not enabled; `seed` is None where only an authenticator app has it.

    `is_new` says that it has just been made, and so may be taken back.
    """

    device: Device
    seed: Seed | None
    is_new: bool


def check_ways(desk: Desk, wish: Wish) -> None:
    """Refuse before anything is made what could not be ended."""
    if not (wish.keeps_seed or wish.draws or wish.png is not None):
        raise UsageWrong(
            "with --no-qr nobody would have the device's seed",
            hint="write the QR code with --png FILE, or keep the seed with --keep-seed",
        )
    if not wish.keeps_seed:
        check_terminal(desk, hint="--keep-seed keeps the seed in the keyring and makes the codes from it")
    elif wish.draws and not desk.terminal.show(""):
        raise InputNotAllowed(
            "the QR code cannot be drawn: there is no terminal",
            hint="write it with --png FILE, or draw it later: `mfacli device export --qr`",
        )
    if wish.png is not None:
        check_picture(desk, wish.png, is_agreed=wish.is_agreed)
    if wish.keeps_seed:
        desk.seeds.make_ready(wish.device)


def begin(desk: Desk, own: OwnDevices, wish: Wish) -> Begun:
    """Return the device, made now, or begun before and gone on with."""
    device = wish.device
    try:
        return _made(desk, own, device)
    except EntityExists:
        free = own.unassigned()
        if free is not None and device.serial not in free:
            raise DeviceUnusable(
                f"`{device.serial}` is another user's device",
                hint="give yours another name with --name; if you began it a moment ago, run this again",
            ) from None
    seed = desk.seeds.find_seed(device)
    if seed is not None:
        desk.terminal.note(f"device {device.name} was begun before, and its seed is kept here: going on with it")
        return Begun(device=device, seed=seed, is_new=False)
    desk.terminal.note(f"device {device.name} was begun before and never enabled; its seed was told only once")
    if not wish.is_agreed and not _is_to_be_made_anew(desk, wish):
        return Begun(device=device, seed=None, is_new=False)
    try:
        own.delete(device)
    except AccessDenied:
        another = f"mfacli device enroll --name {device.name}-2{own.option}"
        desk.terminal.warn(f"until it is deleted, another name does: `{another}`")
        raise
    desk.terminal.note("deleted it; what an authenticator app has scanned of it is of no use: delete that there")
    return _made_anew(desk, own, device)


def _is_to_be_made_anew(desk: Desk, wish: Wish) -> bool:
    """Ask what becomes of a device whose seed is not here; an app that has it needs nobody to tell it again."""
    device = wish.device
    if not wish.keeps_seed:
        ways = ("an authenticator app has it already: type its codes", "delete it, and make it anew")
        return desk.prompter.choose(f"device {device.name} is there, enabled for nobody:", ways) == 1
    if not desk.prompter.confirm("delete it, and make it anew?"):
        raise Cancelled(f"device {device.name} is left as it is")
    return True


def _made_anew(desk: Desk, own: OwnDevices, device: Device) -> Begun:
    for pause in PAUSES:
        try:
            return _made(desk, own, device)
        except EntityExists:
            desk.terminal.detail(f"the name is not free yet; trying again in {pause.seconds} s")
            desk.clock.wait(pause)
    return _made(desk, own, device)


def _made(desk: Desk, own: OwnDevices, device: Device) -> Begun:
    try:
        return Begun(device=device, seed=own.create(device).seed, is_new=True)
    except (CloudUnreachable, KeyboardInterrupt):
        desk.terminal.warn(f"whether device {device.name} has been made is not known; run this again to go on")
        raise
