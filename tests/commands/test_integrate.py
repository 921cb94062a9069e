"""`mfacli integrate`: real clients get the session through the profile that it wrote."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from mfacli.commands import integrate
from tests.clients.judges import STORIES, boto3_judge, judged
from tests.stage import COMMAND, Guests, Person

STOP = next(story for story in STORIES if story.name == "stop")


def test_boto3_works_with_the_profile_that_was_written(person: Person, instance: str) -> None:
    before = person.config_file.read_text()
    person.run("session", "--code", person.code())

    written = person.run("integrate", "default", "--as", "daily")
    verdict = judged(boto3_judge(), person, STOP, instance, "daily")
    taken = person.run("integrate", "default", "--as", "daily", "--remove")

    assert written.stderr.splitlines()[0] == f"wrote profile daily to {person.config_file}"
    assert verdict == "done"
    assert taken.stderr == f"took profile daily out of {person.config_file}\n"
    assert person.config_file.read_text().rstrip() == before.rstrip()


def test_what_a_trial_shows_is_what_is_written(person: Person) -> None:
    before = person.config_file.read_text()

    shown = person.run("integrate", "default", "--dry-run")

    assert f"+credential_process = {shlex.quote(COMMAND)} credential-process -p default" in shown.stdout.splitlines()
    assert person.secret_access_key not in shown.stdout
    assert person.config_file.read_text() == before


def test_keys_that_would_go_before_are_warned_of(person: Person) -> None:
    with person.credentials_file.open("a") as file:
        file.write("[default-mfa]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")

    written = person.run("integrate", "default")

    assert "the keys of [default-mfa]" in written.stderr
    assert written.code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nobody",), 3, "no profile `nobody`"),
        (("default", "--as", "default"), 2, "cannot get its credentials from itself"),
        (("default", "--as", "a b"), 2, "cannot be the name of a profile"),
    ],
)
def test_what_cannot_be_written_is_refused(guests: Guests, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = guests("own").run("integrate", *arguments)

    assert refused.code == code
    assert said in refused.stderr


def test_a_profile_that_has_gone_can_still_be_taken_out(person: Person) -> None:
    person.run("integrate", "default")
    person.credentials_file.unlink()

    taken = person.run("integrate", "default", "--remove")

    assert "took profile default-mfa out" in taken.stderr


@pytest.mark.parametrize(
    ("started", "is_script"), [("{folder}/mfacli", True), ("mfacli", True), ("{folder}/__main__.py", False)]
)
def test_the_command_is_absolute_however_this_one_was_started(
    started: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_script: bool
) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    script = folder / "mfacli"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "argv", [started.format(folder=folder)])

    line = integrate._command_line("my profile")

    program = [str(script)] if is_script else [sys.executable, "-m", "mfacli"]
    assert shlex.split(line) == [*program, "credential-process", "-p", "my profile"]
    assert integrate._is_ours(line)


@pytest.mark.parametrize("line", ["aws-vault exec dev", "mfacli export", "mfacli 'credential-process"])
def test_other_commands_are_not_ours(line: str) -> None:
    assert not integrate._is_ours(line)
