"""`mfacli device`: a seed brought in once answers for the person from then on; each of its codes buys one call."""

from __future__ import annotations

import re

import pyotp
import pytest

from tests.stage import Guests, Person, ended

OTHER_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def steady(steady_guests: Guests) -> Person:
    """Give somebody in a cloud whose time is this machine's."""
    return steady_guests("own")


def seed_of(person: Person) -> str:
    return person.cloud.seed(person.device)


def test_a_seed_typed_without_echo_answers_for_the_person_from_then_on(steady: Person) -> None:
    child = steady.at_terminal("mfacli", "device", "import")

    child.expect_exact(f"seed of device {steady.user} (not shown): ")
    child.sendline(seed_of(steady))
    imported = ended(child)
    opened = steady.run("session", "--no-input")

    assert imported == 0
    assert seed_of(steady) not in child.before
    assert "no longer a second factor" in child.before
    assert (opened.code, opened.stdout) == (0, "")
    assert opened.stderr.endswith("kept in test keyring\n")


@pytest.mark.parametrize("form", ["{seed}", "otpauth://totp/AWS:me?secret={seed}&issuer=AWS&period=30&digits=6"])
def test_a_seed_from_standard_input_answers_too(steady: Person, form: str) -> None:
    text = form.format(seed=seed_of(steady))

    imported = steady.run("device", "import", "-", stdin=text)
    opened = steady.run("session", "--no-input")

    assert (imported.code, imported.stdout, opened.code) == (0, "", 0)
    assert seed_of(steady) not in imported.stderr


def test_a_seed_from_a_file_answers_too_and_its_code_is_the_devices(steady: Person) -> None:
    (steady.home / "seed.txt").write_text(seed_of(steady).lower())

    imported = steady.run("device", "import", "seed.txt")
    shown, printed, shown_after = (
        steady.cloud.control.code(steady.user),
        steady.run("device", "code"),
        steady.cloud.control.code(steady.user),
    )

    assert imported.code == 0
    assert printed.stdout.strip() in {shown, shown_after}
    assert re.fullmatch(r"good for \d+ s\n", printed.stderr)


def test_codes_of_any_device_are_made_as_it_makes_them(person: Person) -> None:
    link = f"otpauth://totp/x?secret={OTHER_SEED}&algorithm=SHA512&digits=8&period=60"
    device = pyotp.parse_uri(link)
    assert isinstance(device, pyotp.TOTP)

    person.run("device", "import", "-", stdin=link)
    before, printed, after = device.now(), person.run("device", "code"), device.now()

    assert printed.stdout.strip() in {before, after}


def test_a_seed_of_another_device_is_tried_twice_and_told_of(steady: Person) -> None:
    steady.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={OTHER_SEED}&period=1")
    before = steady.cloud.counts_of("sts:GetSessionToken")

    refused = steady.run("session")

    assert refused.code == 4
    assert steady.cloud.counts_of("sts:GetSessionToken") - before == 2
    assert "the code made from the seed was refused: used elsewhere, or the seed is not this" in refused.stderr
    assert "twice in a row, so no further code is tried" in refused.stderr


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


def test_a_spent_code_is_not_offered_again_but_the_next_one_waited_for(steady: Person) -> None:
    steady.run("device", "import", "-", stdin=seed_of(steady))
    before = steady.cloud.counts_of("sts:GetSessionToken")

    opened = [steady.run("session", "--new").code for _ in range(2)]

    # The cloud takes each code once: had one been offered again, there would have been a third call.
    assert opened == [0, 0]
    assert steady.cloud.counts_of("sts:GetSessionToken") - before == 2


def test_a_removed_seed_is_asked_for_again(steady: Person) -> None:
    steady.run("device", "import", "-", stdin=seed_of(steady))

    removed = steady.run("device", "remove")
    asked = steady.run("session", "--no-input")

    assert (removed.code, asked.code) == (0, 8)
    assert seed_of(steady) not in steady.keyring.read_text()


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
