"""The facts that `doctor` gathers about versions."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata

from mfacli.checks.finding import Finding
from mfacli.checks.versions import VersionFacts, check_versions, required_name
from mfacli.version import VERSION


def version_findings() -> Iterable[Finding]:
    """Return what there is to say of mfacli's own parts."""
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
    return check_versions(facts)
