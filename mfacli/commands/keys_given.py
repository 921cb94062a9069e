"""Where `mfacli keys add` takes keys from: what is typed, a file of a console, the environment, or a plain file."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeySource, Request
from mfacli.domain.secret import Secret
from mfacli.errors import InputNotAllowed, KeyringUnusable, KeysMalformed, ProfileBroken, ProfileUnknown, UsageWrong

# The consoles' files have two lines.
_LARGEST_FILE = 64 * 1024
_ELSEWHERE = "give them with --csv FILE, --from-env or --from-profile NAME"
_ID_QUESTIONS = {Cloud.AWS: "access key id (not shown): ", Cloud.TENCENT: "SecretId (not shown): "}
_SECRET_QUESTIONS = {Cloud.AWS: "secret access key (not shown): ", Cloud.TENCENT: "SecretKey (not shown): "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the command line says that the keys are; all empty: they are asked for."""

    csv: str | None
    from_env: bool
    from_profile: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The keys, whose they shall be, and where they stand in plain text as far as that is known."""

    cloud: Cloud
    profile: str
    keys: Keys
    plain: KeySource | None


def given_keys(desk: Desk, source: Source, profile: str | None, cloud: Cloud | None, *, yes: bool) -> Given:
    """Return the keys that the command line means; `yes` takes those of a lost list without a question."""
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


def _for_profile(desk: Desk, cloud: Cloud, profile: str | None, keys: Keys) -> Given:
    name = desk.planning.asked_for(Request(wants_role=False, profile=profile), cloud)
    try:
        plain = desk.planning.plain_keys(cloud, name)
    except ProfileBroken:
        # What is wrong in the file is no reason to leave it as the only place.
        plain = None
    return Given(cloud=cloud, profile=name, keys=keys, plain=plain.source if plain else None)


def _from_plain(desk: Desk, name: str, profile: str | None, cloud: Cloud | None) -> Given:
    from mfacli.profiles.given_keys import checked_keys

    chosen = desk.planning.cloud_of(Request(wants_role=False, profile=name, cloud=cloud))
    found = desk.planning.plain_keys(chosen, name)
    if found is None:
        is_kept = name in desk.kept_as(chosen)
        raise KeysMalformed(
            f"profile `{name}` has no keys in its plain file",
            hint="the keyring has them already"
            if is_kept
            else f"`mfacli keys add {_options(chosen, name)}` asks for them",
        )
    if found.keys.is_temporary:
        raise KeysMalformed(
            f"the keys of profile `{name}` are a session's, and only long-term keys are kept here ({found.source})"
        )
    keys = found.keys
    checked = checked_keys(chosen, keys.access_key_id, keys.secret_access_key, where=f"in {found.source}")
    return Given(cloud=chosen, profile=profile or name, keys=checked, plain=found.source)


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


def _options(cloud: Cloud, name: str) -> str:
    return ("--cloud tencent " if cloud is Cloud.TENCENT else "") + f"-p {shlex.quote(name)}"
