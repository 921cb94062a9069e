"""`mfacli keys`: long-term keys in the OS keyring instead of plain files; each command has a module of its own."""

from __future__ import annotations

import click

from mfacli.commands.keys_add import add
from mfacli.commands.keys_list import list_
from mfacli.commands.keys_remove import remove
from mfacli.commands.keys_rotate import rotate
from mfacli.commands.options import common


@click.group(name="keys", epilog="README, section Security model, says where each secret rests.")
@common
def command() -> None:
    """Keep long-term keys in the OS keyring, and replace them by new ones.

    \b
      mfacli keys add -p dev                           keep keys, asked for without echo
      mfacli keys add --from-profile dev --remove-from-file   move them out of the plain file
      mfacli keys list                                 where keys are, how old, when last used
      mfacli keys rotate -p dev                        new ones in the place of the old
      mfacli keys remove -p dev                        take them out of the keyring
    """


for each in (add, list_, rotate, remove):
    command.add_command(each)
