"""`mfacli serve`: an endpoint on loopback that AWS SDKs take sessions from, renewed ahead as long as it runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from mfacli.commands.completing import complete_profiles
from mfacli.commands.endpoints import (
    Served,
    check_servable,
    new_token,
    open_endpoint,
    token_file,
    way_to,
    what_goes_before,
)
from mfacli.commands.handing_over import format_of, print_changes, summary
from mfacli.commands.options import AUTO_FORMAT, EXPORT_FORMATS, Manners, common, json_option, manners_of
from mfacli.commands.renewing import command_with_code, unasked_parts
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.domain.secret import Secret
from mfacli.errors import CloudUnreachable, InputNotAllowed, UsageWrong
from mfacli.output.documents import document_text
from mfacli.output.endpoint_environment import endpoint_variables
from mfacli.output.environment import Changes
from mfacli.output.exports import Format, export_text
from mfacli.session import obtain_lasting

if TYPE_CHECKING:
    from mfacli.serving.endpoint import Endpoint

# On Windows a waiting process does not notice Ctrl-C: it wakes up this often.
_WAKE_SECONDS = 0.5


@click.command(name="serve", epilog="README, section Daily use, goes from the task to the command.")
@click.option(
    "-p", "--profile", "profiles", metavar="PROFILE", multiple=True, shell_complete=complete_profiles,
    help="Profile to serve; may be repeated. Default: MFACLI_PROFILE, then AWS_PROFILE.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1. Default: any free one.")
@click.option(
    "--export",
    "export_format",
    is_flag=False,
    flag_value=AUTO_FORMAT,
    type=click.Choice((*EXPORT_FORMATS, AUTO_FORMAT)),
    metavar="[FORMAT]",
    help="Print the variables of the one profile as lines for a shell, as `export` does.",
)
@click.option(
    "--show-token", is_flag=True, help="Print the token itself, for clients that cannot read it from its file."
)
@json_option
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profiles: tuple[str, ...],
    port: int,
    export_format: str | None,
    show_token: bool,
    as_json: bool,
) -> None:
    """Give sessions out to AWS SDKs, as a container's credentials endpoint does, until Ctrl-C or SIGTERM.

    What is printed goes into the environment of the programs that shall ask: an address, and the file with the token
    that opens it. Sessions are renewed 15 minutes before they end where a kept seed, `mfa_process` or a kept MFA
    session allows it. Where it takes a code, programs are told which command gives one, and go on once it is given.

    \b
      mfacli serve -p dev                       in one terminal, for another
      mfacli serve -p dev -p prod --port 9911   two profiles, always at this port
      mfacli exec -p dev --serve -- ./job       for one command, and as long as it runs
    """
    desk = desk_of(ctx)
    if export_format and as_json:
        raise UsageWrong("--export and --json both want stdout", hint="`--export json` gives the variables as JSON")
    names: list[str | None] = [*dict.fromkeys(profiles)] or [None]
    if export_format and len(names) > 1:
        raise UsageWrong("--export sets the variables of one profile", hint="`--json` tells the addresses of all")
    form = format_of(desk, export_format) if export_format else None
    served = [_served(desk, name) for name in names]
    _warn_of_what_goes_before(desk)
    with _until_told_to_stop(), _serving(desk, manners_of(ctx), served, port=port) as (endpoint, token, path):
        where = token if show_token else path
        if form is not None:
            print_changes(desk, way_to(endpoint, served[0].plan, where, desk.environment), form)
        else:
            show = _document if as_json else _text
            desk.terminal.answer(
                show({each.plan.profile: endpoint.url_of(each.plan.profile) for each in served}, where)
            )
        while True:
            time.sleep(_WAKE_SECONDS)


def _served(desk: Desk, name: str | None) -> Served:
    """Come by the session to begin with; where nobody can be asked for it, or the cloud not yet, it can wait."""
    is_elsewhere = name is None or desk.planning.only_tencent_has(name)
    request = Request(wants_role=None, cloud=None if is_elsewhere else Cloud.AWS, profile=name)
    plan = desk.plan(request)
    check_servable(plan)
    parts = desk.parts(plan)
    try:
        held = obtain_lasting(plan, parts, renewing=lambda: unasked_parts(desk, plan, parts))
    except (InputNotAllowed, CloudUnreachable) as problem:
        cure = f"run `{command_with_code(plan)}` at a terminal" if isinstance(problem, InputNotAllowed) else ""
        desk.terminal.warn("; ".join(filter(None, (f"no session for {plan.profile} yet: {problem.message}", cure))))
        return Served(request=request, plan=plan, held=None)
    desk.terminal.note(summary(desk, plan, held))
    return Served(request=request, plan=plan, held=held)


@contextmanager
def _serving(
    desk: Desk, manners: Manners, served: Sequence[Served], *, port: int
) -> Iterator[tuple[Endpoint, Secret, Path]]:
    token = new_token()
    with (
        open_endpoint(desk, manners, served, token=token, port=port) as endpoint,
        token_file(desk, token, port=endpoint.port) as path,
    ):
        endpoint.start()
        yield endpoint, token, path


@contextmanager
def _until_told_to_stop() -> Iterator[None]:
    """Leave the `with` quietly at Ctrl-C, SIGTERM, or when the terminal goes."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Once is enough: a second one would come in the middle of tidying up.
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    # What is ignored stays ignored, as nohup wants it.
    before = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _warn_of_what_goes_before(desk: Desk) -> None:
    for variable, path in what_goes_before(desk).items():
        desk.terminal.warn(
            f"SDKs take the credentials of [default] in {path} before they ask here: where that matters, "
            f"set {variable}={os.devnull} for them"
        )


def _text(urls: Mapping[str, str], where: Secret | Path) -> str:
    """Return what programs need, profile by profile, as lines of a dotenv file."""
    blocks = []
    for profile, url in urls.items():
        changes = Changes(to_set=endpoint_variables(url, where), to_unset=())
        blocks.append(f"# {profile}\n{export_text(changes, Format.DOTENV)}")
    return "\n".join(blocks)


def _document(urls: Mapping[str, str], where: Secret | Path) -> str:
    return document_text(
        {
            "token": where.reveal() if isinstance(where, Secret) else None,
            "token_file": str(where) if isinstance(where, Path) else None,
            "profiles": [{"profile": profile, "url": url} for profile, url in urls.items()],
        }
    )
