"""`mfacli keys add`: long-term keys go into the keyring, proved, and on request out of the plain file."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from mfacli.commands.completing import complete_files, complete_profiles
from mfacli.commands.keys_places import key_places
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.planning import Planning
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeysFrom, KeySource, Request
from mfacli.domain.secret import Secret
from mfacli.errors import (
    Cancelled,
    InputNotAllowed,
    KeyringUnusable,
    KeysMalformed,
    ProfileBroken,
    ProfileUnknown,
    UsageWrong,
)
from mfacli.interfaces import Identity

# The consoles' files have two lines.
_LARGEST_FILE = 64 * 1024
_ELSEWHERE = "give them with --csv FILE, --from-env or --from-profile NAME"
_ID_QUESTIONS = {Cloud.AWS: "access key id (not shown): ", Cloud.TENCENT: "SecretId (not shown): "}
_SECRET_QUESTIONS = {Cloud.AWS: "secret access key (not shown): ", Cloud.TENCENT: "SecretKey (not shown): "}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where the command line says that the keys are; all empty: they are asked for."""

    csv: str | None
    from_env: bool
    from_profile: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The keys, whose they shall be, and where they stand in plain text as far as that is known."""

    cloud: Cloud
    profile: str
    keys: Keys
    plain: KeySource | None


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
@click.option("--yes", is_flag=True, help="Replace other keys of the profile in the keyring without a question.")
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
    source = _Source(csv=csv, from_env=from_env, from_profile=from_profile)
    if sum(map(bool, (csv, from_env, from_profile))) > 1:
        raise UsageWrong("--csv, --from-env and --from-profile exclude each other", hint="name one place")
    given = _given(desk, source, profile, cloud, yes=yes)
    _check_name(given)
    _make_sure(desk, given, yes=yes)
    owner = None if no_check else _owner(desk, given)
    place = desk.keys.keep_keys(given.cloud, given.profile, given.keys)
    whose = f" of {owner.arn}" if owner else ""
    desk.terminal.note(
        f"kept the key {last_four(given.keys.access_key_id)}{whose} as profile {given.profile}'s in {place}"
    )
    _see_to_plain_copies(desk, given, source, remove=remove_from_file)


def _given(desk: Desk, source: _Source, profile: str | None, cloud: Cloud | None, *, yes: bool) -> _Given:
    from mfacli.profiles.given_keys import keys_in_csv, keys_in_environment

    if source.csv is not None:
        found = keys_in_csv(_read(source.csv), name=source.csv)
        if cloud not in {None, found.cloud}:
            raise UsageWrong(f"`{source.csv}` holds keys of another cloud than --cloud names")
        return _for_profile(desk, found.cloud, profile, found.keys)
    if source.from_profile is not None:
        return _from_plain(desk, source.from_profile, profile, cloud)
    chosen = cloud or _cloud_of(desk, profile, from_env=source.from_env)
    if source.from_env:
        return _for_profile(desk, chosen, profile, keys_in_environment(desk.environment, chosen))
    name = desk.planning.asked_for(Request(wants_role=False, profile=profile), chosen)
    return _for_profile(desk, chosen, profile, _unlisted(desk, chosen, name, yes=yes) or _asked(desk, chosen))


def _cloud_of(desk: Desk, profile: str | None, *, from_env: bool) -> Cloud:
    """Return whose keys they are: those that are set, else those of the cloud that has the profile."""
    from mfacli.profiles.variables import KEY_VARIABLES

    having = [each for each in Cloud if from_env and desk.environment.get(KEY_VARIABLES[each][0])]
    if len(having) == 1:
        return having[0]
    try:
        return desk.planning.cloud_of(Request(wants_role=False, profile=profile))
    except ProfileUnknown:
        # A profile that begins with its keys.
        return Cloud.AWS


def _for_profile(desk: Desk, cloud: Cloud, profile: str | None, keys: Keys) -> _Given:
    name = desk.planning.asked_for(Request(wants_role=False, profile=profile), cloud)
    try:
        plain = desk.planning.plain_keys(cloud, name)
    except ProfileBroken:
        # What is wrong in the file is no reason to leave it as the only place.
        plain = None
    return _Given(cloud=cloud, profile=name, keys=keys, plain=plain.source if plain else None)


def _from_plain(desk: Desk, name: str, profile: str | None, cloud: Cloud | None) -> _Given:
    from mfacli.profiles.given_keys import checked_keys

    chosen = desk.planning.cloud_of(Request(wants_role=False, profile=name, cloud=cloud))
    found = desk.planning.plain_keys(chosen, name)
    if found is None:
        is_kept = name in desk.kept_as(chosen)
        raise KeysMalformed(
            f"profile `{name}` has no keys in its plain file",
            hint="the keyring has them already" if is_kept else f"`mfacli keys add -p {name}` asks for them",
        )
    if found.keys.is_temporary:
        raise KeysMalformed(
            f"the keys of profile `{name}` are a session's, and only long-term keys are kept here ({found.source})"
        )
    keys = found.keys
    checked = checked_keys(chosen, keys.access_key_id, keys.secret_access_key, where=f"in {found.source}")
    return _Given(cloud=chosen, profile=profile or name, keys=checked, plain=found.source)


def _unlisted(desk: Desk, cloud: Cloud, name: str, *, yes: bool) -> Keys | None:
    """Return keys that the keyring still has although the list of them was lost, where the person wants those."""
    try:
        found = desk.keys.unlisted_keys(cloud, name)
    except KeyringUnusable as problem:
        desk.terminal.detail(problem.message)
        return None
    for keys in found:
        what = f"the keyring has the key {last_four(keys.access_key_id)} of profile `{name}`, which no list names"
        try:
            if yes or desk.prompter.confirm(f"{what}; take that one?"):
                return keys
        except InputNotAllowed as problem:
            raise InputNotAllowed(f"{what}, and nobody can be asked", hint="add --yes to take that one") from problem
    return None


def _asked(desk: Desk, cloud: Cloud) -> Keys:
    from mfacli.profiles.given_keys import checked_keys

    try:
        key_id = desk.prompter.ask_secret(_ID_QUESTIONS[cloud])
        secret = desk.prompter.ask_secret(_SECRET_QUESTIONS[cloud])
    except InputNotAllowed as problem:
        raise InputNotAllowed("the keys cannot be asked for", hint=_ELSEWHERE) from problem
    return checked_keys(cloud, key_id.reveal(), secret, where="that was typed")


def _read(name: str) -> Secret:
    try:
        if name == "-":
            return Secret(sys.stdin.read(_LARGEST_FILE) if sys.stdin is not None else "")
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            return Secret(file.read(_LARGEST_FILE))
    except UnicodeDecodeError:
        why, hint = "it is no text in UTF-8", "give the file as the console downloads it"
    except (OSError, ValueError) as problem:
        why, hint = (problem.strerror if isinstance(problem, OSError) else None) or str(problem), ""
    # Outside the handler: an exception of decoding carries the whole file.
    raise KeysMalformed(f"the keys could not be read from `{name}`: {why[:1].lower()}{why[1:]}", hint=hint)


def _check_name(given: _Given) -> None:
    from mfacli.output.aws_files import check_profile_name
    from mfacli.output.tencent_files import check_tccli_name

    check = check_profile_name if given.cloud is Cloud.AWS else check_tccli_name
    check(given.profile)


def _make_sure(desk: Desk, given: _Given, *, yes: bool) -> None:
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


def _owner(desk: Desk, given: _Given) -> Identity:
    """Return who the keys are, from the STS that the profile will call."""
    coming = {given.cloud: {given.profile: given.keys.access_key_id}}
    request = Request(wants_role=False, profile=given.profile, cloud=given.cloud)
    plan = Planning(desk, coming=coming).plan_of(request)
    return desk.provider_for(plan).identity_of(plan=plan, keys=given.keys)


def _see_to_plain_copies(desk: Desk, given: _Given, source: _Source, *, remove: bool) -> None:
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
            way = f"`mfacli integrate {given.profile}` has them ask mfacli"
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
