"""`mfacli exec`: the process becomes the command, with nothing in between."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.stage import Cloud, Person, ended, first_line, person_in


@pytest.fixture(scope="module")
def insider(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Give a person with a kept session."""
    person = person_in(cloud, tmp_path_factory.mktemp("insider"))
    assert person.run("session", "--code", person.code()).code == 0
    return person


def test_the_process_becomes_the_command(insider: Person) -> None:
    process = insider.start("exec", "--", "sh", "-c", "echo $$; env")

    stdout, stderr = process.communicate()

    pid, *variables = stdout.splitlines()
    names = {line.partition("=")[0] for line in variables}
    assert (int(pid), stderr) == (process.pid, "")
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"} <= names


def test_no_open_file_is_left_to_the_command(insider: Person) -> None:
    listed = insider.run("exec", "--new", "--code", insider.code(), "--", "sh", "-c", "ls /proc/$$/fd")

    assert listed.stdout.split() == ["0", "1", "2"]


def test_stale_variables_do_not_reach_the_command(insider: Person) -> None:
    stale = {"AWS_SECURITY_TOKEN": "old", "AWS_PROFILE": "default", "AWS_CREDENTIAL_FILE": "/old"}

    seen = insider.run("exec", "--", "env", environment=stale)

    names = {line.partition("=")[0] for line in seen.stdout.splitlines()}
    assert seen.code == 0
    assert not names & stale.keys()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reaches_the_command(insider: Person, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'echo got {name}; exit 7' {name}; echo ready; while :; do sleep 0.05; done"
    process = insider.start("exec", "--", "sh", "-c", script)

    ready = first_line(process)
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=30)

    assert (ready, stdout, process.returncode) == ("ready\n", f"got {name}\n", 7)


def test_a_signal_that_ends_the_command_ends_us(insider: Person) -> None:
    process = insider.start("exec", "--", "sh", "-c", "echo ready; exec sleep 60")

    first_line(process)
    process.kill()
    process.communicate(timeout=30)

    assert process.returncode == -signal.SIGKILL


def test_ctrl_c_is_the_commands_to_handle(insider: Person) -> None:
    script = "trap 'echo handled; exit 5' INT; echo ready; while :; do sleep 0.05; done"
    child = insider.at_terminal("mfacli", "exec", "--", "sh", "-c", script)

    child.expect_exact("ready")
    child.sendintr()
    child.expect_exact("handled")
    exit_code = ended(child)

    assert exit_code == 5


def test_the_terminal_is_the_commands(insider: Person) -> None:
    child = insider.at_terminal(
        "mfacli", "exec", "--", "sh", "-c", "test -t 0 && test -t 1 && read line && echo =$line="
    )

    child.sendline("typed")
    child.expect_exact("=typed=")

    assert ended(child) == 0


def test_a_command_whose_reader_leaves_ends_as_it_would_without_us(insider: Person) -> None:
    finished = insider.run_program(["bash", "-c", "mfacli exec -- yes | head -n 1; echo ${PIPESTATUS[0]}"])

    assert (finished.stdout, finished.stderr) == (f"y\n{128 + signal.SIGPIPE}\n", "")


def test_an_ignored_signal_stays_ignored(insider: Person) -> None:
    finished = insider.run_program(["sh", "-c", "trap '' INT; mfacli exec -- sh -c 'kill -INT $$; echo alive'"])

    assert finished.stdout == "alive\n"


def test_a_background_command_is_found_by_its_pid(insider: Person) -> None:
    script = "mfacli exec -- sleep 60 & pid=$!; sleep 0.01; kill $pid; wait $pid; echo $?"

    finished = subprocess.run(
        ["sh", "-c", script], env=insider.environment, capture_output=True, text=True, timeout=30, check=True
    )

    assert finished.stdout == f"{128 + signal.SIGTERM}\n"
