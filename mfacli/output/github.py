"""Changes of the environment for the later steps of a GitHub Actions job.

Two texts: workflow commands for stdout, where the runner learns which values to black out in every log, and lines for
the file that GITHUB_ENV names. Whoever prints them prints the commands first.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mfacli.errors import FileUnwritable, UsageWrong

ENV_FILE_VARIABLE = "GITHUB_ENV"
# What is not known to be public is masked.
_PUBLIC_ENDINGS = ("_REGION", "_PROFILE", "_EXPIRATION", "_ACCOUNT_ID", "_ENDPOINT_URL", "_MFA_SERIAL")
# To botocore, an empty profile is one that does not exist, and an empty region an endpoint without a name.
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TCCLI_PROFILE")


def mask_commands(values: Mapping[str, str]) -> str:
    """Return the workflow commands that hide the secrets among `values`, each line of them by itself."""
    hidden = [value for name, value in values.items() if not name.endswith(_PUBLIC_ENDINGS)]
    # The runner masks line by line.
    lines = [line for value in hidden for line in re.split(r"[\r\n]+", value) if line.strip()]
    return "".join(f"::add-mask::{line.replace('%', '%25')}\n" for line in dict.fromkeys(lines))


def blankable(to_unset: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what of `to_unset` this step has, and may be set to nothing: the runner cannot unset."""
    return tuple(
        name for name in to_unset if environment.get(name) and name not in _PROFILES and not name.endswith("_REGION")
    )


def in_the_way(to_unset: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables of this step that lead SDKs to a profile, past a session, and that must stay."""
    return tuple(name for name in _PROFILES if name in to_unset and environment.get(name))


def env_file_text(
    values: Mapping[str, str],
    to_blank: Sequence[str],
    *,
    delimiter: Callable[[], str] = lambda: f"mfacli_{secrets.token_hex(16)}",
) -> str:
    """Return the lines for the file, in the form that lets a value have several lines.

    The delimiter is drawn anew for each value: one that knows it could set variables of its own.
    """
    texts = []
    for name, value in {**dict.fromkeys(to_blank, ""), **values}.items():
        end = delimiter()
        texts.append(f"{name}<<{end}\n{value}\n{end}\n")
    return "".join(texts)


def env_file(environment: Mapping[str, str]) -> Path:
    """Return the file of this step; raises `UsageWrong` outside of GitHub Actions."""
    named = environment.get(ENV_FILE_VARIABLE)
    if not named:
        raise UsageWrong(
            f"{ENV_FILE_VARIABLE} is not set: the format `github` is for a step of a GitHub Actions job",
            hint="elsewhere, name the shell: --format bash",
        )
    return Path(named)


def append_to_env_file(path: Path, text: str) -> None:
    """Add `text` to the file, on lines of its own; raises `FileUnwritable`."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "rb+") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else f"\n{text}"
            file.write(text.encode())
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        raise FileUnwritable(f"`{path}`, which {ENV_FILE_VARIABLE} names, could not be written: {why}") from problem
