"""`mfacli emulator world` and `mfacli emulator log`: what is in a running emulator, and what it has decided."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mfacli.commands.options import common, json_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.errors import UsageWrong

if TYPE_CHECKING:
    from pathlib import Path

    from mfacli.emulator.running import RunningEmulator

# A person who follows the log sees a decision within half a second.
_PAUSE = timedelta(seconds=0.5)


@click.command(name="world")
@json_option
@common
@click.pass_context
def world(ctx: click.Context, /, as_json: bool) -> None:
    """Show who and what is in the running emulator: accounts, people with their devices, roles, resources.

    No key and no seed is shown; `mfacli emulator env --user NAME` makes you one of them.
    """
    from mfacli.output.emulated import world_text

    desk = desk_of(ctx)
    found = running_emulator(desk).control.world()
    desk.terminal.answer(json.dumps(found, indent=2) if as_json else world_text(found))


@click.command(name="log")
@click.option(
    "-n", "--last", type=click.IntRange(0), default=20, show_default=True, help="How many, the newest last."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with every new one, until Ctrl-C.")
@json_option
@common
@click.pass_context
def log(ctx: click.Context, /, last: int, follow: bool, as_json: bool) -> None:
    """Show what the running emulator was asked, by whom, with or without MFA, and what it decided and why.

    In columns at a terminal, else one decision a line with tabs between; with --json, every check of each.

    \b
      mfacli emulator log            the last twenty
      mfacli emulator log --follow   watch them come
    """
    if follow and as_json:
        raise UsageWrong("--follow and --json exclude each other", hint="--json prints one document")
    from mfacli.output.emulated import log_line

    desk = desk_of(ctx)
    control = running_emulator(desk).control
    records = control.log()
    newest = records[-last:] if last else []
    if as_json:
        desk.terminal.answer(json.dumps({"version": 1, "records": newest}, indent=2))
        return
    in_columns = desk.terminal.shows_answers
    for record in newest:
        desk.terminal.answer(log_line(record, in_columns=in_columns))
    if not records and not follow:
        desk.terminal.note("nothing has been asked yet")
    seen = {record["request_id"] for record in records}
    while follow:
        desk.clock.wait(_PAUSE)
        records = control.log()
        for record in records:
            if record["request_id"] not in seen:
                desk.terminal.answer(log_line(record, in_columns=in_columns))
        seen = {record["request_id"] for record in records}


def emulator_folder(desk: Desk) -> Path:
    """Return where a running emulator says how to reach it, and keeps its world."""
    return desk.places.state / "emulator"


def running_emulator(desk: Desk) -> RunningEmulator:
    """Return the emulator that is running; raises `EmulatorProblem` where none is."""
    from mfacli.emulator.running import read_state

    return read_state(emulator_folder(desk))
