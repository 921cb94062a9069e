"""Changes of the environment as files that programs read by themselves: dotenv, INI, JSON.

They can only set variables, but for JSON, which also says what to take away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from mfacli.errors import UsageWrong
from mfacli.output.aws_files import EXPIRY_KEY, check_profile_name
from mfacli.output.ini_edit import NotWritable, with_section

_PLAIN = re.compile(r"[A-Za-z0-9_+/=.:@,-]+")
# What AWS's credentials file calls them; no other reads a file like it together with a session's token.
_INI_KEYS = {
    "AWS_ACCESS_KEY_ID": "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
    "AWS_SESSION_TOKEN": "aws_session_token",
    "AWS_CREDENTIAL_EXPIRATION": EXPIRY_KEY,
    "AWS_ACCOUNT_ID": "aws_account_id",
    "AWS_REGION": "region",
    "AWS_ENDPOINT_URL": "endpoint_url",
}
_PROFILE = "MFACLI_PROFILE"


def dotenv_text(values: Mapping[str, str]) -> str:
    """Return the lines of a dotenv file; raises `UsageWrong` where there is nothing to set."""
    if not values:
        raise UsageWrong("a dotenv file can set variables, but not unset them")
    return "".join(f"{name}={_dotenv_value(value)}\n" for name, value in values.items())


def ini_text(values: Mapping[str, str]) -> str:
    """Return a section of an AWS credentials file, named like the profile, `[default]` without one.

    Raises `UsageWrong` for what such a file cannot say.
    """
    if not values:
        raise UsageWrong("an ini file can set variables, but not unset them", hint="delete the file")
    if "AWS_ACCESS_KEY_ID" not in values:
        raise UsageWrong(
            "there is no ini file for this: the format is that of AWS's credentials file", hint="use --format dotenv"
        )
    lines = {key: values[name] for name, key in _INI_KEYS.items() if name in values}
    section = values.get(_PROFILE) or "default"
    check_profile_name(section)
    try:
        return with_section("", section, lines)
    except NotWritable:
        raise UsageWrong(
            f"the session of `{section}` holds a value that an ini file cannot", hint="use --format json"
        ) from None


def json_text(values: Mapping[str, str], to_unset: Sequence[str]) -> str:
    """Return the document for programs."""
    return json.dumps({"version": 1, "set": values, "unset": list(to_unset)}, indent=2) + "\n"


def _dotenv_value(value: str) -> str:
    # Docker and systemd take quotes for part of the value, so what needs none gets none.
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value and "\n" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
