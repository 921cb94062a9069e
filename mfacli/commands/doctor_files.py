"""The facts that `doctor` gathers about files that hold secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mfacli.checks.files import FileFacts, check_file
from mfacli.checks.finding import Finding
from mfacli.commands.wiring import Desk
from mfacli.errors import MfacliError
from mfacli.profiles.aws_files import aws_paths
from mfacli.profiles.ini import SECRET_KEYS
from mfacli.store.choice import crypt_file_path

# Where `--to coscmd` and `--to coscli` write.
_COS_FILES = (".cos.conf", ".cos.yaml")
# Sessions that the AWS CLI keeps: of roles, of IAM Identity Center, of `aws login`.
_CACHES = ("cli/cache", "sso/cache", "login/cache")


def file_findings(desk: Desk) -> Iterable[Finding]:
    """Yield whether each file with secrets is its owner's alone."""
    if os.name != "posix":
        return
    for path in _secret_files(desk):
        yield from _judged(path)
    for folder in _CACHES:
        for path in sorted((Path.home() / ".aws" / folder).glob("*.json")):
            yield from _judged(path, is_passing=True)


def _judged(path: Path, *, is_passing: bool = False) -> Iterable[Finding]:
    try:
        mode = path.stat().st_mode
    except OSError:
        return ()
    return check_file(FileFacts(path=str(path), mode=mode, is_passing=is_passing))


def _speaks_of_secrets(path: Path) -> bool:
    """Whether a file that does not parse has the name of a secret in it."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return any(key.encode() in content for key in SECRET_KEYS)


def _secret_files(desk: Desk) -> list[Path]:
    """Return the files that hold secrets, whether they are there or not."""
    paths = aws_paths(desk.environment, home=Path.home())
    found = [paths.credentials]
    try:
        has_secrets = any(section.secrets for section in desk.files.config.values())
    except MfacliError:
        # What is wrong with it is told elsewhere.
        has_secrets = _speaks_of_secrets(paths.config)
    if has_secrets:
        found.append(paths.config)
    folder = desk.planning.tencent_folder
    found += sorted(path for path in folder.glob("*.credential") if path.is_file()) if folder.is_dir() else []
    found += [Path.home() / name for name in _COS_FILES]
    with suppress(MfacliError):
        found.append(crypt_file_path(desk.places))
    return found
