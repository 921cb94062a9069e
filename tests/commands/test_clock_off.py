"""A machine whose clock is wrong: the cloud's answers tell by how much, and that corrects codes and signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.stage import Cloud, Guests, Person, ended
from tests.ways import Way

AHEAD, BEHIND, FAR = timedelta(minutes=10), timedelta(minutes=-10), timedelta(minutes=25)
WORDS = {AHEAD: "behind", BEHIND: "ahead of"}
Skew = Callable[[timedelta], None]


@pytest.fixture
def skew(steady_cloud: Cloud) -> Iterator[Skew]:
    """Give what sets the cloud's clock off this machine's, and set it right again."""
    yield lambda offset: (steady_cloud.control.set_skew(offset), None)[1]
    steady_cloud.control.set_skew(timedelta())


@pytest.fixture
def person(steady_guests: Guests, way: Way) -> Person:
    """Give somebody in the cloud that is set off."""
    return steady_guests(way.own)


@pytest.mark.parametrize("offset", [AHEAD, BEHIND], ids=["ahead", "behind"])
def test_a_derived_code_is_made_again_by_the_clouds_clock(
    steady_guests: Guests, skew: Skew, offset: timedelta
) -> None:
    person = steady_guests("own")
    person.run("device", "import", "-", stdin=person.seed)
    before = person.cloud.counts_of("sts:GetSessionToken")
    skew(offset)

    opened = person.run("session", "--no-input")

    told = opened.stderr.splitlines()[0]
    assert opened.code == 0, opened
    assert told.startswith("the code was refused: this machine's clock is ")
    assert told.endswith(f" s {WORDS[offset]} the cloud's, so it was made for another moment; trying once more")
    assert 595 <= int(told.split(" clock is ")[1].split()[0]) <= 605
    assert person.cloud.counts_of("sts:GetSessionToken") - before == 2


def test_where_sts_is_asked_first_whose_the_device_is_the_code_is_right_at_once(
    steady_guests: Guests, skew: Skew
) -> None:
    person = steady_guests("sub-user")
    skew(AHEAD)

    imported = person.run("device", "import", "-", stdin=person.seed)

    assert (imported.code, imported.stdout) == (0, ""), imported
    assert "refused" not in imported.stderr
    assert "session for default until " in imported.stderr


@pytest.mark.parametrize("offset", [FAR, -FAR], ids=["far ahead", "far behind"])
def test_a_typed_code_is_good_whatever_this_machines_clock_says(
    person: Person, skew: Skew, offset: timedelta
) -> None:
    """Ten minutes are tried with libfaketime, beside `doctor`."""
    skew(offset)

    opened = person.run("session", "--code", person.cloud.control.code(person.user))
    found = person.run("session", "--no-input")

    assert (opened.code, found.code) == (0, 0), opened
    assert opened.stderr.startswith("session for default until ")


@pytest.mark.parametrize("offset", [AHEAD, BEHIND], ids=["ahead", "behind"])
def test_where_a_code_fails_the_offset_is_named(person: Person, skew: Skew, offset: timedelta) -> None:
    skew(offset)

    refused = person.run("session", "--code", person.wrong_code())

    assert refused.code == 4
    assert f"s {WORDS[offset]} the cloud's, so codes made on it are wrong: set the clock" in refused.stderr


def test_a_question_is_asked_again_with_the_offset(person: Person, skew: Skew) -> None:
    skew(AHEAD)
    child = person.at_terminal("mfacli", "session", "--no-color")

    child.expect_exact("MFA code for ")
    child.sendline(person.wrong_code())
    child.expect(r"made by a wrong clock \(this machine's clock is \d+ s behind the cloud's\)")
    child.expect_exact("MFA code for ")
    child.sendline(person.cloud.control.code(person.user))

    child.expect_exact("session for default until ")
    assert ended(child) == 0


def test_other_calls_are_signed_by_the_clouds_clock(person: Person, skew: Skew) -> None:
    skew(FAR)

    named = person.run("whoami")

    assert (named.code, named.stderr) == (0, "")
    assert f"/{person.uin or person.user}\n" in named.stdout
