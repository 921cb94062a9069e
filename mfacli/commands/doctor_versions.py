"""The facts that `doctor` gathers about versions. No program is run for its own: that would take a second each."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from mfacli.checks.finding import Finding
from mfacli.checks.tools import ToolFacts, check_tool, version_in
from mfacli.checks.versions import VersionFacts, check_versions, required_name
from mfacli.commands.wiring import Desk
from mfacli.errors import MfacliError
from mfacli.version import VERSION

# Each with the name of its Python package.
_TOOLS = {"aws": "awscli", "tccli": "tccli"}
# Where a Python environment, or a Debian package, keeps what belongs to `bin/TOOL`.
_PACKAGES = ("lib/python*/site-packages", "Lib/site-packages", "lib/python3/dist-packages")
_NEEDY_KEYS = frozenset({"endpoint_url", "login_session"})


def version_findings(desk: Desk) -> Iterable[Finding]:
    """Yield what there is to say of mfacli's own parts, and of the clouds' tools."""
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
    )
    yield from check_versions(facts)
    for tool, package in _TOOLS.items():
        path = shutil.which(tool, path=desk.environment.get("PATH"))
        version = version_of(Path(path), package) if path else ""
        if path and version:
            yield from check_tool(ToolFacts(name=tool, path=path, version=version, uses=_used(desk)))


def version_of(path: Path, package: str) -> str:
    """Return the version of the tool that is installed at `path`, as its files tell it; empty where they do not."""
    real = Path(os.path.realpath(path))
    if version := version_in(str(real)):
        return version
    for pattern in _PACKAGES:
        for found in sorted(real.parent.parent.glob(f"{pattern}/{package}-[0-9]*-info")):
            return found.name.removesuffix(".egg-info").removesuffix(".dist-info").split("-")[1]
    return ""


def _used(desk: Desk) -> frozenset[str]:
    """Return the keys in AWS' files, and the variables, that older tools do not know."""
    variables = {name for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS") if desk.environment.get(name)}
    try:
        sections = list(desk.files.config.values())
    except MfacliError:
        sections = []
    return frozenset(variables | {key for section in sections for key in _NEEDY_KEYS & section.settings.keys()})
