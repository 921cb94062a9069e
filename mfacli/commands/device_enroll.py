"""`mfacli device enroll`: a virtual device in IAM from the terminal, down to the profile that names it."""

from __future__ import annotations

from pathlib import Path

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.device_cloud import own_devices
from mfacli.commands.device_meant import request_for
from mfacli.commands.device_naming import name_in_profile
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import desk_of
from mfacli.domain.cloud import Cloud


@click.command(name="enroll")
@profile_option
@cloud_option
@click.option("--name", metavar="NAME", help="The device's name; default: the user's, which some policies demand.")
@click.option("--keep-seed", is_flag=True, help="Keep the seed in the keyring, and make the codes from it.")
@click.option(
    "--png", metavar="FILE", shell_complete=complete_files, help="Write the QR code to FILE, for you alone."
)
@click.option(
    "--qr/--no-qr",
    "wants_qr",
    default=None,
    help="Draw the QR code on the terminal, or do not; default: unless --keep-seed or --png is given.",
)
@click.option("-y", "--yes", is_flag=True, help="Agree to all that would be asked, but for codes.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    name: str | None,
    keep_seed: bool,
    png: str | None,
    wants_qr: bool | None,
    yes: bool,
) -> None:
    """Make a virtual MFA device for your IAM user, and write it to the profile.

    Creates it, draws its QR code for an authenticator app, asks for two codes that follow each other, enables it with
    them, and writes mfa_serial to the profile. With --keep-seed the keyring is the authenticator, with --qr beside it
    the app too. What breaks off half-way is taken back; run it again to go on with what could not be.

    It is for yourself alone: whoever enrolled a device for another user would know its seed. In Tencent Cloud devices
    are bound in the console only: see `mfacli device import`.

    \b
      mfacli device enroll -p dev              scan, type two codes
      mfacli device enroll -p dev --keep-seed  no phone: codes come from the keyring
      mfacli device enroll --name phone-2      one more, under another name
    """
    from mfacli.commands.device_beginning import Wish
    from mfacli.commands.device_enrolling import enrol

    desk = desk_of(ctx)
    own = own_devices(desk, request_for(profile, cloud), what="register")
    device = own.user.device_named(name or own.user.name)
    wish = Wish(
        device=device,
        keeps_seed=keep_seed,
        draws=wants_qr if wants_qr is not None else not keep_seed and png is None,
        png=Path(png) if png else None,
        is_agreed=yes,
    )
    enrol(desk, own, wish)
    name_in_profile(desk, own.plan, device, is_agreed=yes)
    desk.terminal.answer(device.serial)
