"""`mfacli console`: a role's session signs a browser in to the cloud's web console."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import click

from mfacli.commands.browsing import look_for_browser, open_in_browser
from mfacli.commands.completing import complete_roles
from mfacli.commands.handing_over import come_by, summary
from mfacli.commands.in_environment import session_in_environment
from mfacli.commands.obtaining import ObtainingOptions, obtaining_options, request_of
from mfacli.commands.options import common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import Plan, RoleStep
from mfacli.errors import UsageWrong

# What GetCallerIdentity says of those whom the console takes; Tencent Cloud documents roles only.
_SIGNED_IN = {Cloud.AWS: (":assumed-role/", ":federated-user/"), Cloud.TENCENT: (":assumed-role/",)}
_ROLES_ONLY = "a console takes the sessions of roles only"
_WAY_OUT = (
    "name one, as in `mfacli console ROLE`, or a profile that has a role_arn; as yourself, sign in with your password"
)


@click.command(name="console", epilog="README, section Daily use, goes from the task to the command.")
@click.argument("role", required=False, metavar="[ROLE]", shell_complete=complete_roles)
@profile_option
@click.option("--print", "is_printed", is_flag=True, help="Print the link, which is a secret, and open no browser.")
@click.option("--destination", metavar="SERVICE|URL", help="Page to begin with: s3, ec2, or a console's address.")
@obtaining_options
@common
@click.pass_context
def command(
    ctx: click.Context, /, is_printed: bool, destination: str | None, **options: Unpack[ObtainingOptions]
) -> None:
    """Sign your browser in to the web console with a role's session.

    ROLE is an ARN, a qcs name, or a profile that names a role; without it the profile in use does, or else the
    session in this shell's environment is taken. The console lets you stay as long as the session lives: --duration
    says how long that is. The page is in the profile's region, or in that of --region.

    A session of your own user opens no console, neither cloud's: it takes roles. In Tencent Cloud the role must be
    one that may use the console.

    \b
      mfacli console prod-admin                     in the browser that BROWSER names, or the system's
      mfacli console prod-admin --destination s3    begin there
      mfacli console prod-admin --duration 8h       stay longer; needs a code of its own
      mfacli console prod-admin --print             for another browser, or another machine
    """
    desk = desk_of(ctx)
    plan, keys = _way_in(desk, options)
    signin = desk.signin_for(plan)
    page = signin.console_page(destination, plan=plan)
    if not is_printed:
        look_for_browser()
    link = signin.signin_url(page, plan=plan, keys=keys or _keys_of_role(desk, plan, options))
    if is_printed:
        desk.terminal.answer(link.reveal())
        if desk.terminal.shows_answers:
            desk.terminal.note("whoever opens this link within the next minutes is signed in as you")
    else:
        open_in_browser(link)
        desk.terminal.note(f"the browser goes to {page}")


def _way_in(desk: Desk, options: ObtainingOptions) -> tuple[Plan, Keys | None]:
    """Return the plan that opens a role's session, or the role's session that is in this shell's environment.

    The environment is looked at where nothing else is wanted. Its session goes after the plan where mfacli has put it
    there: the plan can renew it.
    """
    in_shell = None if _wants_something(options) else session_in_environment(desk, options["cloud"])
    if in_shell and not desk.environment.get("MFACLI_PROFILE"):
        return _roles_own(desk, *in_shell, region=options["region"])
    plan = desk.plan(request_of(options, wants_role=True if options.get("role") else None))
    if isinstance(plan.steps[-1], RoleStep):
        return plan, None
    if in_shell:
        return _roles_own(desk, *in_shell, region=options["region"])
    raise UsageWrong(f"profile `{plan.profile}` names no role: {_ROLES_ONLY}", hint=_WAY_OUT)


def _wants_something(options: ObtainingOptions) -> bool:
    """Whether a session is wanted that has to be come by."""
    wanted = (options[name] for name in ("profile", "code", "device", "duration", "max_age", "endpoint_url"))
    return any(wanted) or options["wants_new"] or options.get("role") is not None


def _roles_own(desk: Desk, plan: Plan, keys: Keys, *, region: str | None) -> tuple[Plan, Keys]:
    """Return both where the cloud says that the keys are a role's; no file knows whose a foreign session is."""
    identity = desk.provider_for(plan).identity_of(plan=plan, keys=keys)
    if not any(kind in identity.arn for kind in _SIGNED_IN[plan.cloud]):
        key = last_four(keys.access_key_id)
        raise UsageWrong(
            f"the session in the environment, with key {key}, is no role's: {_ROLES_ONLY}", hint=_WAY_OUT
        )
    return replace(plan, region=region or plan.region), keys


def _keys_of_role(desk: Desk, plan: Plan, options: ObtainingOptions) -> Keys:
    obtained = come_by(desk, plan, options)
    desk.terminal.note(summary(desk, plan, obtained))
    return obtained.session.keys
