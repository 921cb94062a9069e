"""`mfacli emulator` as a process: its one line, its ends, what outlives it, and a newcomer's first minute with it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pexpect
import pytest

from tests.stage import COMMAND, Cloud, Person, clean_environment, ended, first_line

READY = "mfacli emulator ready on http://127.0.0.1:"


@contextmanager
def started(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start an emulator for the length of a `with`."""
    process = subprocess.Popen(
        [COMMAND, "emulator", "start", *options],
        env=clean_environment(home) | {"MFACLI_STATE_DIR": str(home / "state")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def mfacli(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(home) | {"MFACLI_STATE_DIR": str(home / "state"), "MFACLI_STORE": "memory"}
    return subprocess.run(
        [COMMAND, *arguments], env=environment | variables, capture_output=True, text=True, timeout=60, check=False
    )


def variables_of(home: Path, user: str) -> dict[str, str]:
    """Return what `emulator env` sets for a user."""
    lines = mfacli(home, "emulator", "env", "--user", user, "--shell", "json").stdout
    found: dict[str, str] = json.loads(lines)["set"]
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_line_says_ready_and_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path, "--port", "0", "--ephemeral") as process:
        ready = first_line(process)
        is_announced = (tmp_path / "state" / "emulator" / "emulator.json").exists()
        process.send_signal(number)
        rest, talk = process.communicate(timeout=30)

    assert ready.startswith(READY)
    assert (rest, talk, process.returncode) == ("", "", 0)
    assert is_announced
    assert not (tmp_path / "state" / "emulator" / "emulator.json").exists()


def test_a_port_that_is_taken_is_told_of(tmp_path: Path, cloud: Cloud) -> None:
    port = str(urlsplit(cloud.address).port)

    refused = mfacli(tmp_path, "emulator", "start", "--port", port, "--ephemeral")

    assert (refused.returncode, refused.stdout) == (6, "")
    assert refused.stderr == (
        f"mfacli: cannot listen on `127.0.0.1` port `{port}`: Address already in use\n"
        "hint: `--port 0` takes a free one\n"
    )


def test_a_web_page_that_points_its_name_here_is_not_answered(cloud: Cloud) -> None:
    parts = urlsplit(cloud.address)

    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)) as connection:
        connection.request("GET", "/", headers={"Host": "evil.example"})
        status = connection.getresponse().status

    assert status == 403


def test_sessions_and_spent_codes_outlive_a_restart(tmp_path: Path) -> None:
    with started(tmp_path, "--port", "0") as process:
        first_line(process)
        sofia = variables_of(tmp_path, "Sofia")
        code = mfacli(tmp_path, "emulator", "code", "--user", "Sofia").stdout.strip()
        exported = mfacli(tmp_path, "session", "--code", code, "--export", "json", **sofia)
        process.terminate()
        process.communicate(timeout=30)
    port = str(urlsplit(sofia["AWS_ENDPOINT_URL"]).port)
    (tmp_path / "state" / "codes.json").unlink()

    with started(tmp_path, "--port", port) as process:
        first_line(process)
        named = mfacli(tmp_path, "whoami", **sofia | json.loads(exported.stdout)["set"])
        again = mfacli(tmp_path, "session", "--code", code, **sofia)

    assert "arn:aws:iam::111122223333:user/Sofia\n" in named.stdout
    assert again.returncode == 4
    assert "STS refused the code of MFA device `Sofia`" in again.stderr


def test_its_files_are_the_owners_alone(cloud: Cloud) -> None:
    modes = {path.stat().st_mode & 0o077 for path in [cloud.state, *cloud.state.rglob("*")]}

    assert modes == {0}


def test_the_variables_of_a_tencent_cloud_user_lead_to_the_emulator_and_nowhere_else(
    tmp_path: Path, cloud: Cloud
) -> None:
    printed = mfacli(
        tmp_path, "emulator", "env", "--user", "Mei", "--shell", "json", MFACLI_STATE_DIR=str(cloud.state)
    )

    changes = json.loads(printed.stdout)
    found = cloud.control.environment_of("Mei")
    assert changes["set"] == {
        "MFACLI_CLOUD": "tencent",
        "MFACLI_TENCENT_ENDPOINT": cloud.address,
        "TENCENTCLOUD_SECRET_ID": found.access_key_id,
        "TENCENTCLOUD_SECRET_KEY": found.secret_access_key.reveal(),
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }
    gone = {"TCCLI_PROFILE", "TENCENTCLOUD_TOKEN", "AWS_PROFILE", "AWS_SESSION_TOKEN", "MFACLI_PROFILE"}
    assert gone <= set(changes["unset"])


def test_a_newcomers_first_minute(person: Person, instance: str) -> None:
    script = """
        eval "$(mfacli emulator env --user Sofia)"
        mfacli session --code "$(mfacli emulator code --user Sofia --fresh)" --json | grep -c session_token
        mfacli exec -- mfacli whoami | head -n 1
        eval "$(mfacli export)"
        mfacli whoami | grep -o 'MFA .*yes'
    """

    seen = person.run_program(["bash", "-c", script], environment={"MFACLI_STATE_DIR": str(person.cloud.state)})

    assert seen.code == 0, seen
    assert seen.stdout.splitlines() == [
        "1", "identity  arn:aws:iam::111122223333:user/Sofia", "MFA       yes",
    ]  # fmt: skip


def test_the_log_tells_who_asked_what_and_how_it_ended(person: Person) -> None:
    person.run("session", "--code", person.code())
    at_emulator = {"MFACLI_STATE_DIR": str(person.cloud.state)}

    line = person.run("emulator", "log", "--last", "1", environment=at_emulator).stdout

    _, caller, operation, mfa, outcome, reason = line.rstrip("\n").split("\t")
    assert caller.endswith(f"user/{person.user}")
    assert (operation, mfa, outcome, reason) == ("sts:GetSessionToken", "-", "allowed", "-")


def test_the_log_can_be_followed_until_ctrl_c(person: Person) -> None:
    watching = person.at_terminal(
        COMMAND, "emulator", "log", "--last", "0", "-f", environment={"MFACLI_STATE_DIR": str(person.cloud.state)}
    )
    watching.expect([pexpect.TIMEOUT], timeout=1.5)

    person.run("session", "--code", person.wrong_code())
    watching.expect_exact("sts:GetSessionToken")
    watching.sendintr()

    assert ended(watching) == 130
    assert "Traceback" not in watching.before
