"""`mfacli device list`: the cloud's view of a user's devices beside the keyring's and the profiles'."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mfacli.commands.device_cloud import OwnDevices
from mfacli.commands.device_meant import request_for
from mfacli.commands.device_naming import profiles_by_serial
from mfacli.commands.options import cloud_option, common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import KeysFrom, Request
from mfacli.domain.registered import RegisteredDevice
from mfacli.errors import CloudRefused, CloudUnreachable, DeviceUnusable, KeyringUnusable, KeysRejected, ProfileBroken
from mfacli.output.devices import DeviceView, devices_document, devices_lines, devices_table


@click.command(name="list")
@profile_option
@cloud_option
@click.option("--offline", is_flag=True, help="Ask no cloud: only the devices that have a seed here.")
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, offline: bool, as_json: bool) -> None:
    """List your MFA devices: those the cloud has of you, those with a seed here, and the profiles that name them.

    IAM is asked for the devices of the profile's user (ListMFADevices), beside which are shown those that profiles
    name although the cloud has no such device of yours; where there are no keys, or no network, the devices with a
    seed here are listed alone, as with --offline. Tencent Cloud lists no devices; those with a seed are shown with
    the user whose they are.
    """
    desk = desk_of(ctx)
    registered = None if offline else _in_the_cloud(desk, request_for(profile, cloud))
    views = _views(desk, registered)
    if as_json:
        desk.terminal.answer(devices_document(views))
        return
    if views:
        desk.terminal.answer(devices_table(views) if desk.terminal.shows_answers else devices_lines(views))
    if registered is not None and not registered[1]:
        desk.terminal.note("you have no MFA device; `mfacli device enroll` makes one")
    elif not views:
        desk.terminal.note("no device has a seed here; `mfacli device import` keeps one")


def _in_the_cloud(desk: Desk, request: Request) -> tuple[str, Sequence[RegisteredDevice]] | None:
    """Return the account and the devices of the profile's user; None where nobody can be asked."""
    try:
        if desk.planning.cloud_of(request) is Cloud.TENCENT:
            desk.terminal.note("only what is here: Tencent Cloud lists no devices")
            return None
        plan = desk.plan(request)
        if plan.key_source.kind in (KeysFrom.INSTANCE, KeysFrom.CONTAINER):
            desk.terminal.note("only what is here: the keys are a machine's, and machines have no devices")
            return None
        own = OwnDevices(desk, plan)
        found = own.listed()
        account = own.user.account_id if found is not None else ""
    except ProfileBroken as problem:
        # Whoever names a profile wants that one; whoever names none may have none yet.
        if request.profile is not None:
            raise
        desk.terminal.note(f"only what is here: {problem.message}")
        return None
    except (CloudRefused, CloudUnreachable, DeviceUnusable, KeyringUnusable, KeysRejected) as problem:
        desk.terminal.warn(f"only what is here: {problem.message}")
        return None
    if found is None:
        desk.terminal.note("only what is here: no policy lets this user list their devices (iam:ListMFADevices)")
        return None
    return account, found


def _views(desk: Desk, registered: tuple[str, Sequence[RegisteredDevice]] | None) -> Sequence[DeviceView]:
    account, listed = registered or ("", ())
    naming = profiles_by_serial(desk)
    with_seed = desk.seeds.devices_with_seed()
    in_cloud = [
        DeviceView(
            device=Device(serial=each.serial),
            has_seed=Device(serial=each.serial) in with_seed,
            in_cloud=True,
            enabled_at=each.enabled_at,
            is_usable=each.is_usable,
            profiles=tuple(naming.get(each.serial, ())),
        )
        for each in listed
    ]
    serials = {each.serial for each in listed}
    # Of another account's devices this user's list says nothing, nor of hardware's, whose serials name none.
    named = [Device(serial=serial) for serial in naming if account and Device(serial=serial).account_id == account]
    others = [
        DeviceView(
            device=device,
            has_seed=device in with_seed,
            in_cloud=False if registered is not None and device.account_id in (account, None) else None,
            profiles=tuple(naming.get(device.serial, ())),
        )
        for device in [*with_seed, *(each for each in named if each not in with_seed)]
        if device.serial not in serials
    ]
    return [*in_cloud, *others]
