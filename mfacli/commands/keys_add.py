"""`mfacli keys add`: long-term keys go into the keyring, proved, and on request out of the plain file."""

from __future__ import annotations

import os
import shlex

import click

from mfacli.commands.completing import complete_files, complete_profiles
from mfacli.commands.keys_given import Given, Source, given_keys
from mfacli.commands.keys_places import alone_with_keys, key_places
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.planning import Planning
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import last_four
from mfacli.domain.plan import KeysFrom, Request
from mfacli.errors import (
    Cancelled,
    InputNotAllowed,
    KeysMalformed,
    UsageWrong,
)
from mfacli.interfaces import Identity


# What click says of words too many would repeat them.
@click.command(name="add", context_settings={"allow_extra_args": True})
@profile_option
@cloud_option
@click.option("--csv", metavar="FILE|-", shell_complete=complete_files, help="The file that the console downloads.")
@click.option("--from-env", is_flag=True, help="Take them from the environment's variables.")
@click.option(
    "--from-profile",
    metavar="NAME",
    shell_complete=complete_profiles,
    help="Take those of a profile in ~/.aws/credentials or tccli's files.",
)
@click.option("--remove-from-file", is_flag=True, help="Take them out of the profile's plain file afterwards.")
@click.option("--no-check", is_flag=True, help="Keep them without asking the cloud whose they are.")
@click.option("--yes", is_flag=True, help="Ask nothing: replace the profile's other keys, take those of a lost list.")
@common
@click.pass_context
def add(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    csv: str | None,
    from_env: bool,
    from_profile: str | None,
    remove_from_file: bool,
    no_check: bool,
    yes: bool,
) -> None:
    """Keep a profile's long-term keys in the OS keyring, where every command finds them.

    They are asked for without echo, or read from a file or the environment, never from the command line. They are
    proved with a call first. A profile may have its keys in the keyring alone; where a plain file has keys of it too,
    those in the keyring go first.

    \b
      mfacli keys add -p dev                            ask for them
      mfacli keys add -p dev --csv accessKeys.csv       as the console gives them
      mfacli keys add --from-profile dev --remove-from-file
      mfacli keys add --cloud tencent -p prod --from-env
    """
    desk = desk_of(ctx)
    if ctx.args:
        raise UsageWrong(
            "there are words too many on the command line, where other programs can see them",
            hint="keys are asked for; were those yours, make new ones, and take the line out of the shell's history",
        )
    source = Source(csv=csv, from_env=from_env, from_profile=from_profile)
    if sum(map(bool, (csv, from_env, from_profile))) > 1:
        raise UsageWrong("--csv, --from-env and --from-profile exclude each other", hint="name one place")
    # What a rotation is just replacing must not be kept as what goes first.
    with alone_with_keys(desk):
        given = given_keys(desk, source, profile, cloud, yes=yes)
        _check_name(given)
        _make_sure(desk, given, yes=yes)
        _keep(desk, given, None if no_check else _owner(desk, given))
        _see_to_plain_copies(desk, given, source, remove=remove_from_file)


def _check_name(given: Given) -> None:
    from mfacli.output.aws_files import check_profile_name
    from mfacli.output.tencent_files import check_tccli_name

    check = check_profile_name if given.cloud is Cloud.AWS else check_tccli_name
    check(given.profile)


def _make_sure(desk: Desk, given: Given, *, yes: bool) -> None:
    """Ask where the profile has other keys in the keyring, whose secret would be lost."""
    before = desk.kept_as(given.cloud).get(given.profile)
    if before in {None, given.keys.access_key_id} or yes:
        return
    assert before is not None
    what = f"the keyring has another key of profile `{given.profile}`, {last_four(before)}"
    try:
        agreed = desk.prompter.confirm(f"{what}, whose secret cannot be shown again; replace it?")
    except InputNotAllowed as problem:
        raise InputNotAllowed(f"{what}, and nobody can be asked", hint="add --yes to replace it") from problem
    if not agreed:
        raise Cancelled("nothing was changed")


def _owner(desk: Desk, given: Given) -> Identity:
    """Return who the keys are, from the STS that the profile will call."""
    coming = {given.cloud: {given.profile: given.keys.access_key_id}}
    request = Request(wants_role=False, profile=given.profile, cloud=given.cloud)
    plan = Planning(desk, coming=coming).plan_of(request)
    return desk.provider_for(plan).identity_of(plan=plan, keys=given.keys)


def _keep(desk: Desk, given: Given, owner: Identity | None) -> None:
    place = desk.keys.keep_keys(given.cloud, given.profile, given.keys)
    whose = f" of {owner.arn}" if owner else ""
    desk.terminal.note(
        f"kept the key {last_four(given.keys.access_key_id)}{whose} as profile {given.profile}'s in {place}"
    )


def _see_to_plain_copies(desk: Desk, given: Given, source: Source, *, remove: bool) -> None:
    """Remove what else has the keys in plain text, or say where it is."""
    from mfacli.output.plain_keys import remove_plain_keys

    key_id = given.keys.access_key_id
    if given.plain is not None and given.plain.access_key_id == key_id and remove:
        # What is removed must be there: it is read once more, from the keyring itself.
        if desk.keys.find_keys(given.cloud, given.profile) != given.keys:
            raise KeysMalformed("the keyring does not give back what it was given; the file is left as it is")
        path = remove_plain_keys(given.plain)
        desk.terminal.note(f"removed the key {last_four(key_id)} from {path}")
        if given.cloud is Cloud.AWS:
            way = f"`mfacli integrate {shlex.quote(given.profile)}` has them ask mfacli"
            desk.terminal.note(f"tools that read that file have no keys there now: {way}")
    elif given.plain is not None and given.plain.access_key_id == key_id:
        desk.terminal.note(f"the same key also stands in {given.plain}; --remove-from-file takes it out")
    elif given.plain is not None:
        passed_over = last_four(given.plain.access_key_id)
        desk.terminal.warn(f"another key of this profile, {passed_over}, stands in {given.plain} and is passed over")
    for other in key_places(desk, given.cloud):
        at = other.source
        if at.kind is KeysFrom.FILE and at != given.plain and at.access_key_id == key_id:
            desk.terminal.note(f"the same key also stands in {at}, as profile {other.profile}'s")
    if source.csv not in {None, "-"} and os.path.exists(str(source.csv)):  # noqa: PTH110 - any text is no error here
        desk.terminal.note(f"`{source.csv}` still holds the secret: delete it")
