"""Changes of the environment as lines that a shell runs. Every value is quoted.

Each shell has its own ways to quote, and its own values that no quoting carries: those are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mfacli.errors import UsageWrong

_NEWLINES = re.compile(r"[\r\n]")
_NOT_FOR_CMD = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\"%!]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one shell sets and unsets a variable."""

    set_line: Callable[[str, str], str]
    unset_line: Callable[[str], str]

    def text(self, values: Mapping[str, str], to_unset: Sequence[str]) -> str:
        """Return the lines. What is stale goes first, so that nothing set here can be taken away again."""
        lines = [self.unset_line(name) for name in to_unset]
        lines += [self.set_line(name, value) for name, value in values.items()]
        return "".join(f"{line}\n" for line in lines)


def nushell_text(values: Mapping[str, str], to_unset: Sequence[str]) -> str:
    """Return what `from json | load-env` takes.

    Nushell runs no text as code, so there are no lines for it. Where a variable is null, no program gets one.
    """
    return json.dumps({**dict.fromkeys(to_unset), **values}, indent=2) + "\n"


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


def _cmd_set(name: str, value: str) -> str:
    # What `for /f` reads is taken as it is, what stands in a batch file is expanded first: a text that means the same
    # to both can hold none of these. Between the quotes & | < > ( ) and ^ mean nothing, for `set` and for the line.
    _refuse(_NOT_FOR_CMD, name, value, "cmd")
    return f'set "{name}={value}"'


def _tcsh_set(name: str, value: str) -> str:
    # Backquotes make words of lines, and `eval` makes spaces of what is between words.
    _refuse(_NEWLINES, name, value, "tcsh")
    # The history is looked up even between single quotes, and in scripts.
    quoted = value.replace("'", "'\\''").replace("!", "\\!")
    return f"setenv {name} '{quoted}';"


def _refuse(pattern: re.Pattern[str], name: str, value: str, shell: str) -> None:
    if found := pattern.search(value):
        raise UsageWrong(
            f"`{name}` holds {found[0]!r}, which no line for {shell} can carry safely",
            hint="`mfacli exec -- CMD` hands a session to a command without any quoting",
        )


POSIX = Dialect(set_line=_posix_set, unset_line=lambda name: f"unset {name};")
# -g leaves the person's universal variables alone, which would be gone for ever.
FISH = Dialect(set_line=_fish_set, unset_line=lambda name: f"set -e -g {name};")
POWERSHELL = Dialect(set_line=_powershell_set, unset_line=_powershell_unset)
CMD = Dialect(set_line=_cmd_set, unset_line=lambda name: f'set "{name}="')
TCSH = Dialect(set_line=_tcsh_set, unset_line=lambda name: f"unsetenv {name};")
