"""Changes of the environment as text for a shell, a file or a program; which of them, and for which shell.

A value may hold anything but a zero byte: quotes, dollars, newlines. How each family writes it is in `shells.py`,
`variable_files.py` and `github.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Literal, assert_never

from mfacli.errors import UsageWrong

if TYPE_CHECKING:
    from mfacli.output.environment import Changes


class Format(Enum):
    """What the text is for; the values are the names that `--format` takes."""

    BASH = "bash"
    ZSH = "zsh"
    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"
    CMD = "cmd"
    NUSHELL = "nushell"
    TCSH = "tcsh"
    DOTENV = "dotenv"
    INI = "ini"
    JSON = "json"
    GITHUB = "github"


_SHELLS = {
    **dict.fromkeys(("sh", "dash", "ash", "ksh", "ksh93", "mksh", "yash", "busybox"), Format.SH),
    **dict.fromkeys(("pwsh", "powershell", "pwsh-preview"), Format.POWERSHELL),
    **dict.fromkeys(("tcsh", "csh"), Format.TCSH),
    "bash": Format.BASH,
    "zsh": Format.ZSH,
    "fish": Format.FISH,
    "cmd": Format.CMD,
    "nu": Format.NUSHELL,
}
_OTHER_SHELLS = frozenset({"elvish", "xonsh"})


# How a person lets their shell have what a command prints.
_TAKING = {
    **dict.fromkeys((Format.BASH, Format.ZSH, Format.SH), 'eval "$({})"'),
    Format.FISH: "{} | source",
    Format.POWERSHELL: "{} | Out-String | Invoke-Expression",
    Format.CMD: "for /f \"delims=\" %i in ('{}') do @%i",
    Format.NUSHELL: "{} | from json | load-env",
    Format.TCSH: 'eval "`{}`"',
}


def taking_line(form: Format, command: str) -> str:
    """Return what to type so that the shell takes what `command` prints; empty for what no shell takes."""
    return _TAKING.get(form, "").format(command)


def export_text(changes: Changes, form: Format) -> str:
    """Return what stdout gets of `changes` in one format, ending in a newline; of `github`, only the masks.

    Raises `UsageWrong` for a value that no environment, or not this format, can carry, and for a file that could only
    unset.
    """
    from mfacli.output import shells

    values = {name: value.reveal() for name, value in changes.to_set.items()}
    for name, value in values.items():
        if "\0" in value:
            raise UsageWrong(f"`{name}` holds a zero byte, which no environment can carry")
    match form:
        case Format.BASH | Format.ZSH | Format.SH:
            return shells.POSIX.text(values, changes.to_unset)
        case Format.FISH:
            return shells.FISH.text(values, changes.to_unset)
        case Format.POWERSHELL:
            return shells.POWERSHELL.text(values, changes.to_unset)
        case Format.CMD:
            return shells.CMD.text(values, changes.to_unset)
        case Format.TCSH:
            return shells.TCSH.text(values, changes.to_unset)
        case Format.NUSHELL:
            return shells.nushell_text(values, changes.to_unset)
        case Format.DOTENV | Format.INI | Format.JSON:
            return _file_text(values, changes.to_unset, form)
        case Format.GITHUB:
            from mfacli.output.github import mask_commands

            return mask_commands(values)
        case _:
            assert_never(form)


def _file_text(
    values: Mapping[str, str], to_unset: Sequence[str], form: Literal[Format.DOTENV, Format.INI, Format.JSON]
) -> str:
    # With what reads and writes INI files, it takes longer to load than all shells together.
    from mfacli.output.variable_files import dotenv_text, ini_text, json_text

    match form:
        case Format.DOTENV:
            return dotenv_text(values)
        case Format.INI:
            return ini_text(values)
        case Format.JSON:
            return json_text(values, to_unset)
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
