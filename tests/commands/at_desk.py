"""A desk in this very process: `doctor`'s gatherers work at it, and each takes no time."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mfacli.checks.finding import Finding
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk

KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hunter2\n"
SESSION = "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = hunter2\naws_session_token = t\n"
EXPIRED = "x_security_token_expires = 2020-01-01T00:00:00Z\n"


def desk_at(**environment: str) -> Desk:
    """Return a desk in this environment, with more variables."""
    return Desk(manners=Manners(), environment={**os.environ, **environment})


def wrote(home: Path, name: str, text: str) -> Path:
    """Write a file below the home, its owner's alone, and return it."""
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def said(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Return level and words of each."""
    return [(finding.level.value, finding.what) for finding in findings]


def bad_or_warning(findings: Iterable[Finding]) -> list[str]:
    """Return the words of those that are not good."""
    return [what for level, what in said(findings) if level != "good"]
