"""Reads the links with which Google Authenticator hands its accounts over: `otpauth-migration://offline?data=…`.

The data is a protobuf message in base64, of which two levels and four kinds of field are needed; that is less than a
protobuf library would cost. Nothing of it is repeated in an error.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

SCHEME = "otpauth-migration://"
_ACCOUNT, _SECRET, _NAME, _ISSUER, _ALGORITHM, _DIGITS, _TYPE = 1, 1, 2, 3, 4, 5, 6
# What is not said (0) is what authenticator apps take for granted.
_ALGORITHMS = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}
_DIGIT_COUNTS = {0: 6, 1: 6, 2: 8}
_TOTP = (0, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedAccount:
    """One account out of a link; `seed` is None for one that the clouds cannot use (counter-based, MD5)."""

    issuer: str
    account: str
    seed: Seed | None


def read_migration(link: Secret) -> list[MigratedAccount]:
    """Return the accounts in a link; raises `SeedMalformed`."""
    try:
        data = parse_qs(urlsplit(link.reveal().strip()).query)["data"][0]
        # A plus sign that was not escaped has become a space.
        message = base64.b64decode(data.replace(" ", "+"), validate=True)
        return [
            _account(value) for number, value in _fields(message) if number == _ACCOUNT and isinstance(value, bytes)
        ]
    except (KeyError, ValueError, IndexError, binascii.Error):
        raise SeedMalformed(
            "the otpauth-migration link does not parse",
            hint="copy it again, up to its end, or give the picture itself",
        ) from None


def _account(message: bytes) -> MigratedAccount:
    numbers: dict[int, int] = {}
    texts: dict[int, bytes] = {}
    for number, value in _fields(message):
        if isinstance(value, bytes):
            texts[number] = value
        else:
            numbers[number] = value
    label = texts.get(_NAME, b"").decode()
    issuer = texts.get(_ISSUER, b"").decode()
    # Some apps write ISSUER:ACCOUNT as the name, as in otpauth links.
    before, colon, account = label.partition(":")
    return MigratedAccount(
        issuer=issuer or (before.strip() if colon else ""),
        account=account.strip() if colon else label,
        seed=_seed(texts.get(_SECRET, b""), numbers),
    )


def _seed(secret: bytes, numbers: dict[int, int]) -> Seed | None:
    algorithm = _ALGORITHMS.get(numbers.get(_ALGORITHM, 0))
    digits = _DIGIT_COUNTS.get(numbers.get(_DIGITS, 0))
    if not secret or algorithm is None or digits is None or numbers.get(_TYPE, 0) not in _TOTP:
        return None
    key = base64.b32encode(secret).decode().rstrip("=")
    return Seed(key=Secret(key), algorithm=algorithm, digits=digits)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field (protobuf encoding: varints and length-delimited, others passed over)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 2:
                size, at = _varint(message, at)
                if at + size > len(message):
                    raise ValueError("a field is longer than the message")
                yield tag >> 3, message[at : at + size]
                at += size
            case 1:
                at += 8
            case 5:
                at += 4
            case _:
                raise ValueError("no protobuf field has this type")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")
