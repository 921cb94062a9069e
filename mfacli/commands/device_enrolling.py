"""The ceremony that makes a device: created, shown or kept, proved by two codes, enabled; half of one is taken back.

How it begins, and goes on from what an earlier run has left, is in `device_beginning.py`.
"""

from __future__ import annotations

from mfacli.commands.device_beginning import Begun, Wish, begin, check_ways
from mfacli.commands.device_cloud import PAUSES, OwnDevices
from mfacli.commands.device_codes import derived_pair, mark_spent, typed_pair
from mfacli.commands.device_leftovers import Traces, take_back
from mfacli.commands.device_showing import show_seed, write_picture
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.registered import MOST_DEVICES
from mfacli.errors import (
    CloudRefused,
    CloudUnreachable,
    CodeRejected,
    DeviceUnusable,
    EntityExists,
    FileUnwritable,
    KeyringUnusable,
)

_MOST_PAIRS = 3
_KEPT_PAIRS = 2


def enrol(desk: Desk, own: OwnDevices, wish: Wish) -> None:
    """Have the device enabled for the user; returns once IAM lists it. One that is enabled already stays as it is."""
    device = wish.device
    # Not the device's own lock: for that one an MFA session may be waiting in this very process.
    with desk.locks.hold(f"enrol {device.key}"):
        listed = own.listed() or ()
        if (found := next((each for each in listed if each.serial == device.serial), None)) is not None:
            desk.terminal.note(
                f"device {device.name} is enabled already, since {found.enabled_at:%Y-%m-%d %H:%M} UTC"
            )
            _check_kept(desk, wish)
            return
        own.pending = device
        if len(listed) >= MOST_DEVICES:
            raise CloudRefused(
                f"{own.user.name} has {len(listed)} MFA devices already, and IAM allows {MOST_DEVICES}",
                hint=f"take one away first: `mfacli device remove --from-cloud --device SERIAL{own.option}`",
            )
        check_ways(desk, wish)
        begun = begin(desk, own, wish)
        traces = Traces(device=device, is_new=begun.is_new, has_seed=begun.seed is not None and not begun.is_new)
        try:
            if begun.is_new and not wish.keeps_seed:
                _forget_namesake(desk, device)
            if begun.seed is not None:
                _place(desk, begun.seed, wish, traces)
            _enable(desk, own, begun, traces)
        except BaseException:
            # Whatever it was, Ctrl-C too: what was made must not lie about.
            take_back(desk, own, traces)
            raise
        own.pending = None
        try:
            _prove(desk, own, device)
        except BaseException:
            # Ctrl-C too, while the list is waited for.
            desk.terminal.warn(f"device {device.name} is enabled; run this again to end with the profile")
            raise


def _check_kept(desk: Desk, wish: Wish) -> None:
    has_seed = wish.device in desk.seeds.devices_with_seed()
    if wish.keeps_seed and not has_seed:
        raise DeviceUnusable(
            f"the seed of device {wish.device.name} is not here, and the cloud tells it only once",
            hint="`mfacli device import` keeps it where you have it; else enrol another device with --name",
        )
    if has_seed and (wish.draws or wish.png is not None):
        desk.terminal.note(f"its QR code: `mfacli device export --qr --device {wish.device.serial}`")


def _forget_namesake(desk: Desk, device: Device) -> None:
    """Remove the seed of a device that had this name before: its codes would be taken for the new one's."""
    if device not in desk.seeds.devices_with_seed():
        return
    try:
        desk.seeds.forget_seed(device)
        desk.terminal.note(f"removed the seed of the device that was called {device.name} before")
    except (KeyringUnusable, FileUnwritable) as problem:
        desk.terminal.warn(
            f"the seed kept of the device that was called {device.name} before makes wrong codes: "
            f"it could not be removed, {problem.message}; `mfacli device remove --device {device.serial}` does it"
        )


def _place(desk: Desk, seed: Seed, wish: Wish, traces: Traces) -> None:
    """Bring the seed where it shall be."""
    device = wish.device
    shows = wish.draws
    if wish.keeps_seed:
        try:
            place = desk.seeds.keep_seed(device, seed)
            desk.terminal.note(f"kept the seed of device {device.name} in {place}")
            traces.has_seed = traces.is_kept = True
        except (KeyringUnusable, FileUnwritable) as problem:
            # With somebody at a terminal the phone can still have it.
            desk.terminal.warn(f"the seed could not be kept: {problem.message}")
            if desk.never_asks or not desk.terminal.show(""):
                raise
            shows = shows or wish.png is None
    if wish.png is not None:
        try:
            write_picture(desk, wish.png, device, seed)
            traces.picture = wish.png
        except FileUnwritable as problem:
            desk.terminal.warn(problem.message)
            if desk.never_asks or not desk.terminal.show(""):
                raise
            shows = True
    if shows:
        traces.is_shown = show_seed(desk, device, seed)


def _enable(desk: Desk, own: OwnDevices, begun: Begun, traces: Traces) -> None:
    device = begun.device
    kept = begun.seed if traces.is_kept else None
    most = _MOST_PAIRS if kept is None else _KEPT_PAIRS
    for number in range(1, most + 1):
        codes = derived_pair(desk, device, kept) if kept else typed_pair(desk, device, begun.seed)
        try:
            own.enable(device, codes)
        except CodeRejected as refusal:
            mark_spent(desk, device, codes)
            if number == most:
                raise
            desk.terminal.warn(f"{refusal.message}; trying once more")
            continue
        except (CloudUnreachable, EntityExists) as problem:
            # Whoever got no answer may have got through.
            traces.may_be_enabled = isinstance(problem, CloudUnreachable)
            desk.terminal.note(f"{problem.message}; looking whether the device has been enabled all the same")
            if own.enabled(device) is None:
                raise
        mark_spent(desk, device, codes)
        return


def _prove(desk: Desk, own: OwnDevices, device: Device) -> None:
    for pause in (*PAUSES, None):
        try:
            devices = own.listed()
        except (CloudUnreachable, CloudRefused) as problem:
            desk.terminal.warn(
                f"enabled device {device.name}, but could not see whether IAM lists it: {problem.message}"
            )
            return
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
