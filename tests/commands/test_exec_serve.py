"""`mfacli exec --serve`: the command has an endpoint and no key, and is followed in all it does."""

from __future__ import annotations

import re
import signal

import pytest

from tests.stage import Cloud, Person, Result, ended, first_line, person_in

FETCH = """
import json, os, urllib.request
url = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
token = os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
request = urllib.request.Request(url, headers={"Authorization": token})
with urllib.request.urlopen(request) as response:
    print(json.load(response)["AccountId"])
"""


@pytest.fixture(scope="module")
def insider(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Give a person with a kept session."""
    person = person_in(cloud, tmp_path_factory.mktemp("insider"))
    assert person.run("session", "--code", person.code()).code == 0
    return person


def served(person: Person, *command: str, **environment: str) -> Result:
    return person.run("exec", "--serve", "--", *command, environment=environment)


def test_the_commands_environment_has_the_way_to_a_session_and_no_key(insider: Person) -> None:
    stale = {"AWS_SECURITY_TOKEN": "old", "AWS_PROFILE": "default", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/old"}

    seen = served(insider, "sh", "-c", 'env; python3 -c "$FETCH"', FETCH=FETCH, **stale)

    variables = dict(line.split("=", 1) for line in seen.stdout.splitlines() if line.startswith(("AWS_", "MFACLI_P")))
    assert seen.code == 0
    assert seen.stdout.splitlines()[-1] == "111122223333"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/session/default", variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "us-east-1"
    assert variables["AWS_ENDPOINT_URL"] == insider.cloud.address
    assert variables["MFACLI_PROFILE"] == "default"
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert not variables.keys() & {*stale, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert seen.stderr == f"{insider.credentials_file} is hidden from the command: [default] has credentials in it\n"


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)]
)
def test_the_commands_end_is_ours(insider: Person, script: str, code: int) -> None:
    assert served(insider, "sh", "-c", script).code == code


def test_no_open_file_is_left_to_the_command(insider: Person) -> None:
    assert served(insider, "sh", "-c", "ls /proc/$$/fd").stdout.split() == ["0", "1", "2"]


def test_core_files_of_the_command_are_its_own_business(insider: Person) -> None:
    limits = insider.run_program(["sh", "-c", "ulimit -S -c; mfacli exec --serve -q -- sh -c 'ulimit -S -c'"])

    before, within = limits.stdout.split()
    assert before == within


@pytest.mark.parametrize(("command", "code"), [("no-such-command", 127), ("/etc/hostname", 126)])
def test_what_cannot_be_run_is_told_as_shells_do(insider: Person, command: str, code: int) -> None:
    refused = served(insider, command)

    assert (refused.code, refused.stdout) == (code, "")
    assert f"`{command}`" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGINT])
def test_a_signal_reaches_the_command(insider: Person, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'echo got {name}; exit 7' {name}; echo ready; while :; do sleep 0.05; done"
    process = insider.start("exec", "--serve", "--", "sh", "-c", script)

    ready = first_line(process)
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=30)

    assert (ready, stdout, process.returncode) == ("ready\n", f"got {name}\n", 7)


def test_ctrl_c_comes_once_and_is_the_commands_to_handle(insider: Person) -> None:
    script = "trap 'echo handled' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done; exit 5"
    child = insider.at_terminal("mfacli", "exec", "--serve", "--", "sh", "-c", script)

    child.expect_exact("ready")
    child.sendintr()
    exit_code = ended(child)

    assert exit_code == 5
    assert child.before.count("handled") == 1


def test_an_ignored_signal_stays_ignored(insider: Person) -> None:
    finished = insider.run_program(
        ["sh", "-c", "trap '' INT; mfacli exec --serve -q -- sh -c 'kill -INT $$ $PPID; echo alive'"]
    )

    assert finished.stdout == "alive\n"


def test_the_endpoint_ends_with_the_command(insider: Person) -> None:
    finished = served(insider, "sh", "-c", "echo $AWS_CONTAINER_CREDENTIALS_FULL_URI")

    after = insider.run_program(["python3", "-c", "import sys, urllib.request as r; r.urlopen(sys.argv[1])",
                                 finished.stdout.strip()])  # fmt: skip
    assert "Connection refused" in after.stderr


def test_a_session_that_is_kept_nowhere_is_served_all_the_same(person: Person) -> None:
    finished = person.run(
        "exec", "--serve", "--code", person.code(), "--", "sh", "-c", 'python3 -c "$FETCH" && python3 -c "$FETCH"',
        environment={"FETCH": FETCH, "MFACLI_STORE": "memory"},
    )  # fmt: skip

    assert (finished.code, finished.stdout) == (0, "111122223333\n111122223333\n")


def test_without_a_session_the_command_is_not_started(person: Person) -> None:
    refused = served(person, "touch", "started")

    assert refused.code == 8
    assert not (person.home / "started").exists()
