"""Values that break careless quoting, and changes that carry them."""

from __future__ import annotations

from types import MappingProxyType

from mfacli.domain.secret import Secret
from mfacli.output.environment import Changes

HOSTILE = [
    "plain", "", " ", "two words", "'", '"', "''", "'\"'\"'", "$(touch owned)", "`touch owned`", "$HOME", "${HOME}",
    "\\", "\\'", "\\n", "\\\\", "a\nb", "\n", "a\r\nb", "\t", "; touch owned", "| cat", "& touch owned", "*", "~",
    "~/x", "!!", "!touch", "#x", "-n", "--", "(a)", "{a,b}", "<(ls)", "%PATH%", "\u2018\u2019\u201a\u201b", "ü項🔑",
    "\x01\x7f",     "a=b", "[x]", "x\\", "'\\''", "\\\n", "@(a)", "$'x'", "\u2028", "\\!", "a!b", "^", "^^&", "%%i",
    "!PATH!", "${{ x }}", "null", "EOF", "::stop-commands::x", ";x", "x #y", "x ;y", "=", ":",
]  # fmt: skip
VALUES = {f"V{number}": value for number, value in enumerate(HOSTILE)}


def without(characters: str) -> dict[str, str]:
    """Return those of the values that hold none of `characters`."""
    return {name: value for name, value in VALUES.items() if not set(characters) & set(value)}


def changes(values: dict[str, str], unset: tuple[str, ...] = ()) -> Changes:
    """Return changes that set `values`."""
    return Changes(to_set=MappingProxyType({name: Secret(value) for name, value in values.items()}), to_unset=unset)
