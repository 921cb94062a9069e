"""`mfacli device remove` and `deactivate`: a seed taken back, a device taken from its user, and out of the cloud."""

from __future__ import annotations

import click

from mfacli.commands.device_cloud import (
    OwnDevices,
    is_known_to_be_enabled,
    not_enabled,
    own_device,
    own_devices,
)
from mfacli.commands.device_meant import device_option, kept_device_for, no_seed_of, request_for
from mfacli.commands.device_naming import tell_of_profiles
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.errors import AccessDenied, Cancelled, DeviceUnusable, EntityExists, EntityMissing

yes_option = click.option("-y", "--yes", is_flag=True, help="Do it without asking.")


@click.command(name="remove")
@profile_option
@cloud_option
@device_option
@click.option("--from-cloud", is_flag=True, help="AWS: take the device from your user too, and delete it.")
@yes_option
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    from_cloud: bool,
    yes: bool,
) -> None:
    """Remove a device's seed from the keyring. The device itself stays registered in the cloud.

    With --from-cloud it goes there too: deactivated for your IAM user, and deleted where it is a virtual one. That is
    asked for first, and where policies want MFA for it, done with a session that has it, of any device of yours.

    \b
      mfacli device remove -p dev                                a seed no longer wanted here
      mfacli device remove -p dev --from-cloud                   the profile's device, everywhere
      mfacli device remove -p dev --from-cloud --device SERIAL   another one, such as a lost one
    """
    desk = desk_of(ctx)
    request = request_for(profile, cloud, device)
    if from_cloud:
        own = own_devices(desk, request, what="remove")
        target = own_device(desk, own)
        if not yes and not desk.prompter.confirm(f"take {target.serial} from {own.user.name}, and delete it?"):
            raise Cancelled(f"device {target.name} is left as it is")
        if not remove_from_cloud(desk, own, target):
            raise not_enabled(own, target)
        return
    target = kept_device_for(desk, request)
    is_listed = target in desk.seeds.devices_with_seed()
    if desk.seeds.forget_seed(target):
        desk.terminal.note(f"removed the seed of device {target.name}; codes are asked for again")
    elif is_listed:
        desk.terminal.warn(
            f"took the seed of device {target.name} off the list; the keyring that is chosen now did not have it"
        )
    else:
        raise no_seed_of(target, "`mfacli device list` shows which are")


@click.command(name="deactivate")
@profile_option
@cloud_option
@device_option
@yes_option
@common
@click.pass_context
def deactivate(
    ctx: click.Context, /, profile: str | None, cloud: Cloud | None, device: str | None, yes: bool
) -> None:
    """Take a device from your IAM user. It stays in the account, for nobody, and its seed stays where it is.

    `mfacli device enroll` with its name goes on with it, where its seed is kept here. Where policies want MFA for
    this, it is done with a session that has it, of any device of yours.

    \b
      mfacli device deactivate -p dev                    the profile's device
      mfacli device deactivate -p dev --device SERIAL    another one, such as a lost one
    """
    desk = desk_of(ctx)
    own = own_devices(desk, request_for(profile, cloud, device), what="deactivate")
    target = own_device(desk, own)
    if not yes and not desk.prompter.confirm(f"take {target.serial} from {own.user.name}?"):
        raise Cancelled(f"device {target.name} is left as it is")
    is_known = is_known_to_be_enabled(own, target)
    try:
        own.deactivate(target)
    except EntityMissing:
        # A call that was sent again for want of an answer finds its work done.
        if not is_known:
            raise not_enabled(own, target) from None
    desk.terminal.note(f"deactivated device {target.name}; its codes open nothing any more")
    tell_of_profiles(desk, target)


def remove_from_cloud(desk: Desk, own: OwnDevices, device: Device) -> bool:
    """Deactivate and delete `device`, and forget its seed; what a run before has done already is passed over.

    Returns whether there was anything to do.
    """
    was_enabled = _is_taken(desk, own, device)
    was_there = device.is_virtual and _is_deleted(desk, own, device, was_freed=was_enabled)
    had_seed = desk.seeds.forget_seed(device)
    if had_seed:
        desk.terminal.note(f"removed the seed of device {device.name}")
    tell_of_profiles(desk, device)
    return was_enabled or was_there or had_seed


def _is_taken(desk: Desk, own: OwnDevices, device: Device) -> bool:
    try:
        own.deactivate(device)
    except EntityMissing:
        return False
    desk.terminal.note(f"deactivated device {device.name}")
    return True


def _is_deleted(desk: Desk, own: OwnDevices, device: Device, *, was_freed: bool) -> bool:
    try:
        own.delete(device, was_freed=was_freed)
    except EntityMissing:
        return False
    except EntityExists:
        if was_freed:
            raise
        raise DeviceUnusable(
            f"device `{device.serial}` is enabled for another user than {own.user.name}",
            hint="they take it away, or an administrator: "
            f"aws iam deactivate-mfa-device --user-name NAME --serial-number {device.serial}",
        ) from None
    except AccessDenied:
        desk.terminal.warn(f"device `{device.serial}` is left, enabled for nobody")
        if device in desk.seeds.devices_with_seed():
            desk.terminal.note(
                f"its seed stays here: `mfacli device enroll --name {device.name}{own.option}` goes on with it"
            )
        tell_of_profiles(desk, device)
        raise
    desk.terminal.note(f"deleted device {device.name}")
    return True
