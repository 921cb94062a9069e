"""`mfacli integrate`: writes the profile with which AWS SDKs and tools call mfacli by themselves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfacli.commands.completing import complete_profiles
from mfacli.commands.options import common
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileBroken, UsageWrong

if TYPE_CHECKING:
    from mfacli.domain.plan import Plan
    from mfacli.output.aws_config import Change


@click.command(name="integrate", epilog="README, section Daily use, says what SDKs then do.")
@click.argument("profile", metavar="PROFILE", shell_complete=complete_profiles)
@click.option("--as", "name", metavar="NAME", help="The profile to write; default: PROFILE-mfa.")
@click.option("--remove", "wants_removal", is_flag=True, help="Take out of the file what was written.")
@click.option("-n", "--dry-run", is_flag=True, help="Show the lines that would change, and change none.")
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str, name: str | None, wants_removal: bool, dry_run: bool) -> None:
    """Let AWS SDKs and tools get PROFILE's session from mfacli by themselves.

    Writes a profile of its own into ~/.aws/config, whose credential_process is mfacli. Whoever uses that profile has
    the session as long as it lasts, and is asked for a code on the terminal when a new one is needed.

    \b
      mfacli integrate dev                 write [profile dev-mfa]
      aws s3 ls --profile dev-mfa          use it
      mfacli integrate dev --as work       under another name
      mfacli integrate dev --dry-run       show the lines first
      mfacli integrate dev --remove        take it out again
    """
    from mfacli.output.aws_config import Integration, added, apply, check_config_name, preview, removed
    from mfacli.profiles.aws_files import aws_paths

    desk = desk_of(ctx)
    name = name or f"{profile}-mfa"
    check_config_name(name)
    if name == profile:
        raise UsageWrong(
            f"`{profile}` cannot get its credentials from itself", hint="give the new profile another name with --as"
        )
    path = aws_paths(desk.environment, home=Path.home()).config
    if wants_removal:
        make = removed(path, name, is_ours=_is_ours)
    else:
        plan = _plan(desk, profile)
        integration = Integration(
            name=name,
            command=_command_line(profile),
            region=plan.region,
            endpoint_url=plan.services_endpoint_url,
        )
        make = added(path, integration, is_ours=_is_ours)
    change = preview(path, make) if dry_run else apply(path, make)
    if dry_run and change.is_any:
        desk.terminal.answer(change.diff)
    _tell(desk, change, name, is_removal=wants_removal, is_trial=dry_run)
    if not wants_removal:
        _warn_of_shadows(desk, change, name)


def _tell(desk: Desk, change: Change, name: str, *, is_removal: bool, is_trial: bool) -> None:
    if not change.is_any:
        what = "has nothing that mfacli wrote" if is_removal else "is as it must be already"
        desk.terminal.note(f"profile {name} in {change.path} {what}")
    elif not is_trial and is_removal:
        desk.terminal.note(f"took profile {name} out of {change.path}")
    elif not is_trial:
        desk.terminal.note(f"wrote profile {name} to {change.path}")
        desk.terminal.note(f"try it: aws sts get-caller-identity --profile {name}")


def _warn_of_shadows(desk: Desk, change: Change, name: str) -> None:
    """Say what goes before a credential_process: keys in either file, and settings that ask for another way."""
    for key in change.shadowed_by:
        desk.terminal.warn(f"`{key}` of profile {name} in {change.path} goes before mfacli: take it out")
    stored = desk.files.credentials.get(name)
    if stored is not None and "aws_access_key_id" in stored.settings:
        desk.terminal.warn(
            f"the keys of [{name}] in {desk.files.paths.credentials} go before mfacli: take them out, or use --as"
        )


def _plan(desk: Desk, profile: str) -> Plan:
    """Return the profile's plan: it must be one that mfacli can open sessions for."""
    if desk.planning.only_tencent_has(profile):
        raise ProfileBroken(
            f"profile `{profile}` is of Tencent Cloud, whose tools call no credential_process",
            hint=f"`mfacli session -p {shlex.quote(profile)} --write-profile NAME` writes the session for them",
        )
    return desk.plan(Request(wants_role=None, profile=profile, cloud=Cloud.AWS))


def _command_line(profile: str) -> str:
    """Return the command, quoted so that SDKs that split it and those that give it to a shell read the same."""
    words = [*_program(), "credential-process", "-p", profile]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _program() -> list[str]:
    """Return how this very mfacli is started: by its script where that is known, since tools have another PATH."""
    started = Path(sys.argv[0])
    # A relative path would mean something else in every directory.
    if started.stem == "mfacli" and started.is_absolute() and os.access(started, os.X_OK):
        return [str(started)]
    if started.stem == "mfacli" and (found := shutil.which("mfacli")):
        return [str(Path(found).absolute())]
    return [sys.executable, "-m", "mfacli"]


def _is_ours(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return "credential-process" in words and any(Path(word).stem == "mfacli" for word in words)
