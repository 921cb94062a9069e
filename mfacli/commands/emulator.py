"""`mfacli emulator`: a cloud on this machine that really checks signatures, codes and policies."""

from __future__ import annotations

import importlib.util
import os
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfacli.commands.emulator_showing import emulator_folder, log, running_emulator, world
from mfacli.commands.options import EXPORT_FORMATS, common, json_option
from mfacli.commands.values import DURATION
from mfacli.commands.wiring import Desk, desk_of
from mfacli.errors import EmulatorProblem, UsageWrong

if TYPE_CHECKING:
    from mfacli.domain.secret import Secret
    from mfacli.emulator.assembly import Assembled
    from mfacli.emulator.running import UserEnvironment

user_option = click.option(
    "--user", required=True, metavar="NAME", help="A user of the world: Sofia, A:Sofia, A:root, an ARN or a qcs name."
)
# What would make mfacli or an SDK take somebody else's profile, keys or device.
_LEADING_ELSEWHERE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_MFA_SERIAL",
    "TCCLI_PROFILE",
    "MFACLI_CLOUD",
    "MFACLI_TENCENT_ENDPOINT",
)


@click.group(name="emulator", epilog="README, section The emulator, says what it checks and what it leaves out.")
@common
def command() -> None:
    """Run a cloud on this machine that really checks MFA.

    It verifies signatures, takes each code once and evaluates policies with their MFA conditions. Its world is that
    of the clouds' documents: accounts A, B and C of AWS with Anaya, Sofia, Richard, Nikhil and their neighbours, and
    of Tencent Cloud the accounts Owner and Partner with Mei, Hao and Lan.

    \b
      mfacli emulator start                        in one terminal
      eval "$(mfacli emulator env --user Sofia)"   in another: be Sofia
      mfacli emulator code --user Sofia            what her device shows
      mfacli emulator world                        who and what is there
      mfacli emulator log --follow                 what it decides, and why
    """


@command.command(name="start")
@click.option("--port", type=click.IntRange(0, 65535), default=4599, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--exposed-to-network", is_flag=True,
    help="Let --host be an address that others reach: whoever reaches it can act in the world.",
)  # fmt: skip
@click.option("--world", "world_file", type=click.Path(path_type=Path), metavar="FILE", help="A world of your own.")
@click.option("--ephemeral", is_flag=True, help="New keys and seeds, forgotten at the end.")
@common
@click.pass_context
def start(
    ctx: click.Context, /, port: int, host: str, exposed_to_network: bool, world_file: Path | None, ephemeral: bool
) -> None:
    """Start the emulator and serve until Ctrl-C or SIGTERM.

    One line on stdout says that it is ready, and where. Keys and seeds are derived from a world key that stays on
    this machine, so that sessions outlive a restart.
    """
    require_extra()
    from mfacli.emulator.running import remove_state, sole_emulator
    from mfacli.emulator.server import serve

    desk = desk_of(ctx)
    directory = emulator_folder(desk)
    with sole_emulator(directory):
        assembled = _assembled(directory, world_file, is_ephemeral=ephemeral)
        say_ready = partial(_say_ready, desk, directory, assembled)
        try:
            serve(assembled.emulator, host=host, port=port, on_ready=say_ready, exposed_to_network=exposed_to_network)
        finally:
            remove_state(directory, pid=os.getpid())


def _assembled(directory: Path, world_file: Path | None, *, is_ephemeral: bool) -> Assembled:
    from mfacli.emulator.assembly import assemble
    from mfacli.emulator.world.keys import WorldKey
    from mfacli.emulator.world.load import load_world
    from mfacli.emulator.world.memory import WorldMemory

    return assemble(
        world=load_world(world_file) if world_file else None,
        key=None if is_ephemeral else WorldKey.load_or_create(directory / "world.key"),
        memory=None if is_ephemeral else WorldMemory(directory / "memory.json"),
    )


def _say_ready(desk: Desk, directory: Path, assembled: Assembled, address: str) -> None:
    """Leave word of the emulator, and say that it is there. It answers from now on, and warms up meanwhile."""
    from mfacli.emulator.running import RunningEmulator, write_state

    running = RunningEmulator(address=address, control_token=assembled.control_token, pid=os.getpid())
    write_state(directory, running)
    desk.terminal.answer(f"mfacli emulator ready on {address}")
    threading.Thread(target=_warm_up, args=(assembled,), name="warm-up", daemon=True).start()


def _warm_up(assembled: Assembled) -> None:
    """Warm up; a process that is told to end meanwhile can import nothing more, which concerns nobody."""
    try:
        assembled.warm_up()
    except Exception:  # noqa: BLE001 - what is really wrong the first request meets again, and answers with it
        return


@command.command(name="env")
@user_option
@click.option("--shell", type=click.Choice(EXPORT_FORMATS), help="Default: the shell that is reading.")
@common
@click.pass_context
def env(ctx: click.Context, /, user: str, shell: str | None) -> None:
    """Print what makes a cloud's clients talk to the emulator as a user.

    AWS's clients read the endpoint from the environment; of Tencent Cloud's, only mfacli itself does.

    \b
      eval "$(mfacli emulator env --user Sofia)"
      mfacli emulator env --user Mei --shell fish | source
    """
    from mfacli.commands.handing_over import format_of, print_changes
    from mfacli.output.environment import Changes, changes_back

    desk = desk_of(ctx)
    running = running_emulator(desk)
    values = _variables(running.control.environment_of(user), running.address)
    # Whatever session or profile this shell had would lead past the user.
    others = (*_LEADING_ELSEWHERE, *changes_back().to_unset)
    changes = Changes(to_set=values, to_unset=tuple(name for name in dict.fromkeys(others) if name not in values))
    print_changes(desk, changes, format_of(desk, shell))


def _variables(found: UserEnvironment, address: str) -> dict[str, Secret]:
    """Return what a client reads to be a user of the emulator at `address`."""
    from mfacli.domain.cloud import Cloud
    from mfacli.domain.secret import Secret
    from mfacli.output.environment_names import names_of

    names = names_of(found.cloud)
    values = {
        names.access_key_id: Secret(found.access_key_id),
        names.secret_access_key: found.secret_access_key,
        **dict.fromkeys(names.region, Secret(found.region)),
    }
    if found.cloud is Cloud.TENCENT:
        return {"MFACLI_CLOUD": Secret("tencent"), "MFACLI_TENCENT_ENDPOINT": Secret(address), **values}
    device = {"AWS_MFA_SERIAL": Secret(found.device)} if found.device else {}
    return {"AWS_ENDPOINT_URL": Secret(address), **values, **device}


@command.command(name="code")
@user_option
@click.option("--fresh", is_flag=True, help="Where the code is spent, move the world's time to the next one.")
@json_option
@common
@click.pass_context
def code(ctx: click.Context, /, user: str, fresh: bool, as_json: bool) -> None:
    """Print what a user's device shows.

    \b
      mfacli session --code "$(mfacli emulator code --user Sofia)"
    """
    import json

    desk = desk_of(ctx)
    shown = running_emulator(desk).control.shown(user, fresh=fresh)
    if as_json:
        document = {
            "version": 1, "device": shown.serial, "code": shown.code.reveal(), "until": shown.until.isoformat(),
            "is_spent": shown.is_spent,
        }  # fmt: skip
        desk.terminal.answer(json.dumps(document, indent=2))
        return
    desk.terminal.answer(shown.code.reveal())
    if shown.is_spent:
        desk.terminal.warn("this code is spent; wait for the next, or move the world's time on with --fresh")


@command.command(name="clock")
@click.option("--advance", type=DURATION, metavar="DURATION", help="Let this much time pass: 30s, 1h, 2d.")
@click.option("--skew", type=DURATION, metavar="DURATION", help="Set its clock this far ahead of the machine's.")
@common
@click.pass_context
def clock(ctx: click.Context, /, advance: timedelta | None, skew: timedelta | None) -> None:
    """Show the world's time, or move it.

    Codes, MFA ages and expiries live in the world's time, which only goes forward. A skew moves the emulator's Date
    header and its judgement of signatures, to show what a client with a wrong clock meets; --skew 0 ends it.
    """
    if advance is not None and skew is not None:
        raise UsageWrong("--advance and --skew are two different clocks", hint="give one of them")
    desk = desk_of(ctx)
    control = running_emulator(desk).control
    if skew is not None:
        control.set_skew(skew)
    if advance is not None:
        control.advance(advance)
    desk.terminal.answer(control.world_time().isoformat(timespec="seconds"))


command.add_command(world)
command.add_command(log)


def require_extra() -> None:
    """Raise `EmulatorProblem` where the packages of the extra `emulator` are not installed."""
    missing = [name for name in ("moto", "waitress", "cryptography") if importlib.util.find_spec(name) is None]
    if missing:
        raise EmulatorProblem(
            f"the emulator needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed",
            hint="install mfacli with its emulator: pip install 'mfacli[emulator]'",
        )
