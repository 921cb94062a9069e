"""`mfacli credential-process`: what AWS SDKs call when a profile says `credential_process = mfacli …`.

An SDK captures stdout and stderr, shows stderr only where the exit code is not 0, and calls again before the session
ends. So the answer is all there is on stdout, a code is asked on the terminal itself or not at all, and a failure is
one line.
"""

from __future__ import annotations

import shlex

import click

from mfacli.commands.answers import remembering
from mfacli.commands.options import common, profile_option
from mfacli.commands.renewing import obtain_for_program
from mfacli.commands.wiring import desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileBroken, UsageWrong


@click.command(name="credential-process", epilog="README, section Daily use, has the lines for ~/.aws/config.")
@profile_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None) -> None:
    """Print the profile's session as the JSON that AWS SDKs take from a credential_process.

    In ~/.aws/config, for a profile of its own:

    \b
      [profile dev-mfa]
      credential_process = mfacli credential-process -p dev

    Where a code is needed it is asked on the terminal; without one, or with --no-input, the exit code is 8. Where a
    kept seed or `mfa_process` gives codes, or none is needed, a session is renewed 15 minutes before it ends.
    """
    if not profile:
        # The variables that other commands go by name the profile that calls us.
        raise UsageWrong("no profile is named", hint="mfacli credential-process -p PROFILE")
    from mfacli.output.credential_process import credential_process_text

    desk = desk_of(ctx)
    desk.opens_windows = False
    remembered = remembering(desk)
    if desk.planning.only_tencent_has(profile):
        raise ProfileBroken(
            f"profile `{profile}` is of Tencent Cloud, whose SDKs call no credential_process",
            hint=f"`mfacli exec -p {shlex.quote(profile)} -- COMMAND` gives COMMAND the session, and "
            "`mfacli session --write-profile NAME` writes it for tccli and Terraform",
        )
    plan = desk.plan(Request(wants_role=None, cloud=Cloud.AWS, profile=profile))
    obtained = obtain_for_program(desk, plan)
    answer = credential_process_text(obtained.session)
    desk.terminal.answer(answer)
    if remembered:
        remembered.keep(plan, obtained, answer, until=obtained.session.lasting_until)
