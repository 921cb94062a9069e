"""Profiles whose keys rest in the keyring: asked for at a terminal, used by every command, and never said."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass

import pytest

from tests.stage import Guests, Person, ended
from tests.ways import Way

NEW_PROFILE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Somebody whose keys rest in the keyring and nowhere else; `said` is everything that was said meanwhile."""

    way: Way
    person: Person
    said: str


@pytest.fixture
def moved(guests: Guests, way: Way) -> Moved:
    person = guests(way.own)
    result = person.run("keys", "add", "--from-profile", "default", "--remove-from-file", "-v")
    assert result.code == 0, result.stderr
    return Moved(way=way, person=person, said=result.stdout + result.stderr)


def test_every_command_finds_keys_that_rest_in_the_keyring(moved: Moved) -> None:
    person = moved.person
    results = [
        person.run("whoami", "-v"),
        person.run("session", "--dry-run", "-v"),
        person.run("session", "-v", "--code", "-", stdin=person.code()),
        person.run("export", "--format", "dotenv"),
        person.run("exec", "--", "true"),
        person.run("whoami", "-p", "default"),
        person.run("keys", "list", "-v"),
        person.run("status"),
    ]
    if moved.way.name == "aws":
        results.append(person.run("credential-process", "-p", "default"))

    assert [result.code for result in results] == [0] * len(results), [result.stderr for result in results]
    assert person.secret_access_key not in moved.said + "".join(each.stdout + each.stderr for each in results)


def test_the_secret_rests_in_the_keyring_and_nowhere_else(moved: Moved) -> None:
    person = moved.person

    holding = [
        path
        for path in person.root.rglob("*")
        if path.is_file() and person.secret_access_key.encode() in path.read_bytes()
    ]

    assert holding == [person.keyring]
    kept = person.state / "keys.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["records"][f"{moved.way.name}:default"]["access_key_id"] == (
        person.access_key_id
    )


def test_keys_are_asked_for_without_echo(person: Person) -> None:
    child = person.at_terminal("mfacli", "keys", "add", "-p", NEW_PROFILE, "--no-check")
    child.expect_exact("access key id (not shown): ")
    child.sendline(person.access_key_id)
    child.expect_exact("secret access key (not shown): ")
    child.sendline(person.secret_access_key)

    code = ended(child)

    assert code == 0
    assert person.access_key_id not in child.before
    assert person.secret_access_key not in child.before
    assert f"as profile {NEW_PROFILE}'s in test keyring" in child.before
    listed = person.run("keys", "list", "--offline", "--json").json()["keys"]
    assert isinstance(listed, list)
    assert [key["profile"] for key in listed] == ["default", NEW_PROFILE]


def test_a_locked_keyring_leaves_the_plain_file_as_it_is(person: Person) -> None:
    before = person.credentials_file.read_text()

    result = person.run(
        "keys", "add", "--from-profile", "default", "--remove-from-file",
        environment={"KEYRING_PROPERTY_MOOD": "locked"},
    )  # fmt: skip

    assert result.code == 7
    assert person.credentials_file.read_text() == before
    assert person.secret_access_key not in result.stderr


def test_a_rotation_without_the_network_changes_nothing(moved: Moved) -> None:
    person = moved.person
    before = (person.state / "keys.json").read_text()
    content = person.config_file.read_text()
    person.config_file.write_text(content.replace(person.cloud.address, "http://127.0.0.1:9"))

    result = person.run("keys", "rotate", "--code", "-", stdin="818181")

    assert result.code == 6
    assert (person.state / "keys.json").read_text() == before
    assert not (person.state / "rotations.json").exists()
