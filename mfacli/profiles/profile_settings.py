"""What `config.toml` says of single profiles, in a table for each: `[aws.NAME]` and `[tencent.NAME]`.

    [tencent.prod]
    mfa_serial = "qcs::cam:uin/100000000001::mfa/softToken"    # default: the account's, asked of STS
    role_arn = "qcs::cam::uin/100000000002:roleName/TestRole"
    source_profile = "default"
    role_session_name = "anna"
    external_id = "4711"
    region = "ap-guangzhou"
    duration_seconds = 7200
    endpoint = "sts.tencentcloudapi.com"
    code_command = ["gopass", "otp", "-o", "tencent/anna"]

A `code_command` prints the code: a list is run as it stands, a text goes through the shell. For four programs that
keep devices it is enough to say which entry: `code_command = { ykman = "tencent:anna" }`, or `op`, `pass`, `bw`.

tccli's files have no place for any of these. AWS's have one for all but the last, so `[aws.NAME]` takes only that.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.durations import parse_duration
from mfacli.errors import ProfileBroken

# Each prints the bare code of one entry, and nothing else.
_READY_MADE = {
    "ykman": ("ykman", "oath", "accounts", "code", "--single"),
    "op": ("op", "item", "get", "--otp"),
    "pass": ("pass", "otp", "code"),
    "bw": ("bw", "get", "totp"),
}
_TEXTS = ("mfa_serial", "role_arn", "source_profile", "role_session_name", "external_id", "region", "endpoint")
TABLE_KEYS = {Cloud.AWS: ("code_command",), Cloud.TENCENT: (*_TEXTS, "duration_seconds", "code_command")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSettings:
    """One profile's table; None means: not said. What a text names is parsed by who uses it."""

    mfa_serial: str | None = None
    role_arn: str | None = None
    source_profile: str | None = None
    role_session_name: str | None = None
    external_id: str | None = None
    region: str | None = None
    endpoint: str | None = None
    duration: timedelta | None = None
    code_command: str | tuple[str, ...] | None = None


def profile_tables(value: object, cloud: Cloud, path: str) -> dict[str, ProfileSettings]:
    """Return a cloud's tables by the profile's name; raises `ProfileBroken` for what is none, naming its place."""
    if not isinstance(value, dict):
        raise ProfileBroken(
            f"`{cloud.value}` in `{path}` must be tables, one for each profile",
            hint=f"write [{cloud.value}.NAME], or `cloud` for which cloud to use",
        )
    return {name: _profile(table, cloud, f"[{cloud.value}.{name}] in `{path}`") for name, table in value.items()}


def _profile(table: object, cloud: Cloud, place: str) -> ProfileSettings:
    if not isinstance(table, dict):
        raise ProfileBroken(f"{place} must be a table")
    for key in table:
        if key not in TABLE_KEYS[cloud]:
            raise unknown_key(key, TABLE_KEYS[cloud], place)
    duration = table.get("duration_seconds")
    return ProfileSettings(
        mfa_serial=_text(table, "mfa_serial", place),
        role_arn=_text(table, "role_arn", place),
        source_profile=_text(table, "source_profile", place),
        role_session_name=_text(table, "role_session_name", place),
        external_id=_text(table, "external_id", place),
        region=_text(table, "region", place),
        endpoint=_text(table, "endpoint", place),
        duration=None if duration is None else duration_of(duration, f"`duration_seconds` of {place}"),
        code_command=_command(table.get("code_command"), place),
    )


def unknown_key(key: str, known: Sequence[str], place: str) -> ProfileBroken:
    """Return the error for a key that is none of `known`."""
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else "there are: " + ", ".join(known)
    return ProfileBroken(f"`{key}` in {place} is no setting", hint=hint)


def duration_of(value: object, place: str) -> timedelta:
    """Return the duration that a value of TOML says."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    duration = parse_duration(str(value)) if is_number or isinstance(value, str) else None
    if duration is None:
        raise ProfileBroken(f"{place} is no duration", hint='write 3600, "90m", "1h30m" or "12h"')
    return duration


def _text(table: Mapping[str, object], key: str, place: str) -> str | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise ProfileBroken(f"`{key}` of {place} must be a text in quotes")
    return value


def _command(value: object, place: str) -> str | tuple[str, ...] | None:
    if isinstance(value, dict):
        return _ready_made(value, place)
    return plain_command(value, f"`code_command` of {place}")


def plain_command(value: object, place: str) -> str | tuple[str, ...] | None:
    """Return the command that a value of TOML says: a list as it stands, or a text for the shell."""
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value) and value[0]:
        return tuple(value)
    raise ProfileBroken(
        f"{place} is no command",
        hint='write it as a list, ["gopass", "otp", …], or as one text for the shell',
    )


def _ready_made(value: Mapping[str, object], place: str) -> tuple[str, ...]:
    known = ", ".join(_READY_MADE)
    if len(value) != 1:
        raise ProfileBroken(f"`code_command` of {place} must name one program", hint=f"there are: {known}")
    ((name, entry),) = value.items()
    if name not in _READY_MADE:
        raise ProfileBroken(
            f"`code_command` of {place} knows no program `{name}`",
            hint=f"there are: {known}; any other is written as a list",
        )
    # What begins with a hyphen would be read as an option.
    if not isinstance(entry, str) or not entry or entry.startswith("-"):
        raise ProfileBroken(f"`code_command` of {place} must say which entry of `{name}` to read")
    return (*_READY_MADE[name], entry)
