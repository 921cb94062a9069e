"""The root command, the one place where failures are caught, and the one place where exit codes are given."""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from mfacli.commands.options import Manners, common, manners_of
from mfacli.errors import Cancelled, ExitCode, MfacliError, UsageWrong
from mfacli.version import VERSION

# In the order of a newcomer's day. A command's module is imported only when it runs or helps.
COMMANDS = {
    "session": "Open an MFA session in your own account.",
    "assume": "Assume a role, in this or another account.",
    "export": "Print a session as lines for your shell.",
    "exec": "Run a command with a session in its environment.",
    "credential-process": "Give a session to AWS SDKs, which call this by themselves.",
    "integrate": "Let AWS SDKs and tools call mfacli by themselves.",
    "serve": "Give sessions out on loopback to AWS SDKs, and renew them ahead.",
    "console": "Sign a browser in to the web console with a role.",
    "status": "Show the sessions that are kept, with the time left.",
    "forget": "Remove kept sessions.",
    "whoami": "Show who the credentials in use are.",
    "device": "Enrol MFA devices, keep their seeds, show their codes.",
    "keys": "Keep long-term keys in the OS keyring, and rotate them.",
    "doctor": "Check everything that can be wrong, and say what mends it.",
    "store": "Show where sessions, seeds and keys rest; move them.",
    "policy": "Read policies as the clouds do: check, evaluate, explain.",
    "demo": "Play the documents' MFA scenarios on the emulator.",
    "emulator": "Run a cloud on this machine that really checks MFA.",
    "completion": "Print what makes your shell complete all this at a Tab.",
}
# `exec` is a word of Python's, and a module's name has no hyphen.
MODULES = {"exec": "exec_", "credential-process": "credential_process"}


class LazyGroup(click.Group):
    """The group whose commands live in one module each, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"mfacli.commands.{MODULES.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean `mfacli {close[0]}`?" if close else "`mfacli --help` lists the commands"
            raise UsageWrong(f"there is no command `{args[0]}`", hint=hint)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Offer the commands without importing them."""
        commands = [
            CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _: click.Parameter, is_wanted: bool) -> None:
    if is_wanted and not ctx.resilient_parsing:
        manners_of(ctx).terminal.answer(f"mfacli {VERSION}")
        ctx.exit()


@click.group(
    name="mfacli",
    cls=LazyGroup,
    context_settings={"max_content_width": 100},
    invoke_without_command=True,
    epilog="README, section Daily use, goes from the task to the command.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and exit.",
)  # fmt: skip
@common
@click.pass_context
def root(ctx: click.Context, /) -> None:
    """A one-time code becomes temporary credentials in your keyring and your shell.

    \b
      mfacli session                          open an MFA session, asking for a code
      eval "$(mfacli session --export)"       put it into this shell
      mfacli exec -p prod -- terraform plan   give it to one command
      mfacli demo                             see it all without a cloud account
    """
    if ctx.invoked_subcommand is None:
        manners_of(ctx).terminal.answer(ctx.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Failures are said on stderr, here and nowhere else."""
    manners = Manners(arguments=tuple(arguments))
    if instruction := os.environ.get("_MFACLI_COMPLETE"):
        return _complete(manners, instruction)
    try:
        result = root.main(args=list(arguments), prog_name="mfacli", standalone_mode=False, obj=manners)
    except (click.Abort, KeyboardInterrupt):
        return _fail(manners, Cancelled("cancelled"))
    except click.exceptions.NoArgsIsHelpError as bare:
        return _help(manners, bare)
    except click.UsageError as wrong:
        return _fail(manners, UsageWrong(_lower_first(wrong.format_message()), hint=_help_of(wrong)))
    except MfacliError as failure:
        return _fail(manners, failure)
    except Exception as bug:  # noqa: BLE001 - the last line of defence, which keeps the traceback for -v
        manners.terminal.fail_unforeseen(bug)
        return ExitCode.UNFORESEEN
    return result if isinstance(result, int) else ExitCode.DONE


def _complete(manners: Manners, instruction: str) -> int:
    """Answer a shell at a Tab."""
    from mfacli.commands.completion_scripts import answer_to_tab

    if offered := answer_to_tab(root, instruction):
        manners.terminal.answer(offered)
    return ExitCode.DONE


def _fail(manners: Manners, failure: MfacliError) -> int:
    manners.terminal.fail(failure)
    return failure.exit_code


def _help(manners: Manners, bare: click.UsageError) -> int:
    """Answer a group without a command as a bare `mfacli` is answered."""
    try:
        manners.terminal.answer(bare.ctx.get_help() if bare.ctx else "")
    except MfacliError as failure:
        return _fail(manners, failure)
    return ExitCode.DONE


def _help_of(wrong: click.UsageError) -> str:
    return f"`{wrong.ctx.command_path} --help` shows what it takes" if wrong.ctx else "`mfacli --help` shows more"


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")
