"""What the comparison of a seed with what the device shows tells."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import pytest

from mfacli.codes.derived import derive_code
from mfacli.commands.device_codes import step_of
from mfacli.commands.device_test import _compare, _shown_code
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed, CodeRejected, InputNotAllowed
from mfacli.terminal import SilentPrompter
from tests.codes.stand_ins import Ear, Person
from tests.doubles import HandClock

DEVICE = Device(serial="arn:aws:iam::444455556666:mfa/Richard")
KEY = Secret("GEZDGNBV" * 8)
SEEDS = [Seed(key=KEY), Seed(key=KEY, digits=8, algorithm="SHA512", period=60), Seed(key=KEY, period=10**9)]


class Page(Ear):
    """An `Ear` that keeps the answer too."""

    is_watched = False
    answered = ""

    def answer(self, text: str) -> None:
        self.answered += text


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose clock and page are the test's own."""
    made = Desk(manners=Manners(), environment={"MFACLI_STATE_DIR": str(isolated_home / "state")})
    made.clock = HandClock()  # type: ignore[assignment]  # stands still
    made.terminal = Page()  # type: ignore[assignment]  # keeps what is said
    return made


def page(desk: Desk) -> Page:
    assert isinstance(desk.terminal, Page)
    return desk.terminal


def compared(desk: Desk, seed: Seed, steps: int) -> str:
    shown = derive_code(seed, seed.step_at(desk.clock.cloud_now()) + steps).digits.reveal()
    _compare(desk, DEVICE, seed, _shown_code(desk, DEVICE, seed, shown))
    return page(desk).answered


@pytest.mark.parametrize("seed", SEEDS)
def test_a_device_with_the_seed_and_the_time_is_right(seed: Seed, desk: Desk) -> None:
    assert compared(desk, seed, 0) == "the seed of device Richard is right, and its clock and this machine's agree"


@pytest.mark.parametrize(
    ("steps", "said"),
    [(-1, "agree"), (1, "agree"), (-4, "is 2m behind this machine"), (60, "is 30m ahead of this machine")],
)
def test_how_far_the_device_is_off_is_told(steps: int, said: str, desk: Desk) -> None:
    assert compared(desk, SEEDS[0], steps).endswith(said)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_code_of_another_seed_is_told(seed: Seed, desk: Desk) -> None:
    other = Seed(key=Secret("JBSWY3DP" * 8), digits=seed.digits)
    shown = derive_code(other, other.step_at(desk.clock.cloud_now()))

    assert step_of(desk, seed, shown) is None
    with pytest.raises(CodeRejected, match="no code of the seed that is kept for device Richard"):
        _compare(desk, DEVICE, seed, shown)


def test_the_code_is_asked_for_and_has_as_many_digits_as_the_seed_makes(desk: Desk) -> None:
    desk.prompter = person = Person("1234 5678", "123456")

    shown = _shown_code(desk, DEVICE, SEEDS[1], None)

    assert (shown.digits, person.questions) == (Secret("12345678"), ["what Richard shows now: "])
    with pytest.raises(CodeMalformed, match="8 digits"):
        _shown_code(desk, DEVICE, SEEDS[1], None)


def test_the_code_may_stand_on_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("123 456\n"))

    assert _shown_code(desk, DEVICE, SEEDS[0], "-").digits == Secret("123456")


def test_where_nobody_can_be_asked_the_other_ways_are_told(desk: Desk) -> None:
    desk.prompter = SilentPrompter()

    with pytest.raises(InputNotAllowed) as caught:
        _shown_code(desk, DEVICE, SEEDS[0], None)

    assert "--code" in caught.value.hint
    assert "--online" in caught.value.hint
