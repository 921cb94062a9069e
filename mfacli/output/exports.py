"""Changes of the environment as text for a shell, a dotenv file or a program. Every value is quoted.

A value may hold anything but a zero byte: quotes, dollars, newlines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from mfacli.errors import UsageWrong
from mfacli.output.environment import Changes


class Format(Enum):
    """What the text is for; the values are the names that `--format` takes."""

    BASH = "bash"
    ZSH = "zsh"
    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"
    DOTENV = "dotenv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    """How one shell sets and unsets a variable."""

    set_line: Callable[[str, str], str]
    unset_line: Callable[[str], str]


_SHELLS = {
    **dict.fromkeys(("sh", "dash", "ash", "ksh", "ksh93", "mksh", "yash", "busybox"), Format.SH),
    **dict.fromkeys(("pwsh", "powershell", "pwsh-preview"), Format.POWERSHELL),
    "bash": Format.BASH,
    "zsh": Format.ZSH,
    "fish": Format.FISH,
}
_OTHER_SHELLS = frozenset({"tcsh", "csh", "nu", "elvish", "xonsh", "cmd"})
_PLAIN = re.compile(r"[A-Za-z0-9_+/=.:@,-]+")


def export_text(changes: Changes, form: Format) -> str:
    """Return `changes` in one format, ending in a newline.

    Raises `UsageWrong` for a value that no environment can carry, and for a dotenv file that could only unset.
    """
    values = {name: value.reveal() for name, value in changes.to_set.items()}
    for name, value in values.items():
        if "\0" in value:
            raise UsageWrong(f"`{name}` holds a zero byte, which no environment can carry")
    match form:
        case Format.BASH | Format.ZSH | Format.SH:
            return _lines(changes, values, _Dialect(set_line=_posix_set, unset_line=lambda name: f"unset {name};"))
        case Format.FISH:
            # -g leaves the person's universal variables alone, which would be gone for ever.
            return _lines(changes, values, _Dialect(set_line=_fish_set, unset_line=lambda name: f"set -e -g {name};"))
        case Format.POWERSHELL:
            return _lines(changes, values, _Dialect(set_line=_powershell_set, unset_line=_powershell_unset))
        case Format.DOTENV:
            return _dotenv(values)
        case Format.JSON:
            document = {"version": 1, "set": values, "unset": list(changes.to_unset)}
            return json.dumps(document, indent=2) + "\n"
        case _:
            assert_never(form)


def shell_format(environment: Mapping[str, str], *, parent: str) -> Format:
    """Return the format for the shell that reads the answer.

    `parent` is the name of the process that started this one (empty: not known); SHELL is only the login shell, so
    it counts where the parent is no shell. Raises `UsageWrong` for a shell that there are no lines for.
    """
    for named in (parent, environment.get("SHELL", "")):
        name = re.split(r"[\\/]", named)[-1].lstrip("-").lower().removesuffix(".exe")
        if name in _SHELLS:
            return _SHELLS[name]
        if name in _OTHER_SHELLS:
            raise UsageWrong(
                f"there are no lines for the shell `{name}`",
                hint="name a format: " + ", ".join(form.value for form in Format),
            )
    return Format.POWERSHELL if "PSModulePath" in environment and "SHELL" not in environment else Format.SH


def _lines(changes: Changes, values: Mapping[str, str], dialect: _Dialect) -> str:
    # What is stale goes first, so that nothing set here can be taken away again.
    lines = [dialect.unset_line(name) for name in changes.to_unset]
    lines += [dialect.set_line(name, value) for name, value in values.items()]
    return "".join(f"{line}\n" for line in lines)


def _posix_set(name: str, value: str) -> str:
    # The semicolon keeps `eval $(…)` without quotes working, where newlines become spaces.
    quoted = value.replace("'", "'\"'\"'")
    return f"export {name}='{quoted}';"


def _fish_set(name: str, value: str) -> str:
    # A newline goes outside the quotes, as an escape: fish's `eval (…)` would make a space of a real one.
    quoted = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "'\\n'")
    return f"set -gx {name} '{quoted}';"


def _powershell_set(name: str, value: str) -> str:
    # PowerShell takes the four typographic single quotes for the straight one; each is doubled.
    quoted = re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", value)
    return f"$Env:{name} = '{quoted}'"


def _powershell_unset(name: str) -> str:
    return f"Remove-Item -LiteralPath Env:{name} -ErrorAction SilentlyContinue"


def _dotenv(values: Mapping[str, str]) -> str:
    if not values:
        raise UsageWrong("a dotenv file can set variables, but not unset them")
    return "".join(f"{name}={_dotenv_value(value)}\n" for name, value in values.items())


def _dotenv_value(value: str) -> str:
    # Docker and systemd take quotes for part of the value, so what needs none gets none.
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value and "\n" not in value and "\\" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
