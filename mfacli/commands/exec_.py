"""`mfacli exec`: a command with the session in its environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Unpack

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.handing_over import come_by, session_changes
from mfacli.commands.obtaining import ObtainingOptions, obtaining_options, request_of
from mfacli.commands.options import Manners, common, manners_of, profile_option
from mfacli.commands.running import become, look_for
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.plan import Plan, Request


@click.command(
    name="exec",
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
    epilog="README, section Daily use, goes from the task to the command.",
)
@click.argument("arguments", nargs=-1, required=True, metavar="-- COMMAND [ARG]...", shell_complete=complete_files)
@profile_option
@click.option("--serve", is_flag=True, help="For long jobs: an endpoint that gives fresh sessions, and no key.")
@obtaining_options
@common
@click.pass_context
def command(
    ctx: click.Context, /, arguments: tuple[str, ...], serve: bool, **options: Unpack[ObtainingOptions]
) -> int | None:
    """Run COMMAND with the profile's session in its environment: the role's where the profile names one.

    The process becomes COMMAND: signals, terminal and exit code are its own. 127 says that there is no such command,
    126 that it cannot be run.

    With --serve a job outlives its first session: mfacli stays beside COMMAND, passes signals on to it, ends with its
    exit code, and gives AWS SDKs sessions that are renewed ahead, as `serve` does.

    \b
      mfacli exec -- aws s3 ls
      mfacli exec -p prod-admin -- terraform plan
      mfacli exec -p prod-admin --max-age 5m -- ./delete-backups
      mfacli exec -p prod-admin --serve -- ./nightly-job
    """
    desk = desk_of(ctx)
    look_for(arguments[0], desk.environment)
    request = request_of(options, wants_role=None)
    plan = desk.plan(request)
    if serve:
        return _run_served(desk, manners_of(ctx), request, plan, arguments, options)
    obtained = come_by(desk, plan, options)
    changes = session_changes(desk, plan, obtained)
    become(arguments, changes.applied_to(desk.environment), core_limit=desk.core_limit)


def _run_served(
    desk: Desk, manners: Manners, request: Request, plan: Plan, arguments: Sequence[str], options: ObtainingOptions
) -> int:
    """Run the command beside an endpoint of its own, which ends with it."""
    from mfacli.commands.child import accompany
    from mfacli.commands.endpoints import Served, check_servable, new_token, open_endpoint, way_to, what_goes_before

    check_servable(plan)
    served = Served(request=request, plan=plan, held=come_by(desk, plan, options))
    token = new_token()
    with open_endpoint(desk, manners, [served], token=token) as endpoint:
        environment = way_to(endpoint, plan, token, desk.environment).applied_to(desk.environment)
        for variable, path in what_goes_before(desk).items():
            # SDKs would take the credentials of [default] before they ask the endpoint.
            desk.terminal.note(f"{path} is hidden from the command: [default] has credentials in it")
            environment[variable] = os.devnull
        endpoint.start()
        return accompany(arguments, environment, core_limit=desk.core_limit)
