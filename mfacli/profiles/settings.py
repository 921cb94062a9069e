"""mfacli's own settings: `config.toml` in the user's configuration folder, or where MFACLI_CONFIG_FILE says.

    profile = "dev"      # used where no flag and no variable names one
    duration = "8h"      # how long an MFA session shall live
    store = "keyring"    # where sessions rest

Flags and variables go before it. It is read only; nothing here writes it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mfacli.domain.durations import parse_duration
from mfacli.errors import ProfileBroken

KEYS = ("profile", "duration", "store")
STORES = ("auto", "kernel", "keyring", "memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the file says; None means: not said."""

    path: str = ""
    profile: str | None = None
    duration: timedelta | None = None
    store: str | None = None


def settings_path(environment: Mapping[str, str]) -> Path:
    """Return where the file is, or would be."""
    named = environment.get("MFACLI_CONFIG_FILE", "")
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as problem:
            raise ProfileBroken(f"MFACLI_CONFIG_FILE `{named}` cannot be read: {problem}") from problem
    import platformdirs

    return platformdirs.user_config_path("mfacli", appauthor=False) / "config.toml"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; a missing file says nothing, unless MFACLI_CONFIG_FILE names it.

    Raises `ProfileBroken` for what does not parse, an unknown key, or a value of the wrong kind.
    """
    path = settings_path(environment)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        if environment.get("MFACLI_CONFIG_FILE"):
            raise ProfileBroken(f"`{path}`, which MFACLI_CONFIG_FILE names, does not exist") from None
        return Settings(path=str(path))
    except UnicodeDecodeError as problem:
        raise ProfileBroken(f"`{path}` is not UTF-8 (byte {problem.start})") from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise ProfileBroken(f"`{path}` cannot be read: {why.lower()}") from problem
    return parse_settings(text, str(path))


def parse_settings(text: str, path: str) -> Settings:
    """Return the settings in `text`; `path` is for the messages."""
    try:
        # A TOML document is a dict of unknown depth; what leaves this function is typed.
        document: dict[str, object] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise ProfileBroken(f"`{path}` is not TOML: {str(problem).lower()}") from problem
    for key in document:
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else "there are: " + ", ".join(KEYS)
            raise ProfileBroken(f"`{key}` in `{path}` is no setting", hint=hint)
    return Settings(
        path=path,
        profile=_text(document, "profile", path),
        duration=_duration(document, path),
        store=_store(document, path),
    )


def _text(document: Mapping[str, object], key: str, path: str) -> str | None:
    value = document.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ProfileBroken(f"`{key}` in `{path}` must be a text in quotes")
    return value


def _duration(document: Mapping[str, object], path: str) -> timedelta | None:
    value = document.get("duration")
    if value is None:
        return None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    duration = parse_duration(str(value)) if is_number or isinstance(value, str) else None
    if duration is None:
        raise ProfileBroken(f"`duration` in `{path}` is no duration", hint='write 3600, "90m", "1h30m" or "12h"')
    return duration


def _store(document: Mapping[str, object], path: str) -> str | None:
    value = _text(document, "store", path)
    if value is not None and value not in STORES:
        raise ProfileBroken(f"`store` in `{path}` is `{value}`", hint="there are: " + ", ".join(STORES))
    return value
