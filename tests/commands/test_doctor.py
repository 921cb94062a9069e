"""`mfacli doctor` beside the emulator: what is wrong is found, with what mends it, and nothing is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.moved_time import library
from tests.stage import Guests, Person, Result, ended
from tests.ways import Way


def findings(result: Result, check: str = "") -> list[tuple[str, str]]:
    """Return level and words of what was found, by one check or by all."""
    return [(level, what) for level, family, what, _ in _records(result) if check in {"", family}]


def _records(result: Result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()]


def worst(result: Result, check: str) -> str:
    """Return the worst level of a check."""
    levels = {level for level, _ in findings(result, check)}
    return next(level for level in ("bad", "warning", "good", "") if level in levels or not level)


def test_all_is_well_where_all_is_well(steady_guests: Guests, way: Way) -> None:
    person = steady_guests(way.own)
    person.run("device", "import", "-", stdin=person.seed)

    checked = person.run("doctor")

    assert checked.code == 0, checked
    assert "bad" not in {level for level, _ in findings(checked)}
    assert checked.stderr == ""
    for check in ("settings", "keyring", "files", "environment", "network", "clock", "devices", "versions"):
        assert worst(checked, check) == "good" or check == "keyring", findings(checked, check)


def test_the_document_says_the_same(steady_guests: Guests) -> None:
    person = steady_guests("own")

    lines, document = person.run("doctor"), person.run("doctor", "--json").json()

    told = document["findings"]
    assert isinstance(told, list)
    assert document["version"] == 1
    assert document["verdict"] == "warning"
    # How long something takes differs from time to time.
    timed = {"keyring", "network"}
    assert [(each["level"], each["what"]) for each in told if each["check"] not in timed] == [
        (level, what) for level, check, what, _ in _records(lines) if check not in timed
    ]


@pytest.mark.real
@pytest.mark.parametrize(("kind", "minutes"), [("own", 10), ("own", -10), ("sub-user", 10), ("sub-user", -10)])
def test_a_wrong_clock_is_told_and_sessions_are_opened_all_the_same(
    steady_guests: Guests, kind: str, minutes: int
) -> None:
    person = steady_guests(kind)
    wrong = _with_clock_off(person, timedelta(minutes=minutes))

    checked = person.run("doctor", environment=wrong)
    opened = person.run("session", "--code", person.cloud.control.code(person.user), environment=wrong)

    side = "ahead of" if minutes > 0 else "behind"
    assert checked.code == 4
    ((level, what),) = findings(checked, "clock")
    assert level == "bad"
    assert f" s {side} the cloud's" in what
    assert 595 <= int(what.split(" clock is ")[1].split()[0]) <= 605
    assert (opened.code, worst(checked, "devices")) == (0, "good")


def _with_clock_off(person: Person, offset: timedelta) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME": f"{int(offset.total_seconds()):+d}s",
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def test_a_cloud_that_is_not_reached_is_told_within_seconds(person: Person) -> None:
    person.config_file.write_text(person.config_file.read_text().replace(person.cloud.address, "http://127.0.0.1:1"))

    checked = person.run("doctor")

    assert checked.code == 6
    assert findings(checked, "network") == [("bad", "`127.0.0.1:1` cannot be reached")]
    assert findings(checked, "clock") == findings(checked, "devices") == []


def test_another_users_device_is_found(guests: Guests) -> None:
    person = guests("partner")
    config = person.config_file.read_text()
    person.config_file.write_text(config.replace(person.device, "arn:aws:iam::444455556666:mfa/nobodys"))

    checked = person.run("doctor")

    assert checked.code == 4
    assert ("bad", "`arn:aws:iam::444455556666:mfa/nobodys` is no device of this user that STS can use") in findings(
        checked, "devices"
    )
    assert person.device in checked.stdout


def test_wrong_keys_are_found(person: Person) -> None:
    person.credentials_file.write_text(
        person.credentials_file.read_text().replace("secret_access_key = ", "secret_access_key = x")
    )

    checked = person.run("doctor")

    assert checked.code == 4
    assert worst(checked, "devices") == "bad"


def test_what_is_safe_is_mended_and_said(person: Person) -> None:
    person.credentials_file.chmod(0o644)
    before = person.credentials_file.read_text()
    person.credentials_file.write_text(
        before + "\n# mine\n[old]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = a\n"
        "aws_session_token = b\nx_security_token_expires = 2020-01-01T00:00:00Z\n"
        "[other]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = a\naws_session_token = b\n"
        "aws_security_token = c\noutput = json\n"
    )
    corrupt = person.state / "sessions.json.corrupt"
    person.state.mkdir(mode=0o700, exist_ok=True)
    corrupt.touch()

    found = person.run("doctor")
    fixed = person.run("doctor", "--fix", "--json")
    again = person.run("doctor")

    assert (found.code, fixed.code, again.code) == (3, 0, 0), again
    assert fixed.stderr.splitlines() == fixed.json()["fixed"]
    assert len(fixed.stderr.splitlines()) == 4
    after = person.credentials_file.read_text()
    assert after.startswith(before)
    assert ("# mine" in after, "[old]" in after, "aws_security_token" in after) == (True, False, False)
    assert "[other]\naws_access_key_id" in after
    assert (person.credentials_file.stat().st_mode & 0o777, corrupt.exists()) == (0o600, False)


def test_a_locked_keyring_is_told_and_left_locked(person: Person) -> None:
    person.run("device", "import", "-", stdin=person.seed)

    checked = person.run("doctor", environment={"KEYRING_PROPERTY_MOOD": "locked"})

    assert checked.code == 7
    assert (
        "bad",
        "test keyring (chosen by PYTHON_KEYRING_BACKEND): the keyring is locked, and was not unlocked",
    ) in (findings(checked, "keyring"))


def test_settings_that_do_not_parse_are_said_once(person: Person) -> None:
    settings = person.home / ".config" / "mfacli" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("stoer = 1\n")

    checked = person.run("doctor")

    assert checked.code == 3
    assert [what for level, what in findings(checked) if level == "bad"] == [f"`stoer` in `{settings}` is no setting"]


def test_a_profile_that_is_not_there_is_said(person: Person) -> None:
    checked = person.run("doctor", "-p", "nobodys")

    assert checked.code == 3
    assert any("no profile `nobodys`" in what for _, what in findings(checked, "profiles"))


def test_with_a_code_a_session_is_opened_for_real(person: Person) -> None:
    refused = person.run("doctor", "--with-code", "--no-input")
    child = person.at_terminal("mfacli", "doctor", "--with-code", "--no-color")
    child.expect_exact("MFA code for ")
    child.sendline(person.code())
    child.expect_exact("a session for default was opened, and is kept in test keyring")

    assert ended(child) == 0
    assert refused.code == 4
    assert worst(refused, "session") == "bad"
    assert "asking for the code failed" in refused.stdout


def test_no_secret_is_said(person: Person) -> None:
    person.run("device", "import", "-", stdin=person.seed)
    variables: Mapping[str, str] = {
        "AWS_ACCESS_KEY_ID": person.access_key_id,
        "AWS_SECRET_ACCESS_KEY": person.secret_access_key,
        "HTTPS_PROXY": "http://me:hunter2@127.0.0.1:1",
    }

    told = [person.run("doctor", *options, environment=variables) for options in ([], ["--json"], ["-v"])]

    for result in told:
        for secret in (person.secret_access_key, person.seed, "hunter2"):
            assert secret not in result.stdout + result.stderr


def test_what_tccli_leaves_behind_is_no_broken_profile(steady_guests: Guests) -> None:
    person = steady_guests("sub-user")
    (person.home / ".tccli" / "left.configure").write_text('{"_sys_param": {"region": "ap-guangzhou"}}')

    checked = person.run("doctor")

    assert ("good", "`left` (Tencent Cloud) holds settings only, no keys and no role") in findings(
        checked, "profiles"
    )
