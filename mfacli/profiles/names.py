"""The names of profiles, roles and devices, for completion: quick, and silent about whatever is broken.

It looks at single lines instead of parsing, and imports next to nothing, since a shell waits for it at every Tab. Of
tccli's files, which hold keys, only the names are read.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# A profile, whether it has a role, and its device.
_Section = tuple[str, bool, str]
_CLOUDS = ("aws", "tencent")


def profile_names(environment: Mapping[str, str], *, home: str, settings: str = "") -> list[str]:
    """Return the names of all profiles, sorted; `settings` is where mfacli's own file is."""
    found = {name for name, _, _ in _found(environment, home, settings)}
    return sorted(found.union(_tencent_names(environment, home)))


def role_names(environment: Mapping[str, str], *, home: str, settings: str = "") -> list[str]:
    """Return the names of the profiles that name a role, sorted."""
    return sorted({name for name, has_role, _ in _found(environment, home, settings) if has_role})


def device_serials(environment: Mapping[str, str], *, home: str, settings: str = "") -> list[str]:
    """Return the serials of the devices that profiles name, sorted."""
    return sorted({serial for _, _, serial in _found(environment, home, settings) if serial})


def _found(environment: Mapping[str, str], home: str, settings: str) -> Iterator[_Section]:
    for variable, file, name_of in (
        ("AWS_CONFIG_FILE", "config", _config_name),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", str),
    ):
        path = os.path.expandvars(environment.get(variable) or f"{home}/.aws/{file}")
        yield from _sections(_lines(_at_home(path, home)), name_of)
    if settings:
        yield from _sections(_lines(settings), _table_name)


def _tencent_names(environment: Mapping[str, str], home: str) -> Iterator[str]:
    folder = environment.get("TENCENTCLOUD_SHARED_CREDENTIALS_DIR") or f"{home}/.tccli"
    try:
        files = os.listdir(_at_home(folder, home))  # noqa: PTH208 - pathlib would cost as much as all the rest
    except (OSError, ValueError):
        return
    for file in files:
        name, _, kind = file.rpartition(".")
        if name and kind in {"credential", "configure"}:
            yield name


def _at_home(path: str, home: str) -> str:
    return home + path[1:] if path.startswith("~/") else path


def _lines(path: str) -> list[str]:
    try:
        # pathlib would cost as much as all the rest of this module.
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read(1 << 20).splitlines()
    except (OSError, ValueError):
        return []


def _sections(lines: list[str], name_of: Callable[[str], str]) -> Iterator[_Section]:
    """Yield each profile; `name_of` gives the name that a header stands for, empty for none."""
    name, has_role, serial = "", False, ""
    for line in [*lines, "[]"]:
        text = line.strip()
        if text.startswith("["):
            if name:
                yield name, has_role, serial
            name, has_role, serial = name_of(text[1:].partition("]")[0]), False, ""
        key, equals, value = text.partition("=")
        key = key.rstrip().lower()
        if equals and key.startswith("role_arn"):
            has_role = True
        elif equals and key == "mfa_serial":
            serial = _unquoted(value.strip())


def _unquoted(value: str) -> str:
    # TOML's strings stand between quotes, and a comment may follow; INI's values go to the end of the line.
    return value[1:].partition(value[0])[0] if value[:1] in ("'", '"') else value


def _table_name(header: str) -> str:
    """Return the profile that a header of mfacli's own file is about; empty for anything else."""
    cloud, _, name = header.partition(".")
    return _unquoted(name.strip()) if cloud.strip() in _CLOUDS else ""


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
