"""`mfacli export`: the session of a profile as lines for a shell, and back."""

from __future__ import annotations

from typing import Unpack

import click

from mfacli.commands.answers import remembering
from mfacli.commands.handing_over import come_by, format_of, print_exports
from mfacli.commands.options import (
    EXPORT_FORMATS,
    ObtainingOptions,
    common,
    obtaining_options,
    profile_option,
    request_of,
)
from mfacli.commands.wiring import desk_of


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
      mfacli export --format dotenv > .env       keep that file private
      eval "$(mfacli export --unset)"            take it out again
    """
    desk = desk_of(ctx)
    chosen = format_of(desk, form)
    if unset:
        from mfacli.output.environment import changes_back
        from mfacli.output.exports import export_text

        desk.terminal.answer(export_text(changes_back(desk.environment), chosen))
        return
    remembered = remembering(desk)
    plan = desk.plan(request_of(options, wants_role=None))
    obtained = come_by(desk, plan, options)
    answer = print_exports(desk, plan, obtained, chosen)
    if remembered:
        remembered.keep(plan, obtained, answer, until=obtained.session.fresh_until())
