"""`mfacli device import`: the seed of a device that is there already, in whatever form it is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.device_keeping import keep_all, keep_one
from mfacli.commands.device_labels import is_of
from mfacli.commands.device_meant import device_for, device_option, request_for
from mfacli.commands.device_proof import prove, tell_way
from mfacli.commands.handing_over import summary
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.seed_reading import read_seed, refuse_words, warn_of_readers
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import Request
from mfacli.errors import InputNotAllowed, SeedMalformed, UsageWrong
from mfacli.output.words import printable

if TYPE_CHECKING:
    from mfacli.codes.exported import Export, PassedOver
    from mfacli.codes.seeds import ImportedSeed

COST = (
    "a seed on this machine is no longer a second factor: whoever gets at your account here has the key and the "
    "code; `mfacli device remove` takes it back"
)


# What click says of words too many would repeat them.
@click.command(name="import", context_settings={"allow_extra_args": True})
@click.argument("source", required=False, metavar="[FILE|-]", shell_complete=complete_files)
@profile_option
@cloud_option
@device_option
@click.option("--name", metavar="TEXT", help="Which account of an export: part of its issuer or name.")
@click.option("--all", "wants_all", is_flag=True, help="Keep every AWS device of an export, by the serial it names.")
@click.option("-y", "--yes", is_flag=True, help="Replace another seed of the device without asking.")
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
    yes: bool,
) -> None:
    """Keep a device's seed, so that codes need no typing.

    The seed is an otpauth:// link or base32 text, as shown beside the QR code when the device was set up. It is asked
    for without echo, or read from FILE or standard input (-), never from the command line. SHA1, SHA256 and SHA512,
    6 or 8 digits and any period are understood.

    FILE may also be a picture of QR codes (with the extra `qr`), Google Authenticator's otpauth-migration:// links or
    the pictures of them, what Aegis, Bitwarden, 2FAS and andOTP export as JSON without a password, the CSV of a
    password manager, or any text with otpauth:// links in it. Of several accounts the one is taken that is labelled
    as the device is (NAME@ACCOUNT), else you choose.

    In Tencent Cloud, whose devices are bound in its console only, the way there is told, and the seed is kept once a
    code made from it has opened a session, which is kept too.

    \b
      mfacli device import                         ask for it
      pass show aws/seed | mfacli device import -  read it from a pipe
      mfacli device import --device arn:aws:iam::123456789012:mfa/you seed.txt
      mfacli device import qr.png -p dev           read a screenshot
      mfacli device import aegis.json --name work  one account of many
      wl-paste -t image/png | mfacli device import -
      mfacli device import --cloud tencent -p dev
    """
    from mfacli.codes.exported import read_export

    refuse_words(ctx.args)
    desk = desk_of(ctx)
    if wants_all:
        if name or device or profile or cloud is Cloud.TENCENT:
            raise UsageWrong("--all goes by the labels of AWS' devices", hint="leave out what names one of them")
        export = read_export(read_seed(desk, source, "seeds (not shown): "))
        _tell_missing(desk, export)
        for each in export.passed_over:
            desk.terminal.note(f"passed over {_named(each)}: {each.why}")
        keep_all(desk, export.seeds, is_agreed=yes)
    else:
        request = request_for(profile, cloud, device)
        _import_one(desk, request, source, name, is_agreed=yes)
    warn_of_readers(desk, source)
    desk.terminal.warn(COST)


def _import_one(desk: Desk, request: Request, source: str | None, name: str | None, *, is_agreed: bool) -> None:
    from mfacli.codes.exported import read_export

    target = device_for(desk, request)
    is_proved_first = target.serial.startswith("qcs:")
    if is_proved_first:
        # A code is spent on the proof: what cannot be kept is not worth one.
        desk.seeds.make_ready(target)
        if source is None:
            tell_way(desk, target)
    export = read_export(read_seed(desk, source, f"seed of device {target.name} (not shown): "))
    _tell_missing(desk, export)
    imported = _chosen(desk, export, name, target)
    if is_proved_first:
        _prove(desk, request, target, imported)
    # What the cloud has just taken a code of is the device's seed, and another one is not any more.
    keep_one(desk, target, imported, is_agreed=is_agreed or is_proved_first)


def _prove(desk: Desk, request: Request, target: Device, imported: ImportedSeed) -> None:
    plan = desk.planning.plan_of(request)
    desk.terminal.note(summary(desk, plan, prove(desk, plan, target, imported.seed)))


def _tell_missing(desk: Desk, export: Export) -> None:
    for gone, count in export.missing:
        numbers = ", ".join(str(part) for part in gone[:10]) + (", …" if len(gone) > 10 else "")
        desk.terminal.warn(f"the authenticator app's export has {count} pictures; not here: {numbers}")


def _chosen(desk: Desk, export: Export, name: str | None, device: Device) -> ImportedSeed:
    """Return the seed that is meant.

    The one whose label has `name` in it, else the one that is labelled as `device` is, else the one that the person
    chooses.
    """
    fitting = [each for each in export.seeds if name is None or name.lower() in each.label.lower()]
    for each in export.passed_over:
        if name is not None and name.lower() in each.label.lower():
            desk.terminal.note(f"passed over {_named(each)}: {each.why}")
        else:
            desk.terminal.detail(f"passed over {_named(each)}: {each.why}")
    if not fitting:
        there_are = ", ".join(printable(each.label) for each in export.seeds)
        raise SeedMalformed(
            f"none of the {len(export.seeds)} accounts is called `{name}`", hint=f"there are: {there_are}"
        )
    labelled = [each for each in fitting if is_of(each, device)]
    if len(fitting) == 1 or len(labelled) == 1:
        return (labelled or fitting)[0]
    labels = [printable(each.label) for each in fitting]
    try:
        return fitting[desk.prompter.choose(f"whose seed is that of device {device.name}?", labels)]
    except InputNotAllowed as problem:
        raise InputNotAllowed(
            problem.message, hint=f"name it with --name; there are: {', '.join(labels)}"
        ) from problem


def _named(passed_over: PassedOver) -> str:
    return printable(passed_over.label) or "an account"
