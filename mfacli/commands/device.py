"""`mfacli device`: seeds of MFA devices in the OS keyring, and the codes they give."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from mfacli.commands.completing import complete_devices, complete_files
from mfacli.commands.device_proof import prove, tell_way
from mfacli.commands.handing_over import summary
from mfacli.commands.options import cloud_option, common, json_option, profile_option
from mfacli.commands.seed_reading import read_seed
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, Seed
from mfacli.domain.identity import Device, parse_device
from mfacli.domain.plan import KnownDevice, Plan, Request
from mfacli.errors import CloudUnreachable, DeviceUnusable, KeysRejected, MfacliError

_COST = (
    "a seed on this machine is no longer a second factor: whoever gets at your account here has the key and the "
    "code; `mfacli device remove` takes it back"
)

device_option = click.option(
    "--device", metavar="SERIAL", shell_complete=complete_devices, help="The device's serial; default: the profile's."
)


@click.group(name="device", epilog="README, section Security model, says what a kept seed costs.")
@common
def command() -> None:
    """Keep the seeds of MFA devices in the OS keyring, and show their codes.

    \b
      mfacli device import -p dev      keep a seed, asked for without echo
      mfacli device code -p dev        print the code that the device shows
      mfacli device list               which devices have a seed here
      mfacli device remove -p dev      take it back
    """


@command.command(name="import")
@click.argument("source", required=False, metavar="[FILE|-]", shell_complete=complete_files)
@profile_option
@cloud_option
@device_option
@common
@click.pass_context
def import_(
    ctx: click.Context, /, source: str | None, profile: str | None, cloud: Cloud | None, device: str | None
) -> None:
    """Keep a device's seed, so that codes need no typing.

    The seed is an otpauth:// link or base32 text, as shown beside the QR code when the device was set up. It is asked
    for without echo, or read from FILE or standard input (-), never from the command line. SHA1, SHA256 and SHA512,
    6 or 8 digits and any period are understood.

    In Tencent Cloud, whose devices are bound in its console only, the way there is told, and the seed is kept once a
    code made from it has opened a session, which is kept too.

    \b
      mfacli device import                         ask for it
      pass show aws/seed | mfacli device import -  read it from a pipe
      mfacli device import --device arn:aws:iam::123456789012:mfa/you seed.txt
      mfacli device import --cloud tencent -p dev
    """
    from mfacli.codes.seeds import parse_seed

    desk = desk_of(ctx)
    request = _request(profile, cloud, device)
    target = _device_for(desk, request)
    is_proved_first = target.serial.startswith("qcs:")
    if is_proved_first and source is None:
        tell_way(desk, target)
    imported = parse_seed(read_seed(desk, source, target))
    if is_proved_first:
        plan = desk.planning.plan_of(request)
        desk.terminal.note(summary(desk, plan, prove(desk, plan, target, imported.seed)))
    place = desk.seeds.keep_seed(target, imported.seed)
    described = f" ({imported.issuer}: {imported.account})" if imported.issuer else ""
    desk.terminal.note(f"kept the seed of device {target.name}{described} in {place}")
    desk.terminal.warn(_COST)


@command.command(name="list")
@json_option
@common
@click.pass_context
def list_(ctx: click.Context, /, as_json: bool) -> None:
    """List the devices that have a seed here, in Tencent Cloud with the user whose they are."""
    desk = desk_of(ctx)
    devices = desk.seeds.devices_with_seed()
    if as_json:
        known = [{"serial": kept.serial, "name": kept.name, "user": kept.user or None} for kept in devices]
        desk.terminal.answer(json.dumps({"version": 1, "devices": known}, indent=2))
    elif devices:
        desk.terminal.answer(
            "\n".join(f"{kept.serial} of {kept.user}" if kept.user else kept.serial for kept in devices)
        )
    else:
        desk.terminal.note("no device has a seed here; `mfacli device import` keeps one")


@command.command(name="code")
@profile_option
@cloud_option
@device_option
@common
@click.pass_context
def code_(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, device: str | None) -> None:
    """Print the code that a device shows, for a sign-in form.

    A code that STS has already taken is passed over: the next one is waited for.
    """
    desk = desk_of(ctx)
    target = _kept_device_for(desk, _request(profile, cloud, device))
    seed = desk.seeds.find_seed(target)
    if seed is None:
        raise DeviceUnusable(
            f"no seed of device `{target.serial}` is kept here", hint="`mfacli device import` keeps one"
        )
    code = _unspent_code(desk, target, seed)
    assert code.step is not None
    left = seed.starts_at(code.step + 1) - desk.clock.cloud_now()
    desk.terminal.answer(code.digits.reveal())
    desk.terminal.note(f"good for {max(0, round(left.total_seconds()))} s")


@command.command(name="remove")
@profile_option
@cloud_option
@device_option
@common
@click.pass_context
def remove(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, device: str | None) -> None:
    """Remove a device's seed from the keyring. The device itself stays registered in the cloud."""
    desk = desk_of(ctx)
    target = _kept_device_for(desk, _request(profile, cloud, device))
    if not desk.seeds.forget_seed(target):
        raise DeviceUnusable(
            f"no seed of device `{target.serial}` is kept here", hint="`mfacli device list` shows which are"
        )
    desk.terminal.note(f"removed the seed of device {target.name}; codes are asked for again")


def _request(profile: str | None, cloud: Cloud | None, serial: str | None) -> Request:
    return Request(wants_role=False, profile=profile, cloud=cloud, device=serial)


def _device_for(desk: Desk, request: Request) -> Device:
    """Return the device that is meant: the flag's, else the one that the profile's plan has."""
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
    if plan.cloud is Cloud.TENCENT:
        return _own_device(desk, plan)
    if isinstance(plan.device, KnownDevice):
        return plan.device.device
    raise DeviceUnusable(
        f"profile `{plan.profile}` names no MFA device",
        hint="give --device arn:aws:iam::ACCOUNT:mfa/NAME, or set mfa_serial in the profile",
    )


def _kept_device_for(desk: Desk, request: Request) -> Device:
    """Return the device that is meant, where a seed of it may be kept.

    In Tencent Cloud STS must say whose it is. Where it does not, for want of a network or of keys that are still
    good, a lone seed of the account is meant.
    """
    try:
        return _device_for(desk, request)
    except (CloudUnreachable, KeysRejected):
        kept = [
            each for each in desk.seeds.devices_with_seed() if each.user and request.device in {None, each.serial}
        ]
        if len(kept) == 1:
            return kept[0]
        raise


def _own_device(desk: Desk, plan: Plan) -> Device:
    """Return the device of a user in Tencent Cloud, whom STS names: the serial only names the account."""
    parts = desk.parts(plan)
    keys = parts.keys.keys_for(plan)
    if isinstance(plan.device, KnownDevice):
        return parts.provider.own_device(plan.device.device, plan=plan, keys=keys)
    devices = parts.provider.devices_of_caller(plan=plan, keys=keys)
    if devices:
        return devices[0]
    raise DeviceUnusable(
        f"STS does not say whose the keys of profile `{plan.profile}` are, and so which device is theirs",
        hint="give --device qcs::cam:uin/OWNER::mfa/softToken",
    )


def _unspent_code(desk: Desk, device: Device, seed: Seed) -> Code:
    from mfacli.codes.derived import derive_code

    step = seed.step_at(desk.clock.cloud_now())
    while desk.ledger.is_spent(device, code := derive_code(seed, step)):
        step += 1
        offset = desk.clock.cloud_now() - desk.clock.now()
        desk.terminal.countdown("this code is spent; the next one comes", seed.starts_at(step) - offset)
    if seed.starts_at(step + 1) - desk.clock.cloud_now() <= timedelta():
        return _unspent_code(desk, device, seed)
    return code
