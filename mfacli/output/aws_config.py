"""Writes a profile with a `credential_process` into `~/.aws/config`, takes it out again, names a profile's device.

Nothing but that key and a missing region is written, so that an edited profile stays the person's own.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.aws_files import check_profile_name
from mfacli.output.ini_edit import DEFAULT, NotReadable, NotWritable, read_sections, with_section, without_section
from mfacli.output.replacing import replace_file
from mfacli.output.written import broken

KEY = "credential_process"
DEVICE_KEY = "mfa_serial"
# botocore asks these providers before it asks the process, or instead of it (its credential chain).
_BEFORE = ("role_arn", "source_profile", "credential_source", "web_identity_token_file", "login_session")
_STATIC = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A profile called `name` that gets its credentials from `command`.

    `region` and `endpoint_url`, the other profile's, are written where it has none.
    """

    name: str
    command: str
    region: str | None = None
    endpoint_url: str | None = None

    @property
    def values(self) -> Mapping[str, str | None]:
        """What is written, by key."""
        return {KEY: self.command, "region": self.region, "endpoint_url": self.endpoint_url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the file at `path` becomes; `shadowed_by` are keys that would go before the process."""

    path: Path
    before: str
    after: str
    shadowed_by: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything changes at all."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The changed lines alone: those around them may be secrets."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), str(self.path), str(self.path), lineterm="", n=0
        )
        return "\n".join(lines)


def check_config_name(name: str) -> None:
    """Raise `UsageWrong` for a name that would need quotes in the file's header, which tools read differently."""
    check_profile_name(name)
    if set(name) & set(" \t'\"\\#;"):
        raise UsageWrong(f"`{name}` cannot be the name of a profile here", hint="give letters, digits and -_.@")


def added(path: Path, integration: Integration, *, is_ours: Callable[[str], bool]) -> Callable[[bytes], Change]:
    """Return what makes the change from the file's content.

    `is_ours` tells a command that mfacli wrote from one of somebody else's, which is not replaced. The change raises
    `FileUnwritable`.
    """
    return lambda content: _added(path, content, integration, is_ours=is_ours)


def removed(path: Path, name: str, *, is_ours: Callable[[str], bool]) -> Callable[[bytes], Change]:
    """Return what takes profile `name` out again: the whole section where nothing of use is left in it."""
    return lambda content: _removed(path, content, name, is_ours=is_ours)


def naming_device(path: Path, name: str, serial: str) -> Callable[[bytes], Change]:
    """Return what writes the device with `serial` into profile `name`, which is added where it is missing."""

    def make(content: bytes) -> Change:
        text, sections = _read(path, content)
        header = _header(sections, name)
        return _change(path, text, lambda: with_section(text, header, {DEVICE_KEY: serial}), header)

    return make


def preview(path: Path, make: Callable[[bytes], Change]) -> Change:
    """Return the change without making it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError as problem:
        raise FileUnwritable(f"`{path}` cannot be read: {(problem.strerror or str(problem)).lower()}") from problem
    return make(content)


def apply(path: Path, make: Callable[[bytes], Change]) -> Change:
    """Make the change; every other byte of the file stays. A file that needs none is not touched."""
    first = preview(path, make)
    if not first.is_any:
        return first
    made: list[Change] = []

    def change(content: bytes) -> bytes:
        made.append(make(content))
        return made[-1].after.encode("utf-8")

    replace_file(path, change)
    return made[-1]


def _added(path: Path, content: bytes, integration: Integration, *, is_ours: Callable[[str], bool]) -> Change:
    text, sections = _read(path, content)
    header = _header(sections, integration.name)
    section = sections.get(header, {})
    command = section.get(KEY)
    if command is not None and not is_ours(command):
        raise FileUnwritable(
            f"`[{header}]` in `{path}` has a {KEY} of its own", hint="name another profile with --as"
        )
    values = {key: value for key, value in integration.values.items() if value and (key == KEY or key not in section)}
    shadows = tuple(key for key in section if key in (*_STATIC, *_BEFORE) or key.startswith("sso_"))
    return _change(path, text, lambda: with_section(text, header, values), header, shadowed_by=shadows)


def _removed(path: Path, content: bytes, name: str, *, is_ours: Callable[[str], bool]) -> Change:
    text, sections = _read(path, content)
    header = _header(sections, name)
    section = sections.get(header, {})
    command = section.get(KEY)
    if command is None or not is_ours(command):
        return Change(path=path, before=text, after=text)
    is_all_ours = section.keys() - sections[DEFAULT].keys() <= {KEY, "region", "endpoint_url"}
    return _change(
        path,
        text,
        lambda: without_section(text, header) if is_all_ours else with_section(text, header, {}, gone=(KEY,)),
        header,
    )


def _change(
    path: Path, text: str, make: Callable[[], str], header: str, *, shadowed_by: tuple[str, ...] = ()
) -> Change:
    try:
        return Change(path=path, before=text, after=make(), shadowed_by=shadowed_by)
    except NotWritable:
        raise FileUnwritable(f"`[{header}]` in `{path}` cannot be changed as it is written there") from None


def _read(path: Path, content: bytes) -> tuple[str, Mapping[str, Mapping[str, str]]]:
    where = ""
    try:
        text = content.decode("utf-8")
        return text, read_sections(text)
    except UnicodeDecodeError:
        pass
    except NotReadable as problem:
        where = f" (line {problem.line})"
    raise broken(path, readers="AWS tools", where=where)


def _header(sections: Mapping[str, Mapping[str, str]], name: str) -> str:
    """Return the header that the profile has in the file, however it is spelled there; else the one it would have."""
    for header in sections:
        try:
            words = shlex.split(header)
        except ValueError:
            continue
        if words == (["default"] if name == "default" else ["profile", name]):
            return header
    return "default" if name == "default" else f"profile {name}"
