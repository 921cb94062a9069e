from __future__ import annotations

import pytest

from mfacli.checks.finding import Family, Finding, bad, exit_code_of, good, warning
from mfacli.errors import ExitCode


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], ExitCode.DONE),
        ([good(Family.KEYRING, "a"), warning(Family.NETWORK, "b")], ExitCode.DONE),
        ([bad(Family.KEYRING, "a"), bad(Family.NETWORK, "b")], ExitCode.KEYRING),
        ([good(Family.KEYRING, "a"), bad(Family.NETWORK, "b")], ExitCode.CLOUD_UNREACHABLE),
        ([bad(Family.CLOCK, "a")], ExitCode.REJECTED),
        ([bad(Family.PROFILES, "a")], ExitCode.PROFILE),
    ],
)
def test_the_exit_code_is_that_of_the_first_bad_thing(findings: list[Finding], expected: ExitCode) -> None:
    assert exit_code_of(findings) is expected
