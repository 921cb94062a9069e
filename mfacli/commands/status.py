"""`mfacli status`: what is kept, how long it still works, and where it rests."""

from __future__ import annotations

import sys

import click

from mfacli.commands.entries import sessions_of
from mfacli.commands.options import common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.moments import parse_moment
from mfacli.errors import MfacliError, UsageWrong


@click.command(name="status", epilog="README, section In your prompt, has the lines for each shell.")
@profile_option
@click.option("--prompt", "for_prompt", is_flag=True, help="Print a few characters for a shell's prompt.")
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, for_prompt: bool, as_json: bool) -> None:
    """Show the sessions that are kept: time left, age of the MFA, where they rest.

    Nothing is asked of the cloud and no secret is read. Where stdout is no terminal, each session is one line of
    tab-separated fields with times in UTC. With -p, only that profile's.

    With --prompt it is `dev 42m`: the session in this shell; without one, for how long the profile in use needs no
    code. Nothing is printed where there is no session.

    \b
      PS1='$(mfacli status --prompt) $ '    bash
    """
    from mfacli.output.documents import status_document
    from mfacli.output.tables import status_lines, status_table

    if for_prompt and as_json:
        raise UsageWrong("--prompt and --json both want stdout", hint="leave one of them out")
    desk = desk_of(ctx)
    if for_prompt:
        _answer_prompt(desk, profile)
        return
    entries = sessions_of(entry for entry in desk.store.entries() if profile in (None, entry.profile))
    now = desk.clock.now()
    if as_json:
        desk.terminal.answer(status_document(entries, now=now))
    elif desk.terminal.shows_answers:
        table = status_table(
            entries,
            now=now,
            width=desk.terminal.columns,
            is_coloured=desk.terminal.colours_answers,
            encoding=sys.stdout.encoding,
        )
        desk.terminal.answer(table)
    elif lines := status_lines(entries, now=now):
        desk.terminal.answer(lines)


def _answer_prompt(desk: Desk, profile: str | None) -> None:
    try:
        words = _for_prompt(desk, profile)
    except MfacliError as problem:
        # Every other command says it; a prompt that did would say it all day.
        desk.terminal.detail(problem.message)
        return
    if words:
        desk.terminal.answer(words)


def _for_prompt(desk: Desk, profile: str | None) -> str:
    """Return the words for a prompt where `mfacli/prompt.py` has not found them by itself."""
    from mfacli import prompt

    now = desk.clock.now()
    if shell := prompt.of_shell(profile, desk.environment):
        name, expirations = shell
        ends = [end for end in map(parse_moment, expirations) if end is not None]
        is_known = bool(ends) and len(ends) == len(expirations)
        return prompt.said(name, (min(ends) - now).total_seconds()) if is_known else ""
    name = profile or prompt.named(desk.environment) or desk.settings.profile or "default"
    ends_at = [entry.expires_at for entry in desk.store.entries() if entry.profile == name and entry.expires_at > now]
    return prompt.said(name, (max(ends_at) - now).total_seconds()) if ends_at else ""
