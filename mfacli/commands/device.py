"""`mfacli device`: MFA devices for life. Each subcommand is in a module of its own."""

from __future__ import annotations

import click

from mfacli.commands import (
    device_code,
    device_enroll,
    device_export,
    device_import,
    device_list,
    device_remove,
    device_rename,
    device_resync,
    device_test,
)
from mfacli.commands.options import common


@click.group(name="device", epilog="README, section Security model, says what a kept seed costs.")
@common
def command() -> None:
    """Enrol MFA devices, keep their seeds in the OS keyring, show their codes.

    \b
      mfacli device enroll -p dev      make a device for your IAM user, and write it to the profile
      mfacli device import -p dev      keep the seed of one that is there already, asked for without echo
      mfacli device code -p dev        print the code that the device shows
      mfacli device list               your devices: in the cloud, with a seed here, named by profiles
      mfacli device test -p dev        is the seed right, is the clock right
      mfacli device remove -p dev      take the seed back; with --from-cloud, the device too
    """


command.add_command(device_enroll.command)
command.add_command(device_import.command)
command.add_command(device_list.command)
command.add_command(device_code.command)
command.add_command(device_test.command)
command.add_command(device_resync.command)
command.add_command(device_rename.command)
command.add_command(device_export.command)
command.add_command(device_remove.deactivate)
command.add_command(device_remove.command)
