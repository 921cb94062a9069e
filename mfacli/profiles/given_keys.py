"""Long-term keys as people give them: typed, in variables, or as a CSV file that a cloud's console downloads.

What comes out has the form of long-term keys; whether they are good only the cloud knows. No message quotes anything
of what was given.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.errors import KeysMalformed
from mfacli.profiles.aws_limits import wrong_key_id as wrong_aws_id
from mfacli.profiles.tencent_limits import wrong_key_id as wrong_tencent_id
from mfacli.profiles.variables import KEY_VARIABLES, environment_token

_COLUMNS = {
    Cloud.AWS: ("access key id", "secret access key"),
    Cloud.TENCENT: ("secretid", "secretkey"),
}
_NAMES = {Cloud.AWS: ("access key id", "secret access key"), Cloud.TENCENT: ("SecretId", "SecretKey")}
# AWS says by the beginning of an id what it is of (IAM user guide, unique identifiers).
_OF_OTHER_THINGS = {
    "AIDA": "an IAM user's id",
    "AROA": "a role's id",
    "AGPA": "a group's id",
    "AIPA": "an instance profile's id",
    "ANPA": "a managed policy's id",
    "ASCA": "a certificate's id",
}
_DELIMITERS = ",;\t"
_LONGEST_SECRET = 1024
_LONGEST_TENCENT_ID = 36
_CONSOLES = {
    Cloud.AWS: "IAM shows a secret only once: make a new access key for another",
    Cloud.TENCENT: "the console shows a SecretKey only once: make a new API key for another",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenKeys:
    """Keys, and the cloud they are of."""

    cloud: Cloud
    keys: Keys


def checked_keys(cloud: Cloud, key_id: str, secret: Secret, *, where: str) -> Keys:
    """Return long-term keys of a cloud; raises `KeysMalformed` for what cannot be any. `where` is for the message."""
    id_name, secret_name = _NAMES[cloud]
    text = secret.reveal().strip()
    key_id = key_id.strip()
    wrong_id = {Cloud.AWS: wrong_aws_id, Cloud.TENCENT: wrong_tencent_id}[cloud]
    if why := wrong_id(key_id):
        raise KeysMalformed(f"the {id_name} {where} {why}", hint=f"the {id_name} comes first, then the {secret_name}")
    if why := _wrong_kind(cloud, key_id):
        raise KeysMalformed(f"the {id_name} {where} is {why}")
    if not text or len(text) > _LONGEST_SECRET or not text.isascii() or not text.isprintable() or " " in text:
        raise KeysMalformed(f"the {secret_name} {where} is none: {_fault(text)}", hint=_CONSOLES[cloud])
    if text == key_id:
        raise KeysMalformed(f"the {secret_name} {where} is the {id_name} again")
    return Keys(access_key_id=key_id, secret_access_key=Secret(text))


def _wrong_kind(cloud: Cloud, key_id: str) -> str:
    """Return what a key id is of instead; empty where it may be a long-term key's."""
    if cloud is Cloud.TENCENT:
        # A session's is longer, and has the same beginning.
        is_session = key_id.startswith("AKID") and len(key_id) > _LONGEST_TENCENT_ID
        return "a session's, and only long-term keys are kept here" if is_session else ""
    if key_id.startswith("ASIA"):
        return "a session's (ASIA…), and only long-term keys are kept here"
    if key_id.startswith("AKID") and len(key_id) == _LONGEST_TENCENT_ID:
        return "Tencent Cloud's; add --cloud tencent"
    return _OF_OTHER_THINGS.get(key_id[:4], "")


def _fault(text: str) -> str:
    if not text:
        return "nothing was given"
    return "it is too long" if len(text) > _LONGEST_SECRET else "it holds a space or another odd character"


def keys_in_environment(environment: Mapping[str, str], cloud: Cloud) -> Keys:
    """Return the long-term keys in a cloud's variables; raises `KeysMalformed`."""
    id_variable, secret_variable = KEY_VARIABLES[cloud]
    if not environment.get(id_variable):
        raise KeysMalformed(f"{id_variable} is not set", hint="name another place with --csv or --from-profile")
    if environment_token(environment, cloud):
        raise KeysMalformed(
            "the keys in the environment are a session's, and only long-term keys are kept here",
            hint='eval "$(mfacli export --unset)" takes the session out of this shell',
        )
    secret = Secret(environment.get(secret_variable, ""))
    return checked_keys(cloud, environment[id_variable], secret, where=f"in {id_variable} and {secret_variable}")


def keys_in_csv(text: Secret, *, name: str) -> GivenKeys:
    """Return the keys in the CSV file called `name`, as either console downloads it; raises `KeysMalformed`.

    AWS' has `Access key ID` and `Secret access key` among its columns, Tencent Cloud's `SecretId` and `SecretKey`. A
    spreadsheet may have saved it with semicolons or tabs instead of commas.
    """
    is_empty = True
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        is_empty = is_empty and not rows
        header = [cell.strip().strip("\ufeff").lower() for cell in rows[0]] if rows else []
        for cloud, columns in _COLUMNS.items():
            if all(header.count(column) == 1 for column in columns):
                return GivenKeys(cloud=cloud, keys=_keys_of(cloud, header, rows[1:], name))
    if is_empty:
        raise KeysMalformed(f"`{name}` is empty, or no CSV file")
    wanted = " or ".join(" and ".join(f"`{column}`" for column in columns) for columns in _NAMES.values())
    raise KeysMalformed(f"`{name}` has no columns {wanted}", hint="give the file as the console downloads it")


def _rows(text: Secret, delimiter: str) -> list[list[str]]:
    lines = io.StringIO(text.reveal().removeprefix("\ufeff"), newline="")
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return []
    return [row for row in rows if any(cell.strip() for cell in row)]


def _keys_of(cloud: Cloud, header: list[str], rows: list[list[str]], name: str) -> Keys:
    if len(rows) != 1:
        many = f"{len(rows)} keys" if rows else "no key"
        hint = "leave the line of yours below the header" if rows else "give the file as the console downloads it"
        raise KeysMalformed(f"`{name}` has {many}, and one is needed", hint=hint)
    if len(rows[0]) < len(header):
        raise KeysMalformed(f"`{name}` has fewer values than columns: it was cut off")
    found = dict(zip(header, rows[0], strict=False))
    key_id, secret = (found[column] for column in _COLUMNS[cloud])
    return checked_keys(cloud, key_id, Secret(secret), where=f"in `{name}`")
