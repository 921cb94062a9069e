"""Reads a file of the user's whole; what is wrong with it is said without a word of what is in it."""

from __future__ import annotations

from pathlib import Path

from mfacli.errors import ProfileBroken

_SIZE_LIMIT = 16 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def bytes_of(path: Path) -> bytes | None:
    """Return what the file holds, or None where there is none; raises `ProfileBroken` where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        raise ProfileBroken(f"`{path}` is a directory, not a file") from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise ProfileBroken(f"`{path}` cannot be read: {why.lower()}", hint=f"ls -l '{path}'") from problem
    if len(data) > _SIZE_LIMIT:
        raise ProfileBroken(f"`{path}` is larger than {_SIZE_LIMIT} bytes, which is no file of profiles")
    return data


def first_undecodable(data: bytes) -> int | None:
    """Return where `data` stops being UTF-8, or None where it is all UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        # The exception carries the whole file, secrets and all: only the position leaves this function.
        return problem.start
    return None
