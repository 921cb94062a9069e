"""The facts that `doctor` gathers about versions."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterable
from importlib import metadata

from mfacli.checks.finding import Finding
from mfacli.checks.versions import VersionFacts, check_versions, required_name
from mfacli.version import VERSION

_AWS_CLI_SECONDS = 5


def version_findings() -> Iterable[Finding]:
    """Return what there is to say of mfacli's own parts, and of the AWS CLI."""
    try:
        requirements = metadata.requires("mfacli") or []
    except metadata.PackageNotFoundError:
        # Run from a folder, without being installed: nobody has promised any versions.
        requirements = []
    installed: dict[str, str] = {}
    for text in requirements:
        name = required_name(text)
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    facts = VersionFacts(
        python=platform.python_version(),
        mfacli=VERSION,
        requirements=requirements,
        installed=installed,
        aws_cli=_aws_cli(),
    )
    return check_versions(facts)


def _aws_cli() -> str:
    found = shutil.which("aws")
    if found is None:
        return ""
    try:
        done = subprocess.run(
            [found, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_AWS_CLI_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip()
