"""`mfacli assume`: AssumeRole, through the MFA session where there is one."""

from __future__ import annotations

from typing import Unpack

import click

from mfacli.commands.completing import complete_roles
from mfacli.commands.handing_over import hand_over
from mfacli.commands.obtaining import (
    ObtainingOptions,
    handing_over_options,
    obtaining_options,
    request_of,
    role_options,
)
from mfacli.commands.options import common, profile_option
from mfacli.commands.wiring import desk_of


@click.command(name="assume", epilog="README, section How it works, says which profile makes which calls.")
@click.argument("role", required=False, metavar="[ROLE]", shell_complete=complete_roles)
@profile_option
@handing_over_options
@obtaining_options
@role_options
@common
@click.pass_context
def command(ctx: click.Context, /, **options: Unpack[ObtainingOptions]) -> None:
    """Assume a role, in this or another account (AssumeRole).

    ROLE is an ARN or a qcs name, or a profile with a role_arn; without it the profile in use names the role. One MFA
    session serves any number of roles. A role for more than an hour is assumed straight from the long-term key, with
    a code; so are Tencent Cloud's.

    \b
      mfacli assume prod-admin                              a profile's role
      mfacli assume arn:aws:iam::123456789012:role/Admin    with the keys in use
      mfacli assume prod-admin --duration 8h                needs a code of its own
      eval "$(mfacli assume prod-admin --export)"           set this shell's variables
    """
    desk = desk_of(ctx)
    hand_over(desk, desk.plan(request_of(options, wants_role=True)), options)
