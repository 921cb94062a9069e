"""The files that an answer hangs on, as they are before any of them is read (`answers.py`)."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mfacli import hot
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.store.choice import KEY_INDEX

# A file that is written twice within one tick of its file system's clock keeps its stamp: FAT's tick, the longest.
_TICK_SECONDS = 2


class HangsOnMore(ValueError):
    """Something else than files and the variables of `hot.decides` decides too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A file or a folder as it is now; `is_settled` says that no later change could leave it with the same stamp."""

    path: str
    stamp: str
    is_settled: bool


def stamped(paths: Iterable[Path]) -> tuple[Stamped, ...]:
    """Return the files as they are now; raises `HangsOnMore` for paths that mean something else elsewhere."""
    return tuple(_stamped(path) for path in paths)


def deciding_files(desk: Desk) -> tuple[Stamped, ...]:
    """Return the files that plans are decided from; raises `HangsOnMore`."""
    from mfacli.profiles.settings import settings_path

    # The list of the keys in the keyring says which profiles those serve.
    paths = [settings_path(desk.environment), desk.places.state / KEY_INDEX]
    for files_of_cloud in _OF_CLOUDS:
        paths += files_of_cloud(desk)
    return stamped(paths)


def _aws_files(desk: Desk) -> tuple[Path, ...]:
    from mfacli.profiles.aws_files import aws_paths

    environment = desk.environment
    # Whose session this is, and what else its keys have opened, is looked up in the index and in the keyring.
    if environment.get("AWS_SESSION_TOKEN") or environment.get("AWS_SECURITY_TOKEN"):
        raise HangsOnMore("a session of the environment")
    # Other variables than those of `hot.decides` may be in these.
    if any("$" in environment.get(name, "") for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")):
        raise HangsOnMore("variables in a path")
    paths = aws_paths(environment, home=Path.home())
    return (paths.config, paths.credentials)


def _tencent_files(desk: Desk) -> tuple[Path, ...]:
    from mfacli.profiles.tencent_folder import file_names, tencent_folder
    from mfacli.profiles.variables import environment_token

    if environment_token(desk.environment, Cloud.TENCENT):
        raise HangsOnMore("a session of the environment")
    # With the folder go the names, and so whose profile is meant; there is one stamp where it is missing.
    folder = tencent_folder(desk.environment, home=Path.home())
    return (folder, *(folder / name for name in file_names(folder)))


# For each cloud, what its profiles are read from; and where a name may be another cloud's, what tells whose it is.
_OF_CLOUDS: tuple[Callable[[Desk], tuple[Path, ...]], ...] = (_aws_files, _tencent_files)


def _stamped(path: Path) -> Stamped:
    if "\n" in str(path) or not path.is_absolute():
        raise HangsOnMore("an unusual path")
    stamp = hot.stamp(str(path))
    is_settled = stamp == hot.MISSING or _is_settled(path.stat())
    return Stamped(path=str(path), stamp=stamp, is_settled=is_settled)


def _is_settled(status: os.stat_result) -> bool:
    is_usual = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
    return is_usual and status.st_ctime < time.time() - _TICK_SECONDS
