"""Which device the subcommands of `mfacli device` are about: the flag's, the profile's, or a lone one."""

from __future__ import annotations

import click

from mfacli.commands.completing import complete_devices
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device, parse_device
from mfacli.domain.plan import KnownDevice, Request
from mfacli.errors import CloudUnreachable, DeviceUnusable, KeysRejected, MfacliError

device_option = click.option(
    "--device", metavar="SERIAL", shell_complete=complete_devices, help="The device's serial; default: the profile's."
)


def request_for(profile: str | None, cloud: Cloud | None, serial: str | None = None) -> Request:
    """Return the request that the options make."""
    return Request(wants_role=False, profile=profile, cloud=cloud, device=serial)


def device_for(desk: Desk, request: Request) -> Device:
    """Return the device that is meant: the flag's, else the one whose codes the profile's session takes."""
    from mfacli.session import device_of

    serial = request.device
    if serial is not None and request.cloud is not Cloud.TENCENT and not serial.startswith("qcs:"):
        return parse_device(serial)
    try:
        plan = desk.plan(request)
    except MfacliError:
        # A lone seed is no reason to refuse: somebody with one device and no profile yet means that one.
        kept = desk.seeds.devices_with_seed()
        if request.profile is None and len(kept) == 1 and serial in {None, kept[0].serial}:
            return kept[0]
        raise
    if plan.cloud is Cloud.AWS and isinstance(plan.device, KnownDevice):
        return plan.device.device
    # In Tencent Cloud the serial names only the account: STS tells whose device is meant.
    parts = desk.parts(plan)
    return device_of(plan, parts, parts.keys.keys_for(plan))


def kept_device_for(desk: Desk, request: Request) -> Device:
    """Return the device that is meant, where a seed of it may be kept.

    In Tencent Cloud STS must say whose it is. Where it does not, for want of a network or of keys that are still
    good, a lone seed there is meant.
    """
    try:
        return device_for(desk, request)
    except (CloudUnreachable, KeysRejected):
        if desk.planning.cloud_of(request) is not Cloud.TENCENT:
            raise
        kept = [
            each for each in desk.seeds.devices_with_seed() if each.user and request.device in {None, each.serial}
        ]
        if len(kept) == 1:
            return kept[0]
        raise


def no_seed_of(device: Device, hint: str) -> DeviceUnusable:
    """Return the error for a device that no seed is kept of."""
    return DeviceUnusable(f"no seed of device `{device.serial}` is kept here", hint=hint)
