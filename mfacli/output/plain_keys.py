"""Replaces or removes the long-term keys in a cloud's own file, once they rest elsewhere or are no longer good.

Only the lines of the keys change, and only where the file still has the keys that are meant.
"""

from __future__ import annotations

from pathlib import Path

from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.errors import FileUnwritable
from mfacli.output.aws_files import changed_content
from mfacli.output.ini_edit import read_sections, with_section
from mfacli.output.replacing import replace_file
from mfacli.output.tencent_files import change_table

# In AWS' files and in tccli's: id and secret.
_AWS = ("aws_access_key_id", "aws_secret_access_key")
_TENCENT = ("secretId", "secretKey")


def replace_plain_keys(source: KeySource, keys: Keys) -> Path:
    """Put `keys` in the place of those at `source`, whole or not at all; returns the file.

    Raises `FileUnwritable` where the file has other keys by now, or cannot be written; it is then untouched.
    """
    return _change(source, keys)


def remove_plain_keys(source: KeySource) -> Path:
    """Remove the keys at `source` and nothing else; returns the file. Raises as `replace_plain_keys` does."""
    return _change(source, None)


def _change(source: KeySource, keys: Keys | None) -> Path:
    if source.kind is not KeysFrom.FILE:
        raise ValueError(f"{source.kind} is no file")
    path = Path(source.path)
    if not source.section:
        return change_table(path, lambda table: _changed_table(table, source, keys))
    return replace_file(
        path,
        lambda content: changed_content(
            content, path, source.section, lambda text: _changed_text(text, source, keys), what="the new keys"
        ),
    )


def _changed_text(text: str, source: KeySource, keys: Keys | None) -> str:
    section = read_sections(text).get(source.section, {})
    _check(section.get(_AWS[0]), source)
    values = dict(zip(_AWS, _texts(keys), strict=True)) if keys is not None else {}
    return with_section(text, source.section, values, gone=() if keys is not None else _AWS)


def _changed_table(table: dict[str, object], source: KeySource, keys: Keys | None) -> dict[str, object]:
    _check(table.get(_TENCENT[0]), source)
    kept = {key: value for key, value in table.items() if key not in _TENCENT}
    return kept | (dict(zip(_TENCENT, _texts(keys), strict=True)) if keys is not None else {})


def _texts(keys: Keys) -> tuple[str, str]:
    return keys.access_key_id, keys.secret_access_key.reveal()


def _check(found: object, source: KeySource) -> None:
    if not isinstance(found, str) or found.strip() != source.access_key_id:
        raise FileUnwritable(
            f"{source} no longer holds the key {last_four(source.access_key_id)}, and is left as it is",
            hint="somebody has changed it meanwhile: look at it, and run the command again",
        )
