"""CRC-64/ECMA-182 as COS tells it (reflected, all ones at both ends), two bytes at a time: objects may be large."""

from __future__ import annotations

import sys
from array import array
from functools import cache

_POLYNOMIAL = 0xC96C5795D7870F42
_ONES = 2**64 - 1


def crc64(data: bytes) -> int:
    """Return the checksum of `data`."""
    by_pair, by_byte = _tables()
    rest = _ONES
    pairs = array("H", data[: len(data) & ~1])
    if sys.byteorder == "big":
        pairs.byteswap()
    for pair in pairs:
        rest = by_pair[(rest ^ pair) & 0xFFFF] ^ rest >> 16
    if len(data) & 1:
        rest = by_byte[(rest ^ data[-1]) & 0xFF] ^ rest >> 8
    return rest ^ _ONES


@cache
def _tables() -> tuple[array[int], array[int]]:
    by_byte = array("Q", [_shifted(value) for value in range(1 << 8)])
    halves = (by_byte[value & 0xFF] ^ value >> 8 for value in range(1 << 16))
    return array("Q", [by_byte[half & 0xFF] ^ half >> 8 for half in halves]), by_byte


def _shifted(rest: int) -> int:
    for _ in range(8):
        rest = rest >> 1 ^ (_POLYNOMIAL if rest & 1 else 0)
    return rest
