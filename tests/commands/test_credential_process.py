"""`mfacli credential-process`, as an SDK calls it: what is on which stream, and when a newer session is fetched."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mfacli.store.payload import parse_session, render_session
from tests.stage import Cloud, Guests, Person, ended

COMMAND = ("credential-process", "-p")
MANY = 20


def counts_since(cloud: Cloud, before: Counter[str]) -> Counter[str]:
    return Counter(cloud.control.counts()) - before


def let_end_in(person: Person, left: timedelta, kind: str = "role") -> None:
    """Rewrite what is kept of one kind, so that it ends soon."""
    lines = json.loads((person.state / "sessions.json").read_text())["records"]
    entries: dict[str, str] = json.loads(person.keyring.read_text())
    for name in entries:
        fingerprint = name.rpartition(":")[2]
        if lines.get(f"keyring:{fingerprint}", {}).get("kind") == kind:
            session = parse_session(entries[name], fingerprint)
            assert session is not None
            ends = datetime.now(UTC) + left
            ending = replace(session, expires_at=ends, issued_at=ends - (session.expires_at - session.issued_at))
            entries[name] = render_session(fingerprint, ending)
    person.keyring.write_text(json.dumps(entries))


def keep_seed(person: Person) -> None:
    imported = person.run("device", "import", "-", stdin=person.cloud.seed(person.device))
    assert imported.code == 0, imported


@pytest.fixture
def partner(guests: Guests) -> Person:
    """Give a partner with a kept session, and the role's that it led to."""
    person = guests("partner")
    assert person.run("assume", "books", "--code", person.code()).code == 0
    return person


def test_the_answer_is_one_line_of_json_and_nothing_else(partner: Person) -> None:
    answered = partner.run(*COMMAND, "default")

    document = answered.json()
    assert (answered.code, answered.stderr, answered.stdout.count("\n")) == (0, "", 1)
    assert list(document) == [
        "Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId",
    ]  # fmt: skip
    assert document["Version"] == 1
    assert document["AccountId"] == "444455556666"
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}Z", str(document["Expiration"]))


def test_a_profile_with_a_role_gives_the_roles_session(partner: Person) -> None:
    assert partner.run(*COMMAND, "books").json()["AccountId"] == "111122223333"


def test_a_code_is_asked_at_the_terminal_while_an_sdk_captures_the_streams(person: Person) -> None:
    child = person.at_terminal("sh", "-c", "mfacli credential-process -p default >out 2>err </dev/null")

    child.expect_exact(f"MFA code for {person.user}: ")
    child.sendline(person.code())
    exit_code = ended(child)

    assert exit_code == 0
    assert json.loads(Path(person.home / "out").read_text())["Version"] == 1
    assert Path(person.home / "err").read_text() == ""


@pytest.mark.parametrize(
    ("profile", "cure"),
    [("default", "mfacli session -p default"), ("books", "mfacli assume -p books")],
)
def test_without_a_terminal_one_line_says_what_to_run(person: Person, profile: str, cure: str) -> None:
    answered = person.run(*COMMAND, profile)

    assert (answered.code, answered.stdout) == (8, "")
    assert answered.stderr == (
        f"mfacli: `MFA code for {person.user}` cannot be asked: there is no terminal; "
        f"run `{cure}` at a terminal first\n"
    )


def test_no_input_asks_at_no_terminal(person: Person) -> None:
    child = person.at_terminal("mfacli", *COMMAND, "default", "--no-input")

    exit_code = ended(child)

    assert exit_code == 8
    assert "MFA code for" in child.before
    assert child.before.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("-p", "")])
def test_the_profile_must_be_named(person: Person, arguments: tuple[str, ...]) -> None:
    answered = person.run("credential-process", *arguments, environment={"AWS_PROFILE": "default"})

    assert (answered.code, answered.stdout) == (2, "")
    assert "no profile is named" in answered.stderr


@pytest.mark.parametrize("left", [timedelta(minutes=14), timedelta(seconds=40)])
def test_without_a_seed_a_session_is_served_to_its_end(partner: Person, left: timedelta) -> None:
    before = Counter(partner.cloud.control.counts())
    kept = partner.run(*COMMAND, "default").json()
    let_end_in(partner, left, "session")

    answered = partner.run(*COMMAND, "default")

    assert (answered.code, answered.stderr) == (0, "")
    assert answered.json()["AccessKeyId"] == kept["AccessKeyId"]
    assert counts_since(partner.cloud, before) == {}


def test_a_session_that_has_ended_is_not_served(partner: Person) -> None:
    let_end_in(partner, timedelta(seconds=4), "session")

    answered = partner.run(*COMMAND, "default")

    assert (answered.code, answered.stdout) == (8, "")


def test_a_roles_session_is_renewed_ahead_from_the_mfa_session(partner: Person) -> None:
    before = Counter(partner.cloud.control.counts())
    let_end_in(partner, timedelta(minutes=14))

    renewed = partner.run(*COMMAND, "books")
    again = partner.run(*COMMAND, "books")

    left = datetime.fromisoformat(str(renewed.json()["Expiration"])) - datetime.now(UTC)
    assert left > timedelta(minutes=15)
    assert again.stdout == renewed.stdout
    assert counts_since(partner.cloud, before) == {"sts:AssumeRole": 1}


def test_a_kept_seed_renews_ahead_once_for_all_who_ask(steady_guests: Guests) -> None:
    person = steady_guests("own")
    keep_seed(person)
    kept = person.run(*COMMAND, "default").json()
    let_end_in(person, timedelta(minutes=14), "session")
    before = Counter(person.cloud.control.counts())

    processes = [person.start(*COMMAND, "default") for _ in range(3)]
    finished = [(*process.communicate(timeout=90), process.returncode) for process in processes]

    (answer,) = {stdout for stdout, _, _ in finished}
    assert {code for _, _, code in finished} == {0}
    assert json.loads(answer)["AccessKeyId"] != kept["AccessKeyId"]
    assert counts_since(person.cloud, before) == {"sts:GetSessionToken": 1}


def test_a_helper_that_fails_costs_nothing_while_a_session_is_left(partner: Person) -> None:
    text = partner.config_file.read_text()
    partner.config_file.write_text(text.replace("[default]\n", "[default]\nmfa_process = echo no; exit 1\n"))
    kept = partner.run(*COMMAND, "default").stdout
    let_end_in(partner, timedelta(minutes=14), "session")

    answered = partner.run(*COMMAND, "default", "-v")

    assert answered.code == 0
    assert answered.json()["AccessKeyId"] == json.loads(kept)["AccessKeyId"]
    assert "no newer session could be had: `echo` failed with exit code 1" in answered.stderr


def test_twenty_on_a_cold_cache_use_one_code(steady_guests: Guests) -> None:
    person = steady_guests("own")
    keep_seed(person)
    before = Counter(person.cloud.control.counts())

    processes = [person.start(*COMMAND, "default") for _ in range(MANY)]
    finished = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    # The one that makes the call may have to wait for a code of this machine's clock, and says so.
    said = {line for _, stderr, _ in finished for line in stderr.splitlines()}
    assert {code for _, _, code in finished} == {0}
    assert all(line.startswith("waiting for the next code of ") for line in said)
    assert len({stdout for stdout, _, _ in finished}) == 1
    assert counts_since(person.cloud, before) == {"sts:GetSessionToken": 1}
