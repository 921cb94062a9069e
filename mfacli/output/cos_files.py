"""Writes a session into the files of the two command-line programs for object storage, coscli and coscmd.

Each file holds one identity, without a name, beside the person's buckets and settings, which stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from mfacli.domain.credentials import Session
from mfacli.errors import FileUnwritable
from mfacli.output.ini_edit import DEFAULT, NotReadable, NotWritable, read_sections, with_section
from mfacli.output.replacing import replace_file
from mfacli.output.written import Written, broken, long_term_keys

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

_SECTION = "common"
# The first is an older name of the id. With `anonymous`, nothing is signed; without it, everything is.
_GONE = ("access_id", "anonymous")
# A long token must stay on one line.
_WIDTH = 1 << 20
_INDENTED = re.compile(r"^( +)[^\s#-]", re.MULTILINE)
_LIST = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*\n( *)- ", re.MULTILINE)


def write_coscmd(path: Path, session: Session, *, overwrite: bool = False) -> Written:
    """Write `session` into coscmd's file, by default `~/.cos.conf`.

    Long-term keys are replaced only when `overwrite`. Raises `FileUnwritable`; the file is then untouched.
    """

    def change(text: str) -> str:
        sections = read_sections(text)
        section = sections.get(_SECTION, sections[DEFAULT])
        if _has_keys(section, "secret_id", "access_id", "secret_key") and not section.get("token") and not overwrite:
            raise long_term_keys(f"`[{_SECTION}]` in `{path}`", has_names=False)
        values = {
            "secret_id": session.access_key_id,
            "secret_key": session.secret_access_key.reveal(),
            "token": session.session_token.reveal(),
        }
        if session.region and "region" not in section and "endpoint" not in section:
            values["region"] = session.region
        # coscmd's parser takes a single % for the beginning of a reference to another key.
        escaped = {key: value.replace("%", "%%") for key, value in values.items()}
        return with_section(text, _SECTION, escaped, gone=_GONE)

    return _write(path, change, readers="coscmd")


def write_coscli(path: Path, session: Session, *, overwrite: bool = False) -> Written:
    """Write `session` into coscli's file, by default `~/.cos.yaml`; otherwise as `write_coscmd`."""

    def change(text: str) -> str:
        document, yaml = _parsed(text.replace("\r\n", "\n"))
        base = _inner(_inner(document, "cos"), "base")
        _put(base, session, path, overwrite=overwrite)
        written = StringIO()
        yaml.dump(document, written)
        return written.getvalue().replace("\n", "\r\n") if "\r\n" in text else written.getvalue()

    return _write(path, change, readers="coscli")


def _write(path: Path, change: Callable[[str], str], *, readers: str) -> Written:
    seen: list[bool] = []

    def changed(content: bytes) -> bytes:
        try:
            text = content.decode("utf-8")
            after = change(text).encode("utf-8")
        except (ValueError, RecursionError):
            # No UTF-8, a value that is none of its kind, or more levels than can be read.
            where = ""
        except NotReadable as problem:
            where = f" (line {problem.line})"
        except NotWritable:
            raise FileUnwritable(f"the session cannot be written to `{path}` as it is") from None
        else:
            seen.append(not content)
            return after
        raise broken(path, readers=readers, where=where)

    target = replace_file(path, changed)
    return Written(path=target, profile="", is_new=seen[-1])


def _parsed(text: str) -> tuple[object, YAML]:
    """Return the document, and what writes it; raises `NotReadable`."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = _yaml_like(text)
    try:
        document: object = yaml.load(text)
        return CommentedMap() if document is None else document, yaml
    except YAMLError as problem:
        mark = problem.problem_mark if isinstance(problem, MarkedYAMLError) else None
    # Outside the handler: the parser's exception holds the lines around.
    raise NotReadable(1 if mark is None else mark.line + 1)


def _put(base: CommentedMap, session: Session, path: Path, *, overwrite: bool) -> None:
    # coscli compares keys without regard to case.
    keys = {key.lower(): key for key in base if isinstance(key, str)}
    told = {name: str(base[key] or "") for name, key in keys.items()}
    if not overwrite:
        if told.get("mode") == "CvmRole":
            raise FileUnwritable(
                f"`{path}` has `mode: CvmRole`, which coscli would go by instead of the session",
                hint="add --overwrite to change it to SecretKey",
            )
        # Of encrypted values nobody can see whether they are a session's: even an empty token has one.
        is_session = bool(told.get("sessiontoken")) and told.get("disableencryption") == "true"
        if _has_keys(told, "secretid", "secretkey") and not is_session:
            raise long_term_keys(f"`{path}`", has_names=False)
    values = {
        "secretid": session.access_key_id,
        "secretkey": session.secret_access_key.reveal(),
        "sessiontoken": session.session_token.reveal(),
        "mode": "SecretKey",
        # A text: coscli would make "1" of a boolean. Without it, what can be decrypted is.
        "disableencryption": "true",
    }
    for position, (name, value) in enumerate(values.items()):
        if name in keys:
            base[keys[name]] = value
        else:
            # At the end, a comment that belongs to what follows would come to stand before it.
            base.insert(position, name, value)


def _has_keys(section: Mapping[str, str], *names: str) -> bool:
    return any(section.get(name) for name in names)


def _inner(table: object, name: str) -> CommentedMap:
    """Return the table called `name` inside `table`, made where it is missing; `NotReadable` where neither can be."""
    from ruamel.yaml.comments import CommentedMap

    if not isinstance(table, CommentedMap):
        raise NotReadable(1)
    key = next((key for key in table if isinstance(key, str) and key.lower() == name), name)
    if table.get(key) is None:
        table[key] = CommentedMap()
    inner: object = table[key]
    if not isinstance(inner, CommentedMap):
        raise NotReadable(1)
    return inner


def _yaml_like(text: str) -> YAML:
    """Return a reader and writer that keeps comments, quotes and, as far as it can, the indentation of `text`."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    step = _INDENTED.search(text)
    in_list = _LIST.search(text)
    offset = max(len(in_list[2]) - len(in_list[1]), 0) if in_list else 4
    yaml.indent(mapping=len(step[1]) if step else 4, sequence=offset + 2, offset=offset)
    return yaml
