from __future__ import annotations

from dataclasses import replace

import pytest

from mfacli.checks.finding import Level
from mfacli.checks.tools import ToolFacts, check_tool, version_in

OLD = ToolFacts(name="aws", path="/usr/bin/aws", version="2.9.19")


@pytest.mark.parametrize(
    ("version", "uses", "unknown"),
    [
        ("2.9.19", {"endpoint_url"}, "`endpoint_url`"),
        ("2.13.0", {"endpoint_url"}, ""),
        ("1.28.9", {"AWS_ENDPOINT_URL"}, "`AWS_ENDPOINT_URL`"),
        ("1.29.0", {"AWS_ENDPOINT_URL"}, ""),
        ("2.31.9", {"login_session"}, "`login_session`"),
        ("2.32.0", {"login_session", "endpoint_url"}, ""),
        ("1.46.3", {"login_session"}, "`login_session`"),
        ("2.9.19", set(), ""),
    ],
)
def test_a_tool_is_too_old_only_for_what_is_used(version: str, uses: set[str], unknown: str) -> None:
    (found,) = check_tool(replace(OLD, version=version, uses=frozenset(uses)))

    assert (found.level is Level.WARNING) == bool(unknown)
    assert f"does not know {unknown}" in found.what if unknown else found.level is Level.GOOD


def test_other_tools_are_told_as_they_are() -> None:
    (found,) = check_tool(replace(OLD, name="tccli", version="3.1", uses=frozenset({"endpoint_url"})))

    assert (found.level, found.what) == (Level.GOOD, "tccli 3.1 in `/usr/bin/aws`")


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/usr/local/aws-cli/v2/2.15.30/dist/aws", "2.15.30"),
        ("/opt/homebrew/Cellar/awscli/2.31.1/bin/aws", "2.31.1"),
        ("/usr/local/bin/aws", ""),
        ("/home/v2/aws", ""),
    ],
)
def test_some_installers_write_the_version_into_the_path(path: str, version: str) -> None:
    assert version_in(path) == version
