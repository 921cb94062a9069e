"""`mfacli status`: what is kept, how long it still works, and where it rests."""

from __future__ import annotations

import sys

import click

from mfacli.commands.options import common, json_option
from mfacli.commands.wiring import desk_of


@click.command(name="status")
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, as_json: bool) -> None:
    """Show the sessions that are kept: time left, age of the MFA, where they rest.

    Nothing is asked of the cloud and no secret is read. Where stdout is no terminal, each session is one line of
    tab-separated fields with times in UTC.
    """
    from mfacli.output.documents import status_document
    from mfacli.output.tables import status_lines, status_table

    desk = desk_of(ctx)
    entries, now = desk.store.entries(), desk.clock.now()
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
