"""`mfacli doctor` as a process beside the emulator. What it finds is tested piece by piece in `test_doctor_*.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.moved_time import clock_off_by
from tests.stage import Guests, Person, Result


def findings(result: Result, check: str = "") -> list[tuple[str, str]]:
    """Return level and words of what was found, by one check or by all."""
    return [(level, what) for level, family, what, _ in _records(result) if check in {"", family}]


def _records(result: Result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()]


def worst(result: Result, check: str) -> str:
    """Return the worst level of a check."""
    levels = {level for level, _ in findings(result, check)}
    return next(level for level in ("bad", "warning", "good", "") if level in levels or not level)


def test_all_is_well_where_all_is_well(steady_guests: Guests) -> None:
    """In Tencent Cloud; a transcript says it of AWS."""
    person = steady_guests("sub-user")
    person.run("device", "import", "-", stdin=person.seed)

    checked = person.run("doctor")

    assert checked.code == 0, checked
    assert "bad" not in {level for level, _ in findings(checked)}
    assert checked.stderr == ""
    for check in ("settings", "keyring", "files", "environment", "network", "clock", "devices", "versions"):
        assert worst(checked, check) == "good" or check == "keyring", findings(checked, check)


@pytest.mark.real
@pytest.mark.parametrize(("kind", "minutes"), [("own", 10), ("own", -10), ("sub-user", 10), ("sub-user", -10)])
def test_with_a_wrong_clock_sessions_are_opened_all_the_same(steady_guests: Guests, kind: str, minutes: int) -> None:
    person = steady_guests(kind)

    opened = person.run(
        "session",
        "--code",
        person.cloud.control.code(person.user),
        environment=clock_off_by(timedelta(minutes=minutes)),
    )

    assert opened.code == 0, opened


@pytest.mark.real
@pytest.mark.parametrize(("kind", "minutes", "side"), [("own", 10, "ahead of"), ("sub-user", -10, "behind")])
def test_a_wrong_clock_is_told_and_what_sets_it(steady_guests: Guests, kind: str, minutes: int, side: str) -> None:
    checked = steady_guests(kind).run("doctor", environment=clock_off_by(timedelta(minutes=minutes)))

    assert checked.code == 4
    ((level, what),) = findings(checked, "clock")
    assert level == "bad"
    assert f" s {side} the cloud's" in what
    assert 595 <= int(what.split(" clock is ")[1].split()[0]) <= 605
    assert worst(checked, "devices") == "good"


def test_no_secret_is_said(person: Person) -> None:
    person.run("device", "import", "-", stdin=person.seed)
    variables = {
        "AWS_ACCESS_KEY_ID": person.access_key_id,
        "AWS_SECRET_ACCESS_KEY": person.secret_access_key,
        "HTTPS_PROXY": "http://me:hunter2@127.0.0.1:1",
    }

    told = person.run("doctor", "-v", "--json", environment=variables)

    assert told.json()["version"] == 1
    assert "GetCallerIdentity" in told.stderr
    for secret in (person.secret_access_key, person.seed, "hunter2"):
        assert secret not in told.stdout + told.stderr
