"""Real shells: a session comes in by `eval`, a client uses it, and `--unset` takes it out again."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.real import require_tool
from tests.stage import ROLES, Cloud, Person, ended, person_in

pytestmark = pytest.mark.real

CALL = f"{sys.executable} {Path(__file__).parent.parent / 'clients' / 'protected_calls.py'} stop $INSTANCE"
# Variables that lead SDKs past a session are set before each, as in a shell that has been used for a while.
POSIX = f"""
{CALL}
export AWS_SECURITY_TOKEN=stale AWS_PROFILE=default
eval "$(mfacli session --export)"
{CALL}
eval "$(mfacli export --unset)"
{CALL}
"""
FISH = f"""
{CALL}
set -gx AWS_SECURITY_TOKEN stale
set -gx AWS_PROFILE default
mfacli session --export | source
{CALL}
mfacli export --unset | source
{CALL}
"""
SHELLS = {
    "bash": (["bash", "--norc", "-c"], POSIX),
    "zsh": (["zsh", "-f", "-c"], POSIX),
    "dash": (["dash", "-c"], POSIX),
    "fish": (["fish", "--no-config", "-c"], FISH),
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_session_comes_into_a_shell_and_out_again(name: str, person: Person, instance: str) -> None:
    command, script = SHELLS[name]
    require_tool(name)
    shell = person.at_terminal(*command, script, environment={"INSTANCE": instance})

    shell.expect_exact("denied UnauthorizedOperation")
    shell.expect_exact("MFA code for ")
    shell.sendline(person.code())
    shell.expect(r"\r\n(done|denied \w+)\r\n")
    with_session = shell.match[1]
    shell.expect(r"(done|denied \w+)\r\n")
    without = shell.match[1]
    exit_code = ended(shell)

    assert (with_session, without, exit_code) == ("done", "denied UnauthorizedOperation", 0)


@pytest.fixture(scope="module")
def insider(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Give a person with a kept session."""
    person = person_in(cloud, tmp_path_factory.mktemp("insider"))
    assert person.run("session", "--code", person.code()).code == 0
    return person


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("bash", "export AWS_SESSION_TOKEN="),
        ("zsh", "export AWS_SESSION_TOKEN="),
        ("dash", "export AWS_SESSION_TOKEN="),
        ("fish", "set -gx AWS_SESSION_TOKEN "),
    ],
)
def test_the_shell_that_reads_is_known(name: str, line: str, insider: Person) -> None:
    require_tool(name)
    other = {"SHELL": "/usr/bin/fish" if name != "fish" else "/bin/bash"}

    answered = insider.run_program([name, "-c", "mfacli export | cat; true"], environment=other)

    assert answered.code == 0
    assert re.search(rf"^{re.escape(line)}'", answered.stdout, re.MULTILINE)


def test_values_reach_the_environment_unchanged(insider: Person) -> None:
    profile = "it's a $HOME `date`"
    with insider.config_file.open("a") as file:
        file.write(f'\n[profile "{profile}"]\nsource_profile = default\nrole_arn = {ROLES}/Shelf-A\n')
    exported = insider.run("session", "-p", profile, "--export", "sh").stdout

    seen = insider.run_program(["sh", "-c", f'{exported}\nprintf %s "$MFACLI_PROFILE"'])

    assert seen.stdout == profile
