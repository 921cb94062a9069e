"""Two codes that follow each other: made, typed or given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mfacli.codes.derived import derive_code
from mfacli.commands.device_codes import derived_pair, given_pair
from mfacli.commands.wiring import Desk
from mfacli.errors import DeviceUnusable, UsageWrong
from tests.codes.stand_ins import Person
from tests.commands.device_desk import DEVICE, SEED, Book, Screen, codes_at, desk_in, enrolled, heard, wish


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose clock, screen and drawer of seeds are the test's own."""
    return desk_in(isolated_home)


def test_the_codes_are_those_before_and_of_now_and_are_spent(desk: Desk) -> None:
    book = Book()
    expected = codes_at(desk, -1, 0)

    enrolled(desk, book, wish())

    assert book.codes == [expected]
    now = SEED.step_at(desk.clock.cloud_now())
    assert all(desk.ledger.is_spent(DEVICE, derive_code(SEED, step)) for step in (now - 1, now))


def test_a_code_that_is_not_the_devices_is_not_sent(desk: Desk) -> None:
    first, second = codes_at(desk, -1, 0)
    other = f"{(int(first) + 1) % 1000000:06d}"
    desk.prompter = Person(other, first, second)
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert "this is no code of richard: its seed makes others" in heard(desk)
    assert book.codes == [(first, second)]


def test_the_second_code_is_counted_down_to(desk: Desk) -> None:
    first, second = codes_at(desk, 0, 1)
    desk.prompter = Person(first, second)
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert isinstance(desk.terminal, Screen)
    assert [text for text, _ in desk.terminal.countdowns] == ["waiting for the next code of richard"]
    assert book.codes == [(first, second)]


def test_two_codes_are_made_only_by_a_seed_whose_codes_the_cloud_takes(desk: Desk) -> None:
    with pytest.raises(DeviceUnusable, match="makes codes of 8 digits, and STS takes 6"):
        derived_pair(desk, DEVICE, replace(SEED, digits=8))


@pytest.mark.parametrize(
    ("texts", "said"), [(["123456"], "1 code was given"), (["123456"] * 2, "the same code was given twice")]
)
def test_the_codes_of_the_command_line_are_two_different_ones(texts: list[str], said: str) -> None:
    with pytest.raises(UsageWrong, match=said):
        given_pair(texts)


def test_a_missed_code_between_the_two_begins_the_pair_anew(desk: Desk) -> None:
    first, late, last = codes_at(desk, -3, -1, 0)
    desk.prompter = Person(first, late, last)
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert book.codes == [(late, last)]
    assert "a code was missed between the two" in heard(desk)


def test_a_phone_whose_clock_is_ten_minutes_off_is_understood(desk: Desk) -> None:
    first, second = codes_at(desk, -20, -19)
    desk.prompter = Person(first, second)
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert book.codes == [(first, second)]
