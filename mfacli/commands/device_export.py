"""`mfacli device export`: a kept seed, for another program or a phone, to whoever confirms it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.device_meant import device_option, kept_device_for, no_seed_of, request_for
from mfacli.commands.device_showing import check_picture, link_of, show_seed, write_picture
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.errors import Cancelled, InputNotAllowed, UsageWrong


@click.command(name="export")
@profile_option
@cloud_option
@device_option
@click.option("--qr", "wants_qr", is_flag=True, help="Draw the QR code on the terminal instead.")
@click.option("--png", metavar="FILE", shell_complete=complete_files, help="Write the QR code to FILE instead.")
@click.option("-y", "--yes", is_flag=True, help="Hand the seed out without asking.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    wants_qr: bool,
    png: str | None,
    yes: bool,
) -> None:
    """Hand out a kept seed, to put it on a phone or into another program.

    Prints the otpauth:// link, or draws its QR code. Whoever sees either can make the device's codes for as long as
    it stays registered, so it is asked for first.

    \b
      mfacli device export -p dev --qr                      scan it
      mfacli device export -p dev --yes | pass insert -m aws/seed
    """
    desk = desk_of(ctx)
    if wants_qr and png is not None:
        raise UsageWrong("--qr and --png are two ways for one seed", hint="take one of them")
    target = kept_device_for(desk, request_for(profile, cloud, device))
    seed = desk.seeds.find_seed(target)
    if seed is None:
        raise no_seed_of(target, "`mfacli device list` shows which are")
    if not yes and not desk.prompter.confirm(
        f"whoever sees the seed of {target.name} can make its codes: hand it out?"
    ):
        raise Cancelled("the seed was not handed out")
    if png is not None:
        check_picture(desk, Path(png), is_agreed=yes)
        write_picture(desk, Path(png), target, seed)
    elif wants_qr:
        if not show_seed(desk, target, seed):
            raise InputNotAllowed(
                "the QR code cannot be drawn: there is no terminal", hint="write it with --png FILE"
            )
    else:
        desk.terminal.answer(link_of(target, seed).reveal())
        _warn_of_readers(desk)
    desk.terminal.warn(f"the seed of device {target.name} was handed out: keep it as you would the device")


def _warn_of_readers(desk: Desk) -> None:
    """Warn where the seed has gone to a file that others can read: shells make them so."""
    try:
        mode = os.fstat(sys.stdout.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        # Closed, or no file of the system's.
        return
    if os.name == "posix" and stat.S_ISREG(mode) and mode & (stat.S_IRGRP | stat.S_IROTH):
        desk.terminal.warn("other users can read the file that the seed went to: `chmod 600` it")
