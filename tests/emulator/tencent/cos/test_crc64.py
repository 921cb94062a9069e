"""The checksum of CRC-64/XZ, which is what COS calls crc64ecma: check values of published catalogues of CRCs."""

from __future__ import annotations

import random

import pytest

from mfacli.emulator.tencent.cos.crc64 import crc64

_POLYNOMIAL = 0xC96C5795D7870F42


@pytest.mark.parametrize(
    ("data", "checksum"), [(b"", 0), (b"123456789", 0x995DC9BBDF1939FA), (b"\0", 0x1FADA17364673F59)]
)
def test_the_checksum_is_the_published_one(data: bytes, checksum: int) -> None:
    assert crc64(data) == checksum


@pytest.mark.parametrize("length", [1, 2, 255, 4096, 4097])
def test_two_bytes_at_a_time_are_as_good_as_one_bit(length: int) -> None:
    data = random.Random(length).randbytes(length)

    assert crc64(data) == _bit_by_bit(data)


def _bit_by_bit(data: bytes) -> int:
    rest = 2**64 - 1
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = (rest >> 1) ^ (_POLYNOMIAL if rest & 1 else 0)
    return rest ^ (2**64 - 1)
