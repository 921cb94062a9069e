"""Several sources as one."""

from __future__ import annotations

from mfacli.codes.chain import FirstOf
from mfacli.codes.given import GivenCode
from mfacli.codes.prompt import TypedCode
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, Ear, Person, Slate, typed


class TestFirstOf(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return FirstOf([GivenCode("123456", ledger=Slate())])


def test_the_first_source_that_has_a_code_is_asked() -> None:
    empty = FirstOf([])
    source = FirstOf([empty, GivenCode("123456", ledger=Slate()), GivenCode("654321", ledger=Slate())])

    code = source.next_code(RICHARDS, refused=None)

    assert code is not None
    assert code.digits.reveal() == "123456"


def test_nobody_is_asked_after_a_given_code_was_refused() -> None:
    person = Person("654321")
    source = FirstOf([GivenCode("123456", ledger=Slate()), TypedCode(prompter=person, ledger=Slate(), talk=Ear())])
    source.next_code(RICHARDS, refused=None)

    code = source.next_code(RICHARDS, refused=REFUSED)

    assert code is None
    assert person.questions == []


def test_the_source_that_answered_is_asked_for_the_next() -> None:
    person = Person("111111", "222222")
    source = FirstOf([FirstOf([]), TypedCode(prompter=person, ledger=Slate(), talk=Ear())])
    source.next_code(RICHARDS, refused=None)

    code = source.next_code(RICHARDS, refused=REFUSED)

    assert code == typed("222222")


def test_without_sources_there_is_no_code() -> None:
    source = FirstOf([])

    assert source.next_code(RICHARDS, refused=None) is None
    assert source.next_code(RICHARDS, refused=REFUSED) is None
