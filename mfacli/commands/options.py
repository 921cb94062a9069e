"""The options that several commands share, each defined once: same name, same meaning everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import click

from mfacli.clock import SystemClock
from mfacli.commands.completing import complete_profiles
from mfacli.commands.values import CLOUD
from mfacli.terminal import Terminal

Function = TypeVar("Function", bound=Callable[..., object])

AUTO_FORMAT = "auto"
# The names that --export and --format take; `output/exports.py` writes each of them.
EXPORT_FORMATS = (
    "bash", "zsh", "sh", "fish", "powershell", "cmd", "nushell", "tcsh", "dotenv", "ini", "json", "github",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Manners:
    """How to behave, collected from the root's options and the command's own, which add up.

    `arguments` is the command line as it was given.
    """

    arguments: tuple[str, ...] = ()
    verbose: bool = False
    quiet: bool = False
    no_input: bool = False
    no_color: bool = False

    def add(self, *, verbose: bool, quiet: bool, no_input: bool, no_color: bool) -> None:
        """Take over what was said in one place of the command line."""
        self.verbose |= verbose
        self.quiet |= quiet
        self.no_input |= no_input
        self.no_color |= no_color

    @property
    def terminal(self) -> Terminal:
        """The terminal, behaving so."""
        return Terminal(clock=SystemClock(), is_quiet=self.quiet, is_verbose=self.verbose, no_color=self.no_color)


def manners_of(ctx: click.Context) -> Manners:
    """Return the one `Manners` of this command line."""
    root = ctx.find_root()
    if root.obj is None:
        root.obj = Manners()
    assert isinstance(root.obj, Manners)
    return root.obj


def _show_help(ctx: click.Context, _: click.Parameter, is_wanted: bool) -> None:
    # Not click's own, which writes past the terminal, and so past what the terminal knows of full disks.
    if is_wanted and not ctx.resilient_parsing:
        manners_of(ctx).terminal.answer(ctx.get_help())
        ctx.exit()


def common(function: Function) -> Function:
    """Give a command `--no-input`, `-v`, `-q`, `--no-color` and `-h`, wherever on the line they stand.

    The function receives nothing of them; `manners_of` tells what the whole line said.
    """

    @click.option("--no-input", is_flag=True, help="Never ask; fail with exit code 8 where something must be asked.")
    @click.option("-v", "--verbose", is_flag=True, help="Say the plan and the calls; show a traceback on a bug.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but warnings and errors.")
    @click.option("--no-color", is_flag=True, help="No colour; NO_COLOR and TERM=dumb do the same.")
    @click.help_option("-h", "--help", callback=_show_help)
    @functools.wraps(function)
    def with_manners(
        *args: object, no_input: bool, verbose: bool, quiet: bool, no_color: bool, **options: object
    ) -> object:
        manners = manners_of(click.get_current_context())
        manners.add(verbose=verbose, quiet=quiet, no_input=no_input, no_color=no_color)
        return function(*args, **options)

    return cast("Function", with_manners)


def cloud_option(function: Function) -> Function:
    """Give a command `--cloud`."""
    option = click.option(
        "--cloud",
        type=CLOUD,
        help="Whose profile is meant, where both clouds have one of its name; default: MFACLI_CLOUD.",
    )
    return with_options([option], function)


def profile_option(function: Function) -> Function:
    """Give a command `-p/--profile`."""
    option = click.option(
        "-p",
        "--profile",
        metavar="PROFILE",
        shell_complete=complete_profiles,
        help="Profile of ~/.aws/config or tccli; default: MFACLI_PROFILE, then AWS_PROFILE or TCCLI_PROFILE.",
    )
    return with_options([option], function)


def json_option(function: Function) -> Function:
    """Give a reading command `--json`."""
    return with_options([click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")], function)


def with_options(options: Sequence[Callable[[Function], Function]], function: Function) -> Function:
    """Give a command `options`, which its help shows in this order."""
    for option in reversed(options):
        function = option(function)
    return function
