"""`mfacli device rename`: another device under another name, and the old one removed, since IAM renames nothing."""

from __future__ import annotations

from pathlib import Path

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.device_cloud import OwnDevices, own_device, own_devices
from mfacli.commands.device_meant import device_option, request_for
from mfacli.commands.device_naming import name_in_profile
from mfacli.commands.device_remove import remove_from_cloud, yes_option
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import KnownDevice
from mfacli.errors import AccessDenied, Cancelled, DeviceUnusable, MfacliError, UsageWrong


@click.command(name="rename")
@click.argument("name", metavar="NAME")
@profile_option
@cloud_option
@device_option
@click.option("--png", metavar="FILE", shell_complete=complete_files, help="Write the QR code to FILE.")
@click.option(
    "--qr/--no-qr", "wants_qr", default=None, help="Draw the QR code, or do not; default: where no seed is kept."
)
@yes_option
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    name: str,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    png: str | None,
    wants_qr: bool | None,
    yes: bool,
) -> None:
    """Replace a device by one called NAME. IAM cannot rename, and a seed belongs to one device for good.

    So a new device is enrolled, whose QR code has to be scanned anew, or whose seed is kept where the old one's is;
    then the profile names it, and the old one is deactivated and deleted. That is asked for first.

    \b
      mfacli device rename phone-2024 -p dev
    """
    from mfacli.commands.device_beginning import Wish
    from mfacli.commands.device_enrolling import enrol

    desk = desk_of(ctx)
    own = own_devices(desk, request_for(profile, cloud, device), what="rename")
    old, new = own_device(desk, own), own.user.device_named(name)
    if not old.is_virtual:
        raise DeviceUnusable(
            f"`{old.serial}` is a hardware device, whose serial is its name",
            hint=f"for a virtual one beside it: `mfacli device enroll --name {name}{own.option}`",
        )
    if new == old:
        raise _called_so_already(own, new)
    question = f"IAM cannot rename: enrol {new.name}, with a seed of its own, and delete {old.name} then?"
    if not yes and not desk.prompter.confirm(question):
        raise Cancelled(f"device {old.name} is left as it is")
    has_seed = old in desk.seeds.devices_with_seed()
    wish = Wish(
        device=new,
        keeps_seed=has_seed,
        draws=wants_qr if wants_qr is not None else not has_seed and png is None,
        png=Path(png) if png else None,
        is_agreed=yes,
    )
    enrol(desk, own, wish)
    if not isinstance(own.plan.device, KnownDevice) or own.plan.device.device == old:
        name_in_profile(desk, own.plan, new, is_agreed=True)
    try:
        remove_from_cloud(desk, own, old)
    except AccessDenied:
        raise
    except (MfacliError, KeyboardInterrupt):
        desk.terminal.warn(
            f"device {old.name} is still there: `mfacli device remove --from-cloud --device {old.serial}{own.option}`"
        )
        raise
    desk.terminal.answer(new.serial)


def _called_so_already(own: OwnDevices, device: Device) -> UsageWrong:
    """Return the error for a name that the device has; an earlier run may have left the one before it."""
    others = [each.serial for each in own.listed() or () if each.serial != device.serial]
    hint = (
        f"`mfacli device remove --from-cloud --device SERIAL{own.option}` takes another one away: {', '.join(others)}"
    )
    return UsageWrong(f"device {device.name} is called so already", hint=hint if others else "")
