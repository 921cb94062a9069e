"""Real shells: a session comes in by `eval`, a client uses it, and `--unset` takes it out again."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.real import require_nushell, require_tool
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
TCSH = f"""
{CALL}
setenv AWS_SECURITY_TOKEN stale
setenv AWS_PROFILE default
eval "`mfacli session --export`"
{CALL}
eval "`mfacli export --unset`"
{CALL}
"""
NUSHELL = f"""
{CALL.replace("$", "$env.")}
$env.AWS_SECURITY_TOKEN = "stale"
$env.AWS_PROFILE = "default"
mfacli session --export | from json | load-env
{CALL.replace("$", "$env.")}
mfacli export --unset | from json | load-env
{CALL.replace("$", "$env.")}
"""
SHELLS = {
    "bash": (["bash", "--norc", "-c"], POSIX),
    "zsh": (["zsh", "-f", "-c"], POSIX),
    "dash": (["dash", "-c"], POSIX),
    "fish": (["fish", "--no-config", "-c"], FISH),
    "tcsh": (["tcsh", "-f", "-c"], TCSH),
    "nu": (["nu", "--no-config-file", "-c"], NUSHELL),
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_session_comes_into_a_shell_and_out_again(name: str, person: Person, instance: str) -> None:
    command, script = SHELLS[name]
    program = require_nushell() if name == "nu" else require_tool(name)
    shell = person.at_terminal(program, *command[1:], script, environment={"INSTANCE": instance})

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
        ("tcsh", "setenv AWS_SESSION_TOKEN "),
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


def test_a_step_of_github_actions_hands_the_session_to_the_next(insider: Person) -> None:
    step = {"GITHUB_ENV": str(insider.root / "github.env"), "AWS_PROFILE": "default"}

    exported = insider.run("export", "--format", "github", environment=step)
    again = insider.run("export", "--format", "github", environment=step)
    unset = insider.run("export", "--unset", "--format", "github", environment=step | {"AWS_SESSION_TOKEN": "x"})
    elsewhere = insider.run("export", "--format", "github")

    written = (insider.root / "github.env").read_text()
    token = re.findall(r"^AWS_SESSION_TOKEN<<(\w+)\n(.*)\n\1$", written, re.MULTILINE)
    assert exported.stdout == again.stdout
    assert [value for _, value in token] == [token[0][1]] * 2 + [""]
    assert f"::add-mask::{token[0][1]}\n" in exported.stdout
    assert all(line.startswith("::add-mask::") for line in exported.stdout.splitlines())
    assert "AWS_PROFILE stays set, which GITHUB_ENV cannot unset" in exported.stderr
    assert "AWS_PROFILE<<" not in written
    assert (unset.stdout, unset.code) == ("", 0)
    assert (elsewhere.stdout, elsewhere.code) == ("", 2)
