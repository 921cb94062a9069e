from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfacli.emulator import totp

RFC_KEY = b"12345678901234567890"
RFC_4226_CODES = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
RFC_6238_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC_4226_CODES)))
def test_hotp_gives_the_values_of_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert totp.hotp(RFC_KEY, counter) == code


@pytest.mark.parametrize(("seconds", "code"), RFC_6238_CODES)
def test_totp_gives_the_values_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    step = totp.step_at(datetime.fromtimestamp(seconds, tz=UTC))

    assert totp.hotp(RFC_KEY, step, digits=8) == code


def test_a_step_begins_where_it_is_said_to() -> None:
    begins = totp.start_of(37037036)

    assert (totp.step_at(begins), begins.timestamp()) == (37037036, 1111111080)


def test_steps_of_a_code_are_found_within_the_window_only() -> None:
    code = totp.hotp(RFC_KEY, 100)

    found = [totp.steps_of(RFC_KEY, code, around=around, within=1) for around in (98, 99, 100, 101, 102)]

    assert found == [[], [100], [100], [100], []]


def test_a_pair_must_be_successive() -> None:
    first, second, third = (totp.hotp(RFC_KEY, step) for step in (100, 101, 102))

    found = [
        totp.step_of_pair(RFC_KEY, *pair, around=100, within=5)
        for pair in ((first, second), (second, third), (first, third), (second, first), (first, first))
    ]

    assert found == [101, 102, None, None, None]


def test_a_code_that_is_not_ascii_is_no_code() -> None:
    assert totp.steps_of(RFC_KEY, "７５５２２４", around=100, within=1) == []
