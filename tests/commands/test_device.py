"""`mfacli device`: a seed brought in once answers for the person from then on; each of its codes buys one call."""

from __future__ import annotations

import re

import pytest

from tests.stage import Guests, Person, ended

OTHER_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def steady(steady_guests: Guests) -> Person:
    """Give somebody in a cloud whose time is this machine's."""
    return steady_guests("own")


def test_a_seed_from_a_file_answers_until_it_is_removed(steady: Person) -> None:
    (steady.home / "seed.txt").write_text(steady.seed.lower())

    imported = steady.run("device", "import", "seed.txt")
    shown, printed, shown_after = (
        steady.cloud.control.code(steady.user),
        steady.run("device", "code"),
        steady.cloud.control.code(steady.user),
    )
    opened = steady.run("session", "--no-input")
    removed = steady.run("device", "remove")
    asked = steady.run("session", "--new", "--no-input")

    assert imported.code == 0
    assert printed.stdout.strip() in {shown, shown_after}
    assert re.fullmatch(r"good for \d+ s\n", printed.stderr)
    assert (opened.code, opened.stdout) == (0, "")
    assert opened.stderr.endswith("kept in test keyring\n")
    assert (removed.code, asked.code) == (0, 8)
    assert steady.seed not in steady.keyring.read_text()


def test_the_next_code_is_counted_down_to_in_place(steady: Person) -> None:
    # Its codes are never right, and the next one is days away.
    steady.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={OTHER_SEED}&period=1000000000")
    child = steady.at_terminal("mfacli", "session", "--no-color")

    child.expect_exact("trying once more")
    child.expect(rf"\rwaiting for the next code of {steady.user} \((\d+) s\)")
    first = int(child.match[1])
    child.expect(rf"\rwaiting for the next code of {steady.user} \((\d+) s\)")
    second = int(child.match[1])
    child.sendintr()
    exit_code = ended(child)

    assert second < first
    assert exit_code == 130
    assert "\r\x1b[K" in child.before


def test_ctrl_c_at_the_hidden_question_gives_the_echo_back(person: Person) -> None:
    shell = person.at_terminal("bash", "--norc", "-c", "mfacli device import; echo ended $?; stty -a")

    shell.expect_exact("(not shown): ")
    is_shown = shell.getecho()
    shell.sendintr()
    shell.expect_exact("ended 130")
    ended(shell)

    assert not is_shown
    assert {"echo", "icanon", "isig"} <= set(shell.before.split())
    assert not person.keyring.exists()


def test_a_seed_is_read_from_the_terminal_while_both_streams_are_captured(person: Person) -> None:
    shell = person.at_terminal(
        "bash", "--norc", "-c", 'all=$(mfacli device import 2>&1 </dev/null); printf %s "$all" >all'
    )

    shell.expect_exact("(not shown): ")
    shell.sendline(OTHER_SEED)
    exit_code = ended(shell)

    assert exit_code == 0
    assert (person.home / "all").read_text().startswith(f"kept the seed of device {person.user} in test keyring")
