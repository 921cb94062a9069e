"""`mfacli export`: the session of a profile as lines for a shell, and back."""

from __future__ import annotations

from typing import Unpack

import click

from mfacli.commands.answers import remembering
from mfacli.commands.handing_over import come_by, format_of, print_changes, print_exports
from mfacli.commands.obtaining import ObtainingOptions, obtaining_options, request_of
from mfacli.commands.options import EXPORT_FORMATS, common, profile_option
from mfacli.commands.wiring import desk_of
from mfacli.output.exports import Format


@click.command(name="export", epilog="README, section Daily use, has the line for each shell.")
@profile_option
@click.option("--format", "form", type=click.Choice(EXPORT_FORMATS), help="Default: the shell that is reading.")
@click.option("--unset", is_flag=True, help="Print what takes a session out of the shell again.")
@obtaining_options
@common
@click.pass_context
def command(ctx: click.Context, /, form: str | None, unset: bool, **options: Unpack[ObtainingOptions]) -> None:
    """Print the profile's session as lines for your shell: the role's where the profile names one.

    \b
      eval "$(mfacli export)"                    bash, zsh, sh
      mfacli export --format fish | source       fish
      mfacli export --format powershell | Out-String | Invoke-Expression
      mfacli export --format nushell | from json | load-env
      eval "`mfacli export --format tcsh`"       tcsh, csh
      for /f "delims=" %i in ('mfacli export --format cmd') do @%i
                                                 cmd; in a batch file %%i
      mfacli export --format dotenv > .env       keep that file private
      mfacli export --format ini > session.ini   for AWS_SHARED_CREDENTIALS_FILE
      mfacli export --format github              for the next steps of the job
      eval "$(mfacli export --unset)"            take it out again

    `github` is for a step of GitHub Actions: it masks the keys in the log, for
    which its stdout must be the step's, and adds the variables to $GITHUB_ENV.
    """
    desk = desk_of(ctx)
    chosen = format_of(desk, form)
    if unset:
        from mfacli.output.environment import changes_back

        print_changes(desk, changes_back(desk.environment), chosen)
        return
    # What goes to a file as well cannot be given again by stdout alone.
    remembered = None if chosen is Format.GITHUB else remembering(desk)
    plan = desk.plan(request_of(options, wants_role=None))
    obtained = come_by(desk, plan, options)
    answer = print_exports(desk, plan, obtained, chosen)
    if remembered:
        remembered.keep(plan, obtained, answer, until=obtained.session.fresh_until())
