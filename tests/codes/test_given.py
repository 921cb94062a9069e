"""The code on the command line."""

from __future__ import annotations

import pytest

from mfacli.codes.given import GivenCode
from mfacli.domain.codes import CodeOrigin
from mfacli.errors import CodeMalformed, CodeRejected
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, SOFIAS, Slate, typed


class TestGivenCode(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return GivenCode("123 456", ledger=Slate())


def test_a_given_code_is_offered_once() -> None:
    source = GivenCode("123456", ledger=Slate())

    first = source.next_code(RICHARDS, refused=None)
    again = source.next_code(RICHARDS, refused=None)

    assert first is not None
    assert first.origin is CodeOrigin.GIVEN
    assert again is None


def test_a_given_code_is_not_offered_after_a_refusal() -> None:
    source = GivenCode("123456", ledger=Slate())

    code = source.next_code(RICHARDS, refused=REFUSED)

    assert code is None


def test_a_given_code_that_is_no_code_is_refused_at_once() -> None:
    with pytest.raises(CodeMalformed):
        GivenCode("12345", ledger=Slate())


def test_a_given_code_that_was_used_is_refused_without_a_call() -> None:
    ledger = Slate()
    ledger.mark_spent(RICHARDS, typed("123456"))
    source = GivenCode("123456", ledger=ledger)

    with pytest.raises(CodeRejected) as caught:
        source.next_code(RICHARDS, refused=None)

    assert "answered this code before" in caught.value.message


def test_the_same_digits_on_another_device_are_another_code() -> None:
    ledger = Slate()
    ledger.mark_spent(RICHARDS, typed("123456"))
    source = GivenCode("123456", ledger=ledger)

    code = source.next_code(SOFIAS, refused=None)

    assert code is not None
