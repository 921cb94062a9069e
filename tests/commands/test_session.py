"""`mfacli session` on a pseudo-terminal: what is asked there, and what else is on which stream."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
import pytest

from tests.stage import Guests, Person, ended
from tests.ways import Way

APART = 'mfacli session "$@" >out 2>err'


def apart(person: Person, *options: str) -> pexpect.spawn:
    """Start `mfacli session` at a terminal, with its stdout and stderr each in a file of the home."""
    return person.at_terminal("sh", "-c", APART, "sh", *options)


@pytest.fixture
def anybody(guests: Guests, way: Way) -> Person:
    """Give somebody of one cloud, then of the other."""
    return guests(way.own)


def device_name(person: Person) -> str:
    """Return what mfacli calls their device."""
    return f"softToken of {person.uin}" if person.uin else person.user


def said(person: Person, name: str) -> str:
    return Path(person.home / name).read_text()


def test_a_code_is_asked_at_the_terminal_while_a_shell_captures_stdout(person: Person) -> None:
    script = 'lines="$(mfacli session --export)"; eval "$lines"; printf %s "$lines" >captured; env >variables'
    shell = person.at_terminal("bash", "--norc", "-c", script)

    shell.expect_exact(f"MFA code for {person.user}: ")
    shell.sendline(person.code())
    exit_code = ended(shell)

    assert exit_code == 0
    assert all(re.fullmatch(r"unset \w+;|export \w+='.*';", line) for line in said(person, "captured").splitlines())
    assert re.search(r"^AWS_ACCESS_KEY_ID=ASIA\w+$", said(person, "variables"), re.MULTILINE)


def test_the_question_stands_at_the_terminal_and_on_no_stream(anybody: Person) -> None:
    child = apart(anybody, "--json")

    child.expect_exact(f"MFA code for {device_name(anybody)}: ")
    child.sendline(anybody.code())
    exit_code = ended(child)

    assert exit_code == 0
    assert "MFA code" not in said(anybody, "out") + said(anybody, "err")
    assert said(anybody, "out").startswith('{\n  "version": 1,')


def test_a_wrong_code_is_asked_again_with_the_reason(anybody: Person) -> None:
    child = apart(anybody)

    child.expect_exact("MFA code for ")
    child.sendline(anybody.wrong_code())
    child.expect_exact("MFA code for ")
    child.sendline(anybody.code())
    exit_code = ended(child)

    assert exit_code == 0
    warned, opened = said(anybody, "err").splitlines()
    assert warned == "warning: the code was refused: mistyped, already used, or another device's"
    assert opened.startswith("session for default until ")


def test_a_code_is_asked_three_times_at_most(anybody: Person) -> None:
    before = anybody.cloud.counts_of("sts:GetSessionToken")
    child = apart(anybody)

    for number in range(3):
        child.expect_exact("MFA code for ")
        child.sendline(anybody.wrong_code(number))
    exit_code = ended(child)

    assert exit_code == 4
    assert anybody.cloud.counts_of("sts:GetSessionToken") - before == 3
    assert f"mfacli: STS refused the code of MFA device `{device_name(anybody)}`" in said(anybody, "err")


def test_a_slip_of_the_finger_is_asked_again_without_a_call(anybody: Person) -> None:
    before = anybody.cloud.counts_of("sts:GetSessionToken")
    child = apart(anybody)

    child.expect_exact("MFA code for ")
    child.sendline("12345")
    child.expect_exact("MFA code for ")
    child.sendline(anybody.code())
    exit_code = ended(child)

    assert exit_code == 0
    assert anybody.cloud.counts_of("sts:GetSessionToken") - before == 1
    assert said(anybody, "err").startswith("warning: a code has 6 digits, not 5\n")


def test_a_code_that_was_answered_is_known_at_the_next_question(anybody: Person) -> None:
    used = anybody.code()
    anybody.run("session", "--code", used)
    before = anybody.cloud.counts_of("sts:GetSessionToken")
    child = apart(anybody, "--new")

    child.expect_exact("MFA code for ")
    child.sendline(used)
    child.expect_exact("MFA code for ")
    child.sendline(anybody.code())
    exit_code = ended(child)

    assert exit_code == 0
    assert anybody.cloud.counts_of("sts:GetSessionToken") - before == 1
    assert said(anybody, "err").startswith("warning: STS has answered this code before")


def test_a_wrong_code_typed_twice_is_not_said_to_have_been_good(person: Person) -> None:
    child = apart(person)

    for digits in (person.wrong_code(), person.wrong_code(), person.code()):
        child.expect_exact("MFA code for ")
        child.sendline(digits)
    ended(child)

    first, second, _ = said(person, "err").splitlines()
    assert first == "warning: the code was refused: mistyped, already used, or another device's"
    assert second.startswith("warning: STS has answered this code before, and looks at each only once: ")


def test_no_input_does_not_wait_at_a_terminal_either(anybody: Person) -> None:
    child = apart(anybody, "--no-input")

    exit_code = ended(child)

    assert exit_code == 8
    assert "MFA code" not in child.before
    assert said(anybody, "out") == ""


def test_ctrl_c_ends_the_question_and_leaves_the_terminal_as_it_was(anybody: Person) -> None:
    shell = anybody.at_terminal("bash", "--norc", "-c", "mfacli session; echo ended $?; stty -a")

    shell.expect_exact("MFA code for ")
    shell.sendintr()
    shell.expect_exact("cancelled")
    shell.expect_exact("ended 130")
    ended(shell)

    assert {"echo", "icanon", "isig"} <= set(shell.before.split())
    assert not anybody.keyring.exists()


def test_ctrl_c_before_anything_is_loaded_ends_as_quietly(person: Person) -> None:
    sabotage = str(Path(__file__).parent.parent / "sabotage" / "interrupt")

    ended_early = person.run("session", environment={"PYTHONPATH": sabotage})

    assert (ended_early.code, ended_early.stdout, ended_early.stderr) == (130, "", "mfacli: cancelled\n")


def test_whoever_reads_sessions_at_a_terminal_is_told_what_the_lines_are_for(person: Person) -> None:
    person.run("session", "--code", person.code())
    child = person.at_terminal("mfacli", "export", "--format", "bash")

    exit_code = ended(child)

    assert exit_code == 0
    assert 'these lines hold keys; to set them in this shell: eval "$(mfacli export' in child.before


def test_status_draws_a_table_for_people(person: Person) -> None:
    person.run("session", "--code", person.code())
    child = person.at_terminal("mfacli", "status", "--no-color")

    exit_code = ended(child)

    assert exit_code == 0
    assert "time left" in child.before
    assert "test keyring" in child.before
    assert "\x1b[" not in child.before


def test_forgetting_everything_asks_first(person: Person) -> None:
    person.run("session", "--code", person.code())
    child = person.at_terminal("mfacli", "forget", "--all")

    child.expect_exact("forget all 1 kept sessions? [y/N] ")
    child.sendline("n")
    refused = ended(child)
    child = person.at_terminal("mfacli", "forget", "--all")
    child.expect_exact("[y/N] ")
    child.sendline("y")
    agreed = ended(child)

    assert (refused, agreed) == (130, 0)
    assert person.run("status").stdout == ""
