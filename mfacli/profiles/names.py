"""The names of profiles and roles, for completion: quick, and silent about whatever is broken.

It looks at single lines instead of parsing, and imports next to nothing, since a shell waits for it at every Tab.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping


def profile_names(environment: Mapping[str, str], *, home: str) -> list[str]:
    """Return the names of all profiles, sorted."""
    return sorted({name for name, _ in _found(environment, home)})


def role_names(environment: Mapping[str, str], *, home: str) -> list[str]:
    """Return the names of the profiles that name a role, sorted."""
    return sorted({name for name, has_role in _found(environment, home) if has_role})


def _found(environment: Mapping[str, str], home: str) -> Iterator[tuple[str, bool]]:
    for variable, file, is_config in (
        ("AWS_CONFIG_FILE", "config", True),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", False),
    ):
        path = os.path.expandvars(environment.get(variable) or f"{home}/.aws/{file}")
        if path.startswith("~/"):
            path = home + path[1:]
        yield from _sections(_lines(path), is_config=is_config)


def _lines(path: str) -> list[str]:
    try:
        # pathlib would cost as much as all the rest of this module.
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read(1 << 20).splitlines()
    except (OSError, ValueError):
        return []


def _sections(lines: list[str], *, is_config: bool) -> Iterator[tuple[str, bool]]:
    """Yield each profile with whether its section has a role."""
    name, has_role = "", False
    for line in [*lines, "[]"]:
        text = line.strip()
        if text.startswith("["):
            if name:
                yield name, has_role
            header = text[1:].partition("]")[0]
            name, has_role = _config_name(header) if is_config else header, False
        elif text.lower().startswith("role_arn") and "=" in text:
            has_role = True


def _config_name(header: str) -> str:
    """Return the profile that a header of the config file names; empty for anything else."""
    if header == "default":
        return header
    kind, _, name = header.partition(" ")
    name = name.strip()
    for quote in "\"'":
        if len(name) > 1 and name.startswith(quote) and name.endswith(quote):
            return name[1:-1] if kind == "profile" else ""
    return name if kind == "profile" and " " not in name else ""
