"""The ceremony that makes a device: created, shown or kept, proved by two codes, enabled; half of one is taken back.

Each state that a killed process can leave is one that the next run goes on from: a device that is nobody's and whose
seed is kept here is enabled with it, one without a seed is made anew, one that is enabled already needs nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mfacli.commands.device_cloud import OwnDevices
from mfacli.commands.device_codes import derived_pair, mark_spent, typed_pair
from mfacli.commands.device_showing import check_picture, check_terminal, show_seed, write_picture
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.own_device import deletion_command
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudUnreachable,
    CodeRejected,
    DeviceUnusable,
    EntityExists,
    FileUnwritable,
    KeyringUnusable,
    MfacliError,
)

_MOST_PAIRS = 3
_KEPT_PAIRS = 2
# A name that has just been given up is not free everywhere in IAM at once.
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))


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
class _Begun:
    """A device that is there and not enabled; `seed` is None where only an authenticator app has it.

    `is_new` says that it has just been made, and so may be taken back.
    """

    device: Device
    seed: Seed | None
    is_new: bool


def enrol(desk: Desk, own: OwnDevices, wish: Wish) -> None:
    """Have the device enabled for the user; returns once IAM lists it. One that is enabled already stays as it is."""
    device = wish.device
    # Not the device's own lock: for that one an MFA session may be waiting in this very process.
    with desk.locks.hold(f"enrol {device.key}"):
        if (found := own.enabled(device)) is not None:
            desk.terminal.note(
                f"device {device.name} is enabled already, since {found.enabled_at:%Y-%m-%d %H:%M} UTC"
            )
            _check_kept(desk, wish)
            return
        own.pending = device
        _check_ways(desk, wish)
        begun = _begun(desk, own, wish)
        try:
            is_kept = begun.seed is not None and _placed(desk, device, begun.seed, wish)
            _enable(desk, own, begun, is_kept=is_kept)
        except BaseException:
            # Whatever it was, Ctrl-C too: what was made must not lie about.
            if begun.is_new:
                _take_back(desk, own, wish)
            raise
        own.pending = None
        _prove(desk, own, device)


def _check_kept(desk: Desk, wish: Wish) -> None:
    if wish.keeps_seed and desk.seeds.find_seed(wish.device) is None:
        raise DeviceUnusable(
            f"the seed of device {wish.device.name} is not here, and the cloud tells it only once",
            hint="`mfacli device import` keeps it where you have it; else enrol another device with --name",
        )


def _check_ways(desk: Desk, wish: Wish) -> None:
    """Refuse before anything is made what could not be ended."""
    if not wish.keeps_seed:
        check_terminal(desk, hint="--keep-seed keeps the seed in the keyring and makes the codes from it")
    if wish.png is not None:
        check_picture(desk, wish.png, is_agreed=wish.is_agreed)


def _begun(desk: Desk, own: OwnDevices, wish: Wish) -> _Begun:
    """Return the device, made now, or begun before and gone on with."""
    device = wish.device
    try:
        return _Begun(device=device, seed=own.create(device).seed, is_new=True)
    except EntityExists:
        free = own.unassigned()
        if free is not None and device.serial not in free:
            raise DeviceUnusable(
                f"`{device.serial}` is another user's device", hint="give yours another name with --name"
            ) from None
    except CloudUnreachable:
        desk.terminal.warn(f"whether device {device.name} has been made is not known; run this again to go on")
        raise
    seed = desk.seeds.find_seed(device)
    if seed is not None:
        desk.terminal.note(f"device {device.name} was begun before, and its seed is kept here: going on with it")
        return _Begun(device=device, seed=seed, is_new=False)
    desk.terminal.note(f"device {device.name} was begun before and never enabled; its seed was told only once")
    if not wish.is_agreed and not _is_to_be_made_anew(desk, wish):
        return _Begun(device=device, seed=None, is_new=False)
    try:
        own.delete(device)
    except AccessDenied:
        desk.terminal.warn(f"until it is deleted, another name does: `mfacli device enroll --name {device.name}-2`")
        raise
    return _Begun(device=device, seed=_made_anew(desk, own, device), is_new=True)


def _is_to_be_made_anew(desk: Desk, wish: Wish) -> bool:
    """Ask what becomes of a device whose seed is not here; an app that has it needs nobody to tell it again."""
    device = wish.device
    if not wish.keeps_seed:
        ways = ("an authenticator app has it already: type its codes", "delete it, and make it anew")
        return desk.prompter.choose(f"device {device.name} is there, enabled for nobody:", ways) == 1
    if not desk.prompter.confirm("delete it, and make it anew?"):
        raise Cancelled(f"device {device.name} is left as it is")
    return True


def _made_anew(desk: Desk, own: OwnDevices, device: Device) -> Seed:
    for pause in _PAUSES:
        try:
            return own.create(device).seed
        except EntityExists:
            desk.terminal.detail(f"the name is not free yet; trying again in {pause.seconds} s")
            desk.clock.wait(pause)
    return own.create(device).seed


def _placed(desk: Desk, device: Device, seed: Seed, wish: Wish) -> bool:
    """Bring the seed where it shall be; returns whether codes can be made from the one that is kept."""
    is_kept = False
    if wish.keeps_seed:
        try:
            place = desk.seeds.keep_seed(device, seed)
            desk.terminal.note(f"kept the seed of device {device.name} in {place}")
            is_kept = True
        except (KeyringUnusable, FileUnwritable) as problem:
            # With somebody at a terminal the phone can still have it.
            desk.terminal.warn(f"the seed could not be kept: {problem.message}")
            if desk.never_asks or not desk.terminal.show(""):
                raise
    if wish.png is not None:
        write_picture(desk, wish.png, device, seed)
    if wish.draws or (wish.keeps_seed and not is_kept and wish.png is None):
        show_seed(desk, device, seed)
    return is_kept


def _enable(desk: Desk, own: OwnDevices, begun: _Begun, *, is_kept: bool) -> None:
    device = begun.device
    most = _KEPT_PAIRS if is_kept else _MOST_PAIRS
    for number in range(1, most + 1):
        if is_kept and begun.seed is not None:
            codes = derived_pair(desk, device, begun.seed)
        else:
            codes = typed_pair(desk, device, begun.seed)
        try:
            own.enable(device, codes)
        except CodeRejected as refusal:
            mark_spent(desk, device, codes)
            if number == most:
                raise
            desk.terminal.warn(f"{refusal.message}; trying once more")
            continue
        except (CloudUnreachable, EntityExists):
            # Whoever got no answer may have got through.
            if own.enabled(device) is None:
                raise
        mark_spent(desk, device, codes)
        return


def _prove(desk: Desk, own: OwnDevices, device: Device) -> None:
    for pause in (*_PAUSES, None):
        devices = own.listed()
        if devices is None:
            desk.terminal.note(f"enabled device {device.name}; no policy lets your devices be listed to prove it")
            return
        if any(each.serial == device.serial for each in devices):
            desk.terminal.note(f"enabled device {device.name}; IAM lists it")
            return
        if pause is not None:
            desk.clock.wait(pause)
    desk.terminal.warn(
        f"device {device.name} was enabled, but IAM does not list it yet; look with `mfacli device list`"
    )


def _take_back(desk: Desk, own: OwnDevices, wish: Wish) -> None:
    """Delete what was made; where that is not possible, say what is left and how to be rid of it."""
    device = wish.device
    try:
        own.delete(device, may_ask=False)
    except MfacliError as problem:
        _tell_what_is_left(desk, device, problem, has_seed=wish.keeps_seed)
        return
    if wish.png is not None:
        wish.png.unlink(missing_ok=True)
    if wish.keeps_seed:
        desk.seeds.forget_seed(device)
    desk.terminal.note(f"deleted device {device.name} again; nothing is left of it")


def _tell_what_is_left(desk: Desk, device: Device, problem: MfacliError, *, has_seed: bool) -> None:
    if isinstance(problem, EntityExists):
        desk.terminal.warn(f"device {device.name} is enabled after all; run this again to end with the profile")
        return
    goes_on = "with the seed kept here" if has_seed else "where an authenticator app has it already"
    desk.terminal.warn(f"device `{device.serial}` is left, enabled for nobody: {problem.message}")
    if isinstance(problem, AccessDenied):
        desk.terminal.warn(problem.hint)
    else:
        desk.terminal.warn(f"to be rid of it: {deletion_command(device.serial)}")
    desk.terminal.note(f"run this again to go on {goes_on}, or with another --name")
