"""Reads `~/.aws/config` and `~/.aws/credentials`: which sections are profiles, and what they hold.

It does not say what a key means; `aws_profile.py` does.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from mfacli.profiles.ini import Section, read_ini

_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPaths:
    """Where the two files are."""

    config: Path
    credentials: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsFiles:
    """Both files. `config`, `credentials` and `services` are keyed by name, without `profile` or `services`.

    `stray` are the headers in the config file that name nothing an AWS tool reads, such as `[dev]`. `kept` are the
    profiles whose keys rest in the keyring, with the keys' ids.
    """

    paths: AwsPaths
    config: Mapping[str, Section]
    credentials: Mapping[str, Section]
    services: Mapping[str, Section]
    stray: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def profile_names(self) -> tuple[str, ...]:
        """The names of all profiles, sorted."""
        return tuple(sorted({*self.config, *self.credentials, *self.kept}))


def aws_paths(environment: Mapping[str, str], *, home: Path) -> AwsPaths:
    """Return where the files are: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else `home`/.aws."""

    def chosen(variable: str, name: str) -> Path:
        text = environment.get(variable, "")
        return _expanded(text, environment, home) if text else home / ".aws" / name

    return AwsPaths(
        config=chosen("AWS_CONFIG_FILE", "config"), credentials=chosen("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    )


def _expanded(text: str, environment: Mapping[str, str], home: Path) -> Path:
    """Expand variables, then `~`, as botocore does with these two."""
    text = _VARIABLE.sub(lambda match: environment.get(match[1].strip("{}"), match[0]), text)
    if text == "~" or text.startswith(("~/", f"~{os.sep}")):
        return home / text[2:]
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises for an unknown user, this does not


def read_aws_files(paths: AwsPaths) -> AwsFiles:
    """Read both files; raises `ProfileBroken` naming file, section and line."""
    config: dict[str, Section] = {}
    services: dict[str, Section] = {}
    stray = []
    for header, section in read_ini(paths.config).items():
        kind, name = _kind_and_name(header)
        if kind == "profile":
            config[name] = section
        elif kind == "services":
            services[name] = section
        elif kind == "":
            stray.append(header)
    return AwsFiles(
        paths=paths,
        config=MappingProxyType(config),
        credentials=MappingProxyType(read_ini(paths.credentials)),
        services=MappingProxyType(services),
        stray=tuple(stray),
    )


def _kind_and_name(header: str) -> tuple[str, str]:
    """Return what a header of the config file names; an empty kind for nothing that AWS tools know."""
    if header == "default":
        return "profile", header
    try:
        words = shlex.split(header)
    except ValueError:
        return "", header
    for kind in ("profile", "sso-session", "services"):
        if header.startswith(kind) and len(words) == 2:
            return kind, words[1]
    return "", header
