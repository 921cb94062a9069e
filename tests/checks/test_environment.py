from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfacli.checks.environment import EnvironmentFacts, check_environment
from mfacli.checks.finding import Finding, Level

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"}
SESSION = {**KEYS, "AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SESSION_TOKEN": "t"}
TENCENT = {"TENCENTCLOUD_SECRET_ID": "AKID1", "TENCENTCLOUD_SECRET_KEY": "s", "TENCENTCLOUD_TOKEN": "t"}


def _found(variables: dict[str, str], **facts: object) -> list[Finding]:
    judged = EnvironmentFacts(variables=variables, **facts)  # type: ignore[arg-type]  # each test gives its own
    return list(check_environment(judged, now=NOW))


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
        ({**KEYS, "AWS_ACCESS_KEY_ID": "ASIA1"}, Level.BAD, "is a session's, but AWS_SESSION_TOKEN is not set"),
        ({**KEYS, "AWS_SESSION_TOKEN": "t"}, Level.BAD, "AWS_SESSION_TOKEN is set beside long-term keys"),
        ({**KEYS, "AWS_SECURITY_TOKEN": "t"}, Level.BAD, "AWS_SECURITY_TOKEN is set beside long-term keys"),
        ({**SESSION, "AWS_SECURITY_TOKEN": ""}, Level.BAD, "AWS_SECURITY_TOKEN is set and empty"),
        ({"AWS_ROLE_ARN": "r", "AWS_WEB_IDENTITY_TOKEN_FILE": "f"}, Level.WARNING, "go before the keys of every"),
        ({"MFACLI_STROE": "kernel"}, Level.WARNING, "MFACLI_STROE is no variable of mfacli's"),
        ({"MFACLI_TENCENT_ENDPOINT": "http://h"}, Level.WARNING, "sends Tencent Cloud's calls to http://h"),
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
    (found,) = _found({"AWS_CONFIG_FILE": "/no"}, missing_files=frozenset({"/no"}))

    assert (found.level, found.what) == (Level.BAD, "AWS_CONFIG_FILE names `/no`, which is not there")


def test_another_programs_variable_is_no_slip() -> None:
    (found,) = _found({"MFACLI_X": "1", "MFACLI_STORE": "kernel"})

    assert found.level is Level.GOOD


def test_the_endpoint_that_came_with_a_session_is_its_own() -> None:
    (found,) = _found({**SESSION, "AWS_ENDPOINT_URL": "http://h", "MFACLI_ENDPOINT_URL": "http://h"})

    assert found.level is Level.GOOD


@pytest.mark.parametrize("known", [frozenset({"dev"}), frozenset()])
def test_a_variable_that_names_no_profile_is_bad(known: frozenset[str]) -> None:
    (found,) = _found({"AWS_PROFILE": "dve"}, profiles={"AWS_PROFILE": known})

    assert (found.level, found.cure) == (Level.BAD, "unset AWS_PROFILE")
    assert found.what == "AWS_PROFILE names the profile `dve`, and there is none" + ("; `dev` is" if known else "")


def test_profiles_that_cannot_be_read_leave_their_names_in_peace() -> None:
    (found,) = _found({"AWS_PROFILE": "dve"}, profiles=None)

    assert found.level is Level.GOOD


@pytest.mark.parametrize(("region", "level"), [("us-east-1", Level.GOOD), ("eu-west-1", Level.WARNING)])
def test_another_region_than_the_profiles_is_told(region: str, level: Level) -> None:
    (found,) = _found({"AWS_REGION": region}, region_of={"dev": "us-east-1"})

    assert found.level is level


@pytest.mark.parametrize(("serial", "level"), [("a", Level.GOOD), ("b", Level.WARNING)])
def test_another_device_than_the_profiles_is_told(serial: str, level: Level) -> None:
    (found,) = _found({"AWS_MFA_SERIAL": serial}, device_of={"dev": "a"})

    assert found.level is level


def test_what_leads_past_the_session_is_bad() -> None:
    session, past = _found(TENCENT, lead_past=("TCCLI_PROFILE",))

    assert (session.level, past.level, past.cure) == (Level.GOOD, Level.BAD, "unset TCCLI_PROFILE")


def test_no_secret_is_said() -> None:
    found = _found({**SESSION, "AWS_SECURITY_TOKEN": "hunter2", "AWS_SECRET_ACCESS_KEY": "hunter2"})

    assert "hunter2" not in "".join(each.what + each.cure for each in found)
