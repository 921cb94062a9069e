"""`mfacli session`: GetSessionToken with a code, kept and handed over."""

from __future__ import annotations

from typing import Unpack

import click

from mfacli.commands.handing_over import hand_over
from mfacli.commands.obtaining import ObtainingOptions, handing_over_options, obtaining_options, request_of
from mfacli.commands.options import common, profile_option
from mfacli.commands.wiring import desk_of


@click.command(name="session", epilog="README, section Daily use, goes from the task to the command.")
@profile_option
@handing_over_options
@obtaining_options
@common
@click.pass_context
def command(ctx: click.Context, /, **options: Unpack[ObtainingOptions]) -> None:
    """Open an MFA session in your own account (GetSessionToken).

    The session is kept; until it expires the same command asks for no code.

    \b
      mfacli session                        ask for a code, keep the session
      mfacli session -p prod --code 123456  another profile, no question
      eval "$(mfacli session --export)"     set this shell's variables
      mfacli session --write-profile mfa    write [mfa] to ~/.aws/credentials, or tccli's
      mfacli session --to coscli            write ~/.cos.yaml
      mfacli session --dry-run              show what would be called
    """
    desk = desk_of(ctx)
    hand_over(desk, desk.plan(request_of(options, wants_role=False)), options)
