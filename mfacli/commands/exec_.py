"""`mfacli exec`: a command with the session in its environment."""

from __future__ import annotations

from typing import Unpack

import click

from mfacli.commands.handing_over import come_by
from mfacli.commands.options import ObtainingOptions, common, obtaining_options, profile_option, request_of
from mfacli.commands.running import become, look_for
from mfacli.commands.wiring import desk_of


@click.command(
    name="exec",
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
    epilog="README, section Daily use, goes from the task to the command.",
)
@click.argument("arguments", nargs=-1, required=True, metavar="-- COMMAND [ARG]...")
@profile_option
@obtaining_options
@common
@click.pass_context
def command(ctx: click.Context, /, arguments: tuple[str, ...], **options: Unpack[ObtainingOptions]) -> None:
    """Run COMMAND with the profile's session in its environment: the role's where the profile names one.

    The process becomes COMMAND: signals, terminal and exit code are its own. 127 says that there is no such command,
    126 that it cannot be run.

    \b
      mfacli exec -- aws s3 ls
      mfacli exec -p prod-admin -- terraform plan
    """
    from mfacli.output.environment import changes_for

    desk = desk_of(ctx)
    look_for(arguments[0], desk.environment)
    plan = desk.plan(request_of(options, wants_role=None))
    obtained = come_by(desk, plan, options)
    changes = changes_for(
        obtained.session,
        profile=plan.profile,
        endpoint_url=plan.services_endpoint_url,
        environment=desk.environment,
    )
    become(arguments, changes.applied_to(desk.environment), core_limit=desk.core_limit)
