"""What happens when a stream takes no more, and what every JSON document has in common."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.stage import Cloud, Guests, Person, Result, person_in
from tests.ways import AWS, TENCENT, WAYS, Way


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way.name)
def insider(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Person:
    """Give a person with a kept session, in one cloud and then in the other."""
    way: Way = request.param
    person = person_in(cloud, tmp_path_factory.mktemp("insider"), way.partner)
    for command in (("session",), ("assume", way.role)):
        # In AWS the second needs none.
        assert person.run(*command, "--code", person.code()).code == 0
    return person


def shell(person: Person, script: str) -> Result:
    return person.run_program(["bash", "-c", script])


@pytest.mark.parametrize("command", ["export", "whoami", "--help", "device -h", "device", "--version"])
def test_a_full_disk_is_told_of(insider: Person, command: str) -> None:
    finished = shell(insider, f"mfacli {command} >/dev/full")

    assert finished.code == 3
    assert finished.stderr.splitlines()[-1].startswith("mfacli: the answer could not be written to stdout: ")
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("command", ["export", "status --json", "--help"])
def test_a_reader_who_leaves_is_no_failure(insider: Person, command: str) -> None:
    finished = shell(insider, f"mfacli {command} | true; echo ${{PIPESTATUS[0]}}")

    assert (finished.stdout, finished.stderr) == ("0\n", "")


def test_a_closed_stdout_is_told_of(insider: Person) -> None:
    finished = shell(insider, "mfacli export >&-")

    assert finished.code == 3
    assert finished.stderr.splitlines()[-1] == "mfacli: the answer could not be written: stdout is closed"


def test_a_closed_stderr_loses_the_talk_and_nothing_else(insider: Person) -> None:
    finished = shell(insider, "mfacli session --json 2>&-")

    assert (finished.code, finished.stderr) == (0, "")
    assert finished.json()["version"] == 1


def test_a_closed_stdin_keeps_nobody(insider: Person) -> None:
    finished = shell(insider, "mfacli session <&-; mfacli session --new --code - <&-")

    assert finished.code == 4
    assert "mfacli: standard input gave no code" in finished.stderr


# Coverage wants to write a file too, and complains where it cannot.
NO_ROOM = "unset COVERAGE_PROCESS_START COVERAGE_PROCESS_CONFIG; ulimit -f 0"


def test_a_disk_without_room_costs_warnings_and_not_the_session(guests: Guests, way: Way) -> None:
    person = guests(way.own)

    finished = shell(person, f"{NO_ROOM}; mfacli export --format json --code {person.code()} 2>&1 | cat")

    talk, _, document = finished.stdout.partition("{")
    assert json.loads("{" + document)["set"][way.token_variable]
    assert "warning: the session works but could not be kept" in talk
    assert "Traceback" not in talk


def test_a_profile_that_cannot_be_written_leaves_the_file_as_it_was(insider: Person) -> None:
    before = insider.credentials_file.read_bytes()

    finished = shell(insider, NO_ROOM + "; mfacli session --write-profile mfa 2>&1 | cat; exit ${PIPESTATUS[0]}")

    assert finished.code == 3
    assert "could not be written" in finished.stdout
    assert insider.credentials_file.read_bytes() == before
    names = {path.name for path in insider.credentials_file.parent.iterdir() if path.suffix != ".lock"}
    assert names == ({"default.credential"} if insider.uin else {"config", "credentials"})


JSON_COMMANDS = (
    ("session", "--json"),
    ("session", "--json", "--dry-run"),
    ("session", "--export", "json"),
    ("export", "--format", "json"),
    ("export", "--unset", "--format", "json"),
    ("assume", "ROLE", "--json"),
    ("assume", "ROLE", "--json", "--dry-run"),
    ("status", "--json"),
    ("whoami", "--json"),
    ("device", "list", "--json"),
)


@pytest.mark.parametrize("command", JSON_COMMANDS, ids=" ".join)
def test_json_is_one_document_with_a_version(insider: Person, command: Sequence[str]) -> None:
    role = TENCENT.role if insider.uin else AWS.role

    finished = insider.run(*(role if word == "ROLE" else word for word in command))

    assert finished.code == 0
    assert finished.json()["version"] == 1
    assert "\x1b" not in finished.stdout


def test_the_json_of_a_session_is_complete(insider: Person) -> None:
    document = insider.run("session", "--json").json()

    assert document["device"] == insider.device
    assert document["account_id"] == ("12345678" if insider.uin else "444455556666")
    assert document["is_cached"] is True
    assert document["access_key_id"] != insider.access_key_id
    assert document["secret_access_key"]
    assert document["session_token"]
