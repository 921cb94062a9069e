"""Where a seed comes from when it is imported: asked for without echo, or a file, and never the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mfacli.commands.wiring import Desk
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed, UsageWrong

# An authenticator app's export has a few hundred accounts at most; whatever is larger is another file.
_LONGEST = 1 << 20


def read_seed(desk: Desk, source: str | None, question: str) -> Secret:
    """Return what is given as seeds: the file `source`, the QR codes in a picture, `-` for stdin, or asked for."""
    if source is None:
        return desk.prompter.ask_secret(question)
    # Path.exists fails on what is too long for a file's name, as a link is.
    if source != "-" and _is_seed(source) and not os.path.exists(source):  # noqa: PTH110
        raise UsageWrong(
            "a seed was given on the command line, where other programs can see it",
            hint="leave it out to be asked for it, and take that line out of your shell's history",
        )
    try:
        return _read_from(source)
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "it is no text"
        raise SeedMalformed(f"the seed could not be read from `{source}`: {why.lower()}") from problem


def _read_from(source: str) -> Secret:
    from mfacli.codes.pictures import is_picture, read_pictures_text

    if source != "-" and is_picture(Path(source)):
        return read_pictures_text(Path(source))
    text = sys.stdin.read(_LONGEST + 1) if source == "-" else _read_file(Path(source))
    if len(text) > _LONGEST:
        raise SeedMalformed(f"`{source}` is too long to be a seed", hint="one otpauth:// link, or one base32 text")
    return Secret(text)


def _is_seed(text: str) -> bool:
    from mfacli.codes.seeds import parse_seed

    try:
        parse_seed(Secret(text))
    except SeedMalformed:
        return text.lower().startswith("otpauth")
    return True


def _read_file(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_LONGEST + 1)
