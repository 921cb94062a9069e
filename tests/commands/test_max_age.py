"""`--max-age`: a policy asks for a fresh code, and gets one, once for all who ask at the same time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.moved_time import MovedTime, moved_time
from tests.stage import COMMAND, Cloud, Guests, Person, Result, person_called

MANY = 8
# How many books there are is not this test's: others share the world.
SCAN = "import boto3; print(boto3.client('dynamodb').scan(TableName='Books')['ResponseMetadata']['HTTPStatusCode'])"


@pytest.fixture
def time(steady_cloud: Cloud, tmp_path: Path) -> Iterator[MovedTime]:
    with moved_time(steady_cloud, tmp_path) as moved:
        yield moved


def run(person: Person, time: MovedTime, *arguments: str) -> Result:
    return person.run_program([COMMAND, *arguments], environment=time.environment_of(person))


@pytest.mark.real
def test_a_policy_on_the_codes_age_is_satisfied_again(steady_cloud: Cloud, time: MovedTime, tmp_path: Path) -> None:
    diego = person_called("Diego", steady_cloud, tmp_path / "diego")
    scan = ("--", sys.executable, "-c", SCAN)
    opened = run(diego, time, "session", "--code", diego.code())
    time.passes(timedelta(hours=2))

    denied = run(diego, time, "exec", *scan)
    unasked = run(diego, time, "exec", "--max-age", "59m", "--no-input", *scan)
    allowed = run(diego, time, "exec", "--max-age", "59m", "--code", diego.code(), *scan)
    again = run(diego, time, "exec", "--max-age", "59m", "--no-input", *scan)

    assert opened.code == 0
    assert "AccessDeniedException" in denied.stderr
    assert (unasked.code, unasked.stdout) == (8, "")
    assert (allowed.code, allowed.stdout) == (0, "200\n")
    assert (again.code, again.stdout) == (0, "200\n")


@pytest.mark.real
def test_many_who_ask_for_a_fresh_code_use_one(steady_guests: Guests, time: MovedTime) -> None:
    person = steady_guests("partner")
    person.run("device", "import", "-", stdin=person.cloud.seed(person.device))
    first = run(person, time, "assume", "books")
    time.passes(timedelta(minutes=10))
    before = {name: person.cloud.counts_of(name) for name in ("sts:GetSessionToken", "sts:AssumeRole")}

    processes = [
        person.start(
            "exec", "-p", "books", "--max-age", "5m", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID",
            environment=time.environment_of(person),
        )
        for _ in range(MANY)
    ]  # fmt: skip
    finished = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    assert first.code == 0
    assert {code for _, _, code in finished} == {0}
    assert len({stdout for stdout, _, _ in finished}) == 1
    assert {name: person.cloud.counts_of(name) - count for name, count in before.items()} == {
        "sts:GetSessionToken": 1,
        "sts:AssumeRole": 1,
    }


@pytest.mark.parametrize("command", ["session", "assume", "export", "exec"])
def test_every_command_that_opens_sessions_takes_it(person: Person, command: str) -> None:
    assert "--max-age" in person.run(command, "--help").stdout


def test_where_no_code_is_sent_there_is_none_to_be_young(person: Person) -> None:
    person.config_file.write_text(f"[default]\nregion = us-east-1\nendpoint_url = {person.cloud.address}\n"
                                  "[profile plain]\nrole_arn = arn:aws:iam::111122223333:role/R\n"
                                  "source_profile = default\n")  # fmt: skip

    refused = person.run("assume", "plain", "--max-age", "5m", "--no-input")

    assert (refused.code, refused.stdout) == (2, "")
    assert "--max-age is about a code, and profile `plain` needs none" in refused.stderr
    assert "mfa_serial" in refused.stderr
