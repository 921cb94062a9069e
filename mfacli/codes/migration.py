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

from mfacli.codes.seeds import parse_key
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

SCHEME = "otpauth-migration://"
_ACCOUNT, _PARTS, _PART, _EXPORT = 1, 3, 4, 5
_SECRET, _NAME, _ISSUER, _ALGORITHM, _DIGITS, _TYPE = 1, 2, 3, 4, 5, 6
# What is not said (0) is what authenticator apps take for granted.
_ALGORITHMS = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}
_DIGIT_COUNTS = {0: 6, 1: 6, 2: 8}
_TOTP, _HOTP = (0, 2), 1
# Ten accounts a picture: whoever claims more pictures than this is no authenticator app.
_MOST_PARTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedAccount:
    """One account out of a link; `seed` is the reason in words for one that the clouds cannot use."""

    issuer: str
    account: str
    seed: Seed | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What one link holds.

    The app shows many accounts as several pictures: `part` is which of them this is, from 1 on, `parts` how many
    there are, `export` what they have in common.
    """

    accounts: tuple[MigratedAccount, ...]
    part: int = 1
    parts: int = 1
    export: int = 0


def read_migration(link: Secret) -> Migration:
    """Return what is in a link; raises `SeedMalformed`."""
    try:
        data = parse_qs(urlsplit(link.reveal().strip()).query)["data"][0]
        # A plus sign that was not escaped has become a space.
        message = base64.b64decode(data.replace(" ", "+"), validate=True)
        return _migration(message)
    except (KeyError, ValueError, IndexError, binascii.Error):
        raise SeedMalformed(
            "the otpauth-migration link does not parse",
            hint="copy it again, up to its end, or give the picture itself",
        ) from None


def _migration(message: bytes) -> Migration:
    accounts: list[MigratedAccount] = []
    numbers: dict[int, int] = {}
    for number, value in _fields(message):
        if isinstance(value, int):
            numbers[number] = value
        elif number == _ACCOUNT:
            accounts.append(_account(value))
    part, parts = numbers.get(_PART, 0) + 1, numbers.get(_PARTS, 1)
    if not part <= parts <= _MOST_PARTS:
        # Some programs that write such links leave these out, or put nonsense there.
        part = parts = 1
    return Migration(accounts=tuple(accounts), part=part, parts=parts, export=numbers.get(_EXPORT, 0))


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


def _seed(secret: bytes, numbers: dict[int, int]) -> Seed | str:
    if numbers.get(_TYPE, 0) not in _TOTP:
        return "it is counter-based (hotp)" if numbers[_TYPE] == _HOTP else "it is of an unknown kind"
    algorithm = _ALGORITHMS.get(numbers.get(_ALGORITHM, 0))
    digits = _DIGIT_COUNTS.get(numbers.get(_DIGITS, 0))
    if algorithm is None:
        return "it uses an algorithm other than SHA1, SHA256 and SHA512"
    if digits is None:
        return "its codes have neither 6 nor 8 digits"
    try:
        key = parse_key(base64.b32encode(secret).decode())
    except SeedMalformed as problem:
        return problem.message
    return Seed(key=key, algorithm=algorithm, digits=digits)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field (protobuf encoding: varints and length-delimited, others passed over)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if not tag >> 3:
            raise ValueError("no protobuf field has the number 0")
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 2:
                size, at = _varint(message, at)
                yield tag >> 3, message[at : at + size]
                at += size
            case 1:
                at += 8
            case 5:
                at += 4
            case _:
                raise ValueError("no protobuf field has this type")
        if at > len(message):
            raise ValueError("a field is longer than the message")


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
