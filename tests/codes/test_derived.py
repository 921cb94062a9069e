"""Codes from a kept seed: the right digits, never a step twice, by the cloud's clock."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.codes.derived import DerivedCode, derive_code
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.secret import Secret
from mfacli.errors import CodeRejected, DeviceUnusable, KeyringLocked, KeyringMissing
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, SOFIAS, Drawer, Ear, Slate, at, typed
from tests.doubles import HandClock

RFC = json.loads((Path(__file__).parent.parent / "vectors" / "rfc6238.json").read_text())
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
# The step from 1111111080 to 1111111110, and its code by RFC 6238.
STEP = 37037036


class Bench:
    """A source on a hand-set clock, with everything it works with."""

    def __init__(self, timestamp: float = 1111111090, *, seed: Seed = SEED) -> None:
        self.clock = HandClock(at(timestamp))
        self.ledger = Slate()
        self.ear = Ear()
        self.drawer = Drawer()
        self.drawer.keep_seed(RICHARDS, seed)
        self.source = DerivedCode(seeds=self.drawer, ledger=self.ledger, clock=self.clock, talk=self.ear)

    def next(self, refused: CodeRejected | None = None) -> Code | None:
        return self.source.next_code(RICHARDS, refused=refused)


class TestDerivedCode(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return Bench().source


@pytest.mark.parametrize("row", RFC["codes"], ids=lambda row: str(row["time"]))
@pytest.mark.parametrize("algorithm", RFC["seeds"])
@pytest.mark.parametrize("digits", [6, 8])
def test_codes_are_those_of_rfc_6238(row: dict[str, str], algorithm: str, digits: int) -> None:
    key = base64.b32encode(RFC["seeds"][algorithm].encode()).decode().rstrip("=")
    seed = Seed(key=Secret(key), algorithm=algorithm, digits=digits)

    code = derive_code(seed, seed.step_at(at(float(row["time"]))))

    assert code.digits.reveal() == row[algorithm][-digits:]


@pytest.mark.parametrize(("step", "digits"), [(0, "260182"), (1, "055283"), (1401, "316439")])
def test_keys_of_eighty_bits_give_the_codes_published_for_them(step: int, digits: str) -> None:
    seed = Seed(key=Secret("BASE32SECRET3232"))

    code = derive_code(seed, step)

    assert code.digits.reveal() == digits


def test_periods_may_be_long() -> None:
    seed = Seed(key=SEED.key, period=86400)

    code = derive_code(seed, seed.step_at(at(1111111090)))

    assert code.step == 12860


def test_the_current_step_is_offered_without_waiting() -> None:
    bench = Bench()

    code = bench.next()

    assert code == Code(digits=Secret("081804"), origin=CodeOrigin.DERIVED, step=STEP)
    assert bench.clock.waited == []


def test_a_spent_step_is_waited_out_with_a_countdown() -> None:
    bench = Bench(1111111090)
    bench.ledger.mark_spent(RICHARDS, derive_code(SEED, STEP))

    code = bench.next()

    assert code is not None
    assert code.step == STEP + 1
    assert bench.clock.waited == [timedelta(seconds=20)]
    assert bench.ear.countdowns == [("waiting for the next code of richard", at(1111111110))]


def test_several_spent_steps_are_all_passed_over() -> None:
    bench = Bench(1111111090)
    for step in (STEP, STEP + 1, STEP + 2):
        bench.ledger.mark_spent(RICHARDS, derive_code(SEED, step))

    code = bench.next()

    assert code is not None
    assert code.step == STEP + 3


def test_a_code_that_a_person_has_typed_is_not_derived_again() -> None:
    bench = Bench(1111111090)
    bench.ledger.mark_spent(RICHARDS, typed("081804"))

    code = bench.next()

    assert code is not None
    assert code.step == STEP + 1


def test_another_devices_use_does_not_matter() -> None:
    bench = Bench()
    bench.ledger.mark_spent(SOFIAS, derive_code(SEED, STEP))

    code = bench.next()

    assert code is not None
    assert code.step == STEP


@pytest.mark.parametrize(("second", "step"), [(108.4, STEP), (108.6, STEP + 1), (109.9, STEP + 1)])
def test_a_step_about_to_end_is_not_offered(second: float, step: int) -> None:
    bench = Bench(1111111000 + second)

    code = bench.next()

    assert code is not None
    assert code.step == step
    assert bench.clock.now() >= SEED.starts_at(step)


def test_short_periods_do_not_wait_for_ever() -> None:
    bench = Bench(1000.9, seed=Seed(key=SEED.key, period=1))

    code = bench.next()

    assert code is not None
    assert code.step == 1001


def test_the_clouds_clock_decides_not_this_machines() -> None:
    bench = Bench(1111111090 - 600)
    bench.clock.learn_offset(timedelta(seconds=600))

    code = bench.next()

    assert code is not None
    assert code.step == STEP


def test_waiting_is_counted_on_this_machines_clock() -> None:
    bench = Bench(1111111090 - 600)
    bench.clock.learn_offset(timedelta(seconds=600))
    bench.ledger.mark_spent(RICHARDS, derive_code(SEED, STEP))

    bench.next()

    assert bench.ear.countdowns[0][1] == at(1111111110 - 600)


def test_after_one_refusal_the_next_step_is_tried_then_none() -> None:
    bench = Bench()
    first = bench.next()
    assert first is not None
    bench.ledger.mark_spent(RICHARDS, first)

    second = bench.next(REFUSED)
    third = bench.next(REFUSED)

    assert second is not None
    assert second.step == STEP + 1
    assert third is None
    assert "twice in a row" in bench.ear.warnings[0]


def test_a_clock_learnt_from_the_refusal_gives_another_step_at_once() -> None:
    bench = Bench()
    first = bench.next()
    assert first is not None
    bench.ledger.mark_spent(RICHARDS, first)
    bench.clock.learn_offset(timedelta(seconds=300))

    second = bench.next(CodeRejected("refused", clock_offset=timedelta(seconds=300)))

    assert second is not None
    assert second.step == STEP + 10
    assert bench.clock.waited == []
    assert "this machine's clock is 300 s behind the cloud's" in bench.ear.notes[0]


def test_a_new_call_may_be_refused_once_again() -> None:
    bench = Bench()
    bench.next()
    bench.next(REFUSED)

    bench.next()
    code = bench.next(REFUSED)

    assert code is not None


def test_a_device_without_a_seed_has_no_code() -> None:
    bench = Bench()

    code = bench.source.next_code(SOFIAS, refused=None)

    assert code is None


def test_the_keyring_is_asked_once() -> None:
    bench = Bench()

    bench.next()
    bench.next(REFUSED)

    assert bench.drawer.times_opened == 1


def test_a_missing_keyring_leaves_the_person_to_type() -> None:
    bench = Bench()
    bench.drawer.stuck = KeyringMissing("no keyring here")

    code = bench.next()

    assert code is None
    assert bench.ear.details == ["no seed could be looked up: no keyring here"]
    assert bench.ear.warnings == []


def test_a_locked_keyring_is_told_and_leaves_the_person_to_type() -> None:
    bench = Bench()
    bench.drawer.stuck = KeyringLocked("the keyring is locked")

    code = bench.next()

    assert code is None
    assert bench.ear.warnings == ["no seed could be looked up: the keyring is locked"]


def test_a_seed_of_eight_digits_is_refused_for_sts() -> None:
    bench = Bench(seed=Seed(key=SEED.key, digits=8))

    with pytest.raises(DeviceUnusable) as caught:
        bench.next()

    assert "codes of 8 digits, and STS takes 6" in caught.value.message
