"""Six digits, or told why not."""

from __future__ import annotations

import pytest

from mfacli.codes.digits import parse_code
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed


@pytest.mark.parametrize("text", ["123456", " 123 456\n", "123-456"])
def test_a_code_is_read_as_devices_show_it(text: str) -> None:
    code = parse_code(text)

    assert code == Secret("123456")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not none"),
        ("12345", "not 5"),
        ("1234567", "not 7"),
        ("12345a", "letters or signs"),
        ("１２３４５６", "letters"),
    ],
)
def test_what_is_no_code_is_told_apart(text: str, what: str) -> None:
    with pytest.raises(CodeMalformed) as caught:
        parse_code(text)

    assert what in caught.value.message


def test_a_device_may_show_another_number_of_digits() -> None:
    assert parse_code("1234 5678", length=8) == Secret("12345678")
    with pytest.raises(CodeMalformed, match="a code has 8 digits, not 6"):
        parse_code("123456", length=8)


def test_what_was_typed_is_not_repeated() -> None:
    with pytest.raises(CodeMalformed) as caught:
        parse_code("hunter2")

    assert "hunter2" not in caught.value.message + caught.value.hint
