"""Where a seed comes from when it is imported: asked for without echo, or a file, and never the command line."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from mfacli.commands.wiring import Desk
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed, UsageWrong

# Exports come with the accounts' icons in them, pictures straight from a camera; whatever is larger is another file.
_LONGEST = 64 << 20
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
# With the mark that Windows' programs put in front of what they write.
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_seed(desk: Desk, source: str | None, question: str) -> Secret:
    """Return what is given as seeds: the file `source`, the QR codes in a picture, `-` for stdin, or asked for."""
    if source is None or (source == "-" and sys.stdin is not None and sys.stdin.isatty()):
        return desk.prompter.ask_secret(question)
    # Path.exists fails on what is too long for a file's name, as a link is.
    if source != "-" and _is_seed(source) and not os.path.exists(source):  # noqa: PTH110
        raise seed_in_sight()
    return _text_of(_read(source), source)


def refuse_words(words: Sequence[str]) -> None:
    """Raise `UsageWrong` for words too many, which may be a seed in groups, and are not repeated."""
    if words:
        raise seed_in_sight("there are words too many on the command line, where other programs can see them")


def seed_in_sight(what: str = "a seed was given on the command line, where other programs can see it") -> UsageWrong:
    """Return the error for what must not stand on the command line."""
    return UsageWrong(what, hint="leave it out to be asked for it, and take that line out of your shell's history")


def warn_of_readers(desk: Desk, source: str | None) -> None:
    """Warn where the file that a seed was read from can be read by others."""
    if source is None or source == "-" or os.name != "posix":
        return
    try:
        mode = Path(source).stat().st_mode
    except OSError:
        return
    if stat.S_ISREG(mode) and mode & _READABLE_BY_OTHERS:
        desk.terminal.warn(
            f"other users can read `{source}`, which still holds the seed: delete it, or `chmod 600 {source}`"
        )


def _read(source: str) -> bytes:
    try:
        if source == "-":
            content = sys.stdin.buffer.read(_LONGEST + 1) if sys.stdin is not None else b""
        else:
            with Path(source).open("rb") as file:
                content = file.read(_LONGEST + 1)
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise SeedMalformed(f"the seed could not be read from `{source}`: {why.lower()}") from problem
    if len(content) > _LONGEST:
        raise SeedMalformed(
            f"`{source}` is too large to be read for seeds", hint="give one otpauth:// link, or an export"
        )
    return content


def _text_of(content: bytes, source: str) -> Secret:
    from mfacli.codes.pictures import is_picture, read_pictures_text

    if is_picture(content, source):
        return read_pictures_text(content, source)
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return Secret(content.decode(encoding))
    except UnicodeDecodeError:
        pass
    # Outside the handler: an exception of decoding carries the whole file.
    raise SeedMalformed(
        f"the seed could not be read from `{source}`: it is neither text nor a picture that is understood",
        hint="give text, JSON, CSV, or a picture as PNG or JPEG; an encrypted export: without its password",
    )


def _is_seed(text: str) -> bool:
    from mfacli.codes.seeds import parse_seed

    try:
        parse_seed(Secret(text))
    except SeedMalformed:
        return text.lower().startswith(("otpauth:", "otpauth-migration:"))
    return True
