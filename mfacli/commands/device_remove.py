"""`mfacli device remove` and `deactivate`: a seed taken back, a device taken from its user, and out of the cloud."""

from __future__ import annotations

import click

from mfacli.commands.device_cloud import OwnDevices, own_device, own_devices
from mfacli.commands.device_meant import device_option, kept_device_for, no_seed_of, request_for
from mfacli.commands.device_naming import tell_of_profiles
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.errors import AccessDenied, Cancelled, EntityMissing

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
    asked for first, and where policies want MFA for it, done with a session that has it.
    """
    desk = desk_of(ctx)
    request = request_for(profile, cloud, device)
    if from_cloud:
        own = own_devices(desk, request, what="remove")
        target = own_device(desk, own)
        if not yes and not desk.prompter.confirm(f"take {target.serial} from {own.user.name}, and delete it?"):
            raise Cancelled(f"device {target.name} is left as it is")
        remove_from_cloud(desk, own, target)
        return
    target = kept_device_for(desk, request)
    if not desk.seeds.forget_seed(target):
        raise no_seed_of(target, "`mfacli device list` shows which are")
    desk.terminal.note(f"removed the seed of device {target.name}; codes are asked for again")


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

    `mfacli device enroll` with its name goes on with it, where its seed is kept here.
    """
    desk = desk_of(ctx)
    own = own_devices(desk, request_for(profile, cloud, device), what="deactivate")
    target = own_device(desk, own)
    if not yes and not desk.prompter.confirm(f"take {target.serial} from {own.user.name}?"):
        raise Cancelled(f"device {target.name} is left as it is")
    own.deactivate(target)
    desk.terminal.note(f"deactivated device {target.name}; its codes open nothing any more")
    tell_of_profiles(desk, target)


def remove_from_cloud(desk: Desk, own: OwnDevices, device: Device) -> None:
    """Deactivate and delete `device`, and forget its seed; what a run before has done already is passed over."""
    try:
        own.deactivate(device)
        desk.terminal.note(f"deactivated device {device.name}")
    except EntityMissing:
        desk.terminal.note(f"device {device.name} is not enabled for {own.user.name}")
    if device.is_virtual:
        try:
            own.delete(device)
        except AccessDenied:
            desk.terminal.warn(f"device `{device.serial}` is left, enabled for nobody")
            raise
        desk.terminal.note(f"deleted device {device.name}")
    if desk.seeds.forget_seed(device):
        desk.terminal.note(f"removed the seed of device {device.name}")
    tell_of_profiles(desk, device)
