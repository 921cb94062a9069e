from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfacli.checks.environment import EnvironmentFacts, check_environment
from mfacli.checks.finding import Finding, Level

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"}
SESSION = {**KEYS, "AWS_SESSION_TOKEN": "t"}
TENCENT = {"TENCENTCLOUD_SECRET_ID": "AKID1", "TENCENTCLOUD_SECRET_KEY": "s", "TENCENTCLOUD_TOKEN": "t"}


def _found(variables: dict[str, str], missing: frozenset[str] = frozenset()) -> list[Finding]:
    return list(check_environment(EnvironmentFacts(variables=variables, missing_files=missing), now=NOW))


def test_an_empty_environment_is_good() -> None:
    (found,) = _found({"HOME": "/h"})

    assert found.level is Level.GOOD


@pytest.mark.parametrize(
    ("variables", "level", "words"),
    [
        (KEYS, Level.WARNING, "AWS_ACCESS_KEY_ID goes before the keys of the profile in use"),
        (SESSION, Level.GOOD, "AWS_ACCESS_KEY_ID is a session's"),
        ({"AWS_ACCESS_KEY_ID": "AKIA1"}, Level.BAD, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"),
        ({"AWS_SECRET_ACCESS_KEY": "s"}, Level.BAD, "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
        ({"AWS_SESSION_TOKEN": "t"}, Level.BAD, "a session's token is set, but AWS_ACCESS_KEY_ID is not"),
        ({**SESSION, "AWS_SECURITY_TOKEN": "u"}, Level.BAD, "hold different tokens"),
        ({**TENCENT, "TENCENTCLOUD_SECURITY_TOKEN": "u"}, Level.BAD, "hold different tokens"),
        ({**SESSION, "AWS_CREDENTIAL_EXPIRATION": "2026-11-21T11:00:00Z"}, Level.BAD, "has expired"),
        ({**TENCENT, "MFACLI_EXPIRATION": "2026-11-21T11:00:00Z"}, Level.BAD, "has expired"),
        ({**SESSION, **TENCENT}, Level.WARNING, "sessions of both clouds"),
        ({"AWS_PROFILE": "a", "MFACLI_PROFILE": "b"}, Level.WARNING, "MFACLI_PROFILE=b, AWS_PROFILE=a"),
        ({"AWS_ENDPOINT_URL": "http://me:hunter2@h"}, Level.WARNING, "AWS_ENDPOINT_URL sends AWS tools to h"),
    ],
)
def test_what_goes_before_the_profiles_is_told(variables: dict[str, str], level: Level, words: str) -> None:
    found = _found(variables)

    assert any(each.level is level and words in each.what for each in found), found


@pytest.mark.parametrize("text", ["2026-11-21T13:00:00Z", "2026-11-21T11:00:00", "soon", ""])
def test_a_session_counts_as_expired_only_where_that_is_sure(text: str) -> None:
    (found,) = _found({**SESSION, "AWS_CREDENTIAL_EXPIRATION": text})

    assert found.level is Level.GOOD


def test_a_file_that_is_not_there_is_bad() -> None:
    (found,) = _found({"AWS_CA_BUNDLE": "/no"}, frozenset({"/no"}))

    assert (found.level, found.what) == (Level.BAD, "AWS_CA_BUNDLE names `/no`, which is not there")


def test_no_secret_is_said() -> None:
    found = _found({**SESSION, "AWS_SECURITY_TOKEN": "hunter2", "AWS_SECRET_ACCESS_KEY": "hunter2"})

    assert "hunter2" not in "".join(each.what + each.cure for each in found)
