"""mfacli's own settings: `config.toml` in the user's configuration folder, or where MFACLI_CONFIG_FILE says.

    profile = "dev"      # used where no flag and no variable names one
    cloud = "aws"        # whose profile is meant where both clouds have one of that name
    duration = "8h"      # how long an MFA session shall live
    store = "keyring"    # where sessions rest
    store_passphrase_command = ["pass", "mfacli"]    # for `store = "file"`: prints the file's passphrase

    [tencent.prod]       # what tccli's files have no place for; see `profile_settings.py`
    mfa_serial = "qcs::cam:uin/100000000001::mfa/softToken"

Flags and variables go before it. It is read only; nothing here writes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mfacli.domain.cloud import Cloud
from mfacli.errors import ProfileBroken
from mfacli.profiles.profile_settings import ProfileSettings, duration_of, plain_command, profile_tables, unknown_key

KEYS = ("profile", "cloud", "duration", "store", "store_passphrase_command")
_CLOUDS = tuple(cloud.value for cloud in Cloud)
STORES = ("auto", "kernel", "keyring", "file", "memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the file says; None means: not said. `of_profiles` holds each cloud's tables by the profile's name."""

    path: str = ""
    profile: str | None = None
    cloud: Cloud | None = None
    duration: timedelta | None = None
    store: str | None = None
    store_passphrase_command: str | tuple[str, ...] | None = None
    of_profiles: Mapping[Cloud, Mapping[str, ProfileSettings]] = field(default_factory=dict)

    def of_profile(self, cloud: Cloud, name: str) -> ProfileSettings:
        """Return what the file says of one profile of a cloud."""
        return self.of_profiles.get(cloud, {}).get(name) or ProfileSettings()


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
        if key not in KEYS and key not in _CLOUDS:
            raise unknown_key(key, (*KEYS, *_CLOUDS), f"`{path}`")
    return Settings(
        path=path,
        profile=_text(document, "profile", path),
        cloud=_cloud(document, path),
        duration=_duration(document, path),
        store=_store(document, path),
        store_passphrase_command=plain_command(
            document.get("store_passphrase_command"), f"`store_passphrase_command` in `{path}`"
        ),
        of_profiles={
            cloud: profile_tables(document[cloud.value], cloud, path) for cloud in Cloud if cloud.value in document
        },
    )


def _cloud(document: Mapping[str, object], path: str) -> Cloud | None:
    value = _text(document, "cloud", path)
    if value is not None and value not in _CLOUDS:
        raise ProfileBroken(f"`cloud` in `{path}` is `{value}`", hint="there are: " + ", ".join(_CLOUDS))
    return Cloud(value) if value else None


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
    return duration_of(value, f"`duration` in `{path}`")


def _store(document: Mapping[str, object], path: str) -> str | None:
    value = _text(document, "store", path)
    if value is not None and value not in STORES:
        raise ProfileBroken(f"`store` in `{path}` is `{value}`", hint="there are: " + ", ".join(STORES))
    return value
