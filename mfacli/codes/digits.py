"""What a person gives as a code: six digits, or told at once that they are not."""

from __future__ import annotations

import re

from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed

# STS takes exactly six on either cloud (STS API, TokenCode: length 6, `[\d]*`).
CODE_LENGTH = 6


def parse_code(text: str, *, length: int = CODE_LENGTH) -> Secret:
    """Return the code in `text`, which authenticator apps show with a space in the middle.

    `length` is another number of digits, for a device that no STS is asked about. Raises `CodeMalformed`.
    """
    code = "".join(text.split()).replace("-", "")
    if not re.fullmatch(rf"[0-9]{{{length}}}", code):
        raise CodeMalformed(
            f"a code has {length} digits, not {_what_it_is(code)}", hint="type the digits that the device shows"
        )
    return Secret(code)


def _what_it_is(code: str) -> str:
    if not code:
        return "none"
    if code.isascii() and code.isdigit():
        return str(len(code))
    return "letters or signs"
