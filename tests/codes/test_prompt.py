"""The code typed by a person, who mistypes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.codes.prompt import TypedCode
from mfacli.domain.codes import CodeOrigin
from mfacli.errors import Cancelled, CodeRejected
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, Ear, Person, Slate, typed


class TestTypedCode(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return TypedCode(prompter=Person(*["123456"] * 9), ledger=Slate(), talk=Ear())


def test_the_question_names_the_device() -> None:
    person = Person("123456")
    source = TypedCode(prompter=person, ledger=Slate(), talk=Ear())

    code = source.next_code(RICHARDS, refused=None)

    assert person.questions == ["MFA code for richard: "]
    assert code == typed("123456")
    assert code.origin is CodeOrigin.TYPED


def test_three_codes_may_be_refused_but_no_fourth_is_asked() -> None:
    person = Person("111111", "222222", "333333", "444444")
    source = TypedCode(prompter=person, ledger=Slate(), talk=Ear())

    codes = [source.next_code(RICHARDS, refused=refused) for refused in (None, REFUSED, REFUSED, REFUSED)]

    assert [code.digits.reveal() if code else None for code in codes] == ["111111", "222222", "333333", None]


def test_a_new_call_starts_counting_anew() -> None:
    source = TypedCode(prompter=Person(*["123456"] * 4), ledger=Slate(), talk=Ear())
    for refused in (None, REFUSED, REFUSED):
        source.next_code(RICHARDS, refused=refused)

    code = source.next_code(RICHARDS, refused=None)

    assert code is not None


def test_slips_are_asked_again_without_counting() -> None:
    person = Person("", "12345", "abcdef", "1234567", "12345 ", "123456")
    ear = Ear()
    source = TypedCode(prompter=person, ledger=Slate(), talk=ear)

    code = source.next_code(RICHARDS, refused=None)

    assert code == typed("123456")
    assert len(ear.warnings) == 5
    assert ear.warnings[1] == "a code has 6 digits, not 5"


def test_a_code_that_the_ledger_knows_is_asked_again_without_a_call() -> None:
    ledger, ear = Slate(), Ear()
    ledger.mark_spent(RICHARDS, typed("111111"))
    source = TypedCode(prompter=Person("111111", "222222"), ledger=ledger, talk=ear)

    code = source.next_code(RICHARDS, refused=None)

    assert code == typed("222222")
    assert "answered this code before" in ear.warnings[0]


def test_the_person_is_told_why_before_being_asked_again() -> None:
    ear = Ear()
    source = TypedCode(prompter=Person("111111", "222222"), ledger=Slate(), talk=ear)
    source.next_code(RICHARDS, refused=None)

    source.next_code(RICHARDS, refused=CodeRejected("refused", clock_offset=timedelta(seconds=120)))

    assert len(ear.warnings) == 1
    assert "this machine's clock is 120 s behind the cloud's" in ear.warnings[0]


def test_giving_up_is_not_swallowed() -> None:
    source = TypedCode(prompter=Person(), ledger=Slate(), talk=Ear())

    with pytest.raises(Cancelled):
        source.next_code(RICHARDS, refused=None)
