"""`mfacli device import`: the seed of a device that is there already, in whatever form it is at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.device_meant import device_for, device_option, request_for
from mfacli.commands.device_proof import prove, tell_way
from mfacli.commands.handing_over import summary
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.seed_reading import read_seed
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import Request
from mfacli.domain.registered import User
from mfacli.errors import DeviceUnusable, InputNotAllowed, SeedMalformed

if TYPE_CHECKING:
    from mfacli.codes.seeds import ImportedSeed

COST = (
    "a seed on this machine is no longer a second factor: whoever gets at your account here has the key and the "
    "code; `mfacli device remove` takes it back"
)
# How AWS labels the devices that it shows a QR code for: NAME@ACCOUNT.
_OF_AWS = re.compile(r"(?P<name>[\w+=,.@-]+)@(?P<account>[0-9]{12})", re.ASCII)


@click.command(name="import")
@click.argument("source", required=False, metavar="[FILE|-]", shell_complete=complete_files)
@profile_option
@cloud_option
@device_option
@click.option("--name", metavar="TEXT", help="Which account of an export: part of its issuer or name.")
@click.option("--all", "wants_all", is_flag=True, help="Keep every AWS device of an export, by the serial it names.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    source: str | None,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    name: str | None,
    wants_all: bool,
) -> None:
    """Keep a device's seed, so that codes need no typing.

    The seed is an otpauth:// link or base32 text, as shown beside the QR code when the device was set up. It is asked
    for without echo, or read from FILE or standard input (-), never from the command line. SHA1, SHA256 and SHA512,
    6 or 8 digits and any period are understood.

    FILE may also be a picture of the QR code (with the extra `qr`), Google Authenticator's otpauth-migration:// link
    or a picture of it, what Aegis and Bitwarden export as JSON without a password, or any text with otpauth:// links
    in it, such as 1Password's. Where it has several accounts, you choose.

    In Tencent Cloud, whose devices are bound in its console only, the way there is told, and the seed is kept once a
    code made from it has opened a session, which is kept too.

    \b
      mfacli device import                         ask for it
      pass show aws/seed | mfacli device import -  read it from a pipe
      mfacli device import --device arn:aws:iam::123456789012:mfa/you seed.txt
      mfacli device import qr.png -p dev           read a screenshot
      mfacli device import aegis.json --name work  one account of many
      mfacli device import --cloud tencent -p dev
    """
    from mfacli.codes.exported import read_seeds

    desk = desk_of(ctx)
    if wants_all:
        _keep_all(desk, read_seeds(read_seed(desk, source, "seeds (not shown): ")))
        return
    request = request_for(profile, cloud, device)
    target = device_for(desk, request)
    is_proved_first = target.serial.startswith("qcs:")
    if is_proved_first and source is None:
        tell_way(desk, target)
    found = read_seeds(read_seed(desk, source, f"seed of device {target.name} (not shown): "))
    imported = _chosen(desk, found, name, target)
    if is_proved_first:
        _prove(desk, request, target, imported)
    place = desk.seeds.keep_seed(target, imported.seed)
    described = f" ({imported.issuer}: {imported.account})" if imported.issuer else ""
    desk.terminal.note(f"kept the seed of device {target.name}{described} in {place}")
    desk.terminal.warn(COST)


def _prove(desk: Desk, request: Request, target: Device, imported: ImportedSeed) -> None:
    plan = desk.planning.plan_of(request)
    desk.terminal.note(summary(desk, plan, prove(desk, plan, target, imported.seed)))


def _chosen(desk: Desk, found: Sequence[ImportedSeed], name: str | None, device: Device) -> ImportedSeed:
    """Return the seed that is meant: the one whose label has `name` in it, else the one that the person chooses."""
    fitting = [each for each in found if name is None or name.lower() in _label(each).lower()]
    if not fitting:
        there_are = ", ".join(_label(each) for each in found)
        raise SeedMalformed(f"none of the {len(found)} accounts is called `{name}`", hint=f"there are: {there_are}")
    if len(fitting) == 1:
        return fitting[0]
    labels = [_label(each) for each in fitting]
    try:
        return fitting[desk.prompter.choose(f"whose seed is that of device {device.name}?", labels)]
    except InputNotAllowed as problem:
        raise InputNotAllowed(
            problem.message, hint=f"name it with --name; there are: {', '.join(labels)}"
        ) from problem


def _label(imported: ImportedSeed) -> str:
    named = ": ".join(part for part in (imported.issuer, imported.account) if part)
    return named or "without a name"


def _keep_all(desk: Desk, found: Sequence[ImportedSeed]) -> None:
    """Keep the seeds whose labels name an AWS device."""
    kept = 0
    for each in found:
        label = _OF_AWS.fullmatch(each.account)
        if label is None:
            desk.terminal.note(f"passed over {_label(each)}: it names no AWS device (NAME@ACCOUNT)")
            continue
        device = User(partition="aws", account_id=label["account"], name="").device_named(label["name"])
        place = desk.seeds.keep_seed(device, each.seed)
        desk.terminal.note(f"kept the seed of device {device.serial} in {place}")
        kept += 1
    if not kept:
        raise DeviceUnusable(
            f"none of the {len(found)} accounts names an AWS device",
            hint="import one of them with --name and --device",
        )
    desk.terminal.warn(COST)
