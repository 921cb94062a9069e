"""What a request claims of itself, before any of it is believed: one class for each form of Tencent's signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from mfacli.emulator.tencent.refusals import Rejected, RejectionKind

# Until the year 5138: every number of so many digits is a time.
_LONGEST_STAMP = 11


class SigningForm(Enum):
    """The ways in which a request is signed."""

    NONE = "unsigned"
    TC3 = "TC3-HMAC-SHA256"
    V1 = "HmacSHA1 or HmacSHA256"
    COS = "COS v5"


class V1Method(Enum):
    """The hashes of v1, by their digests' names."""

    HmacSHA1 = "sha1"
    HmacSHA256 = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A request without a signature: `Authorization: SKIP`, or nothing at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tc3Claim:
    """A TC3 signature as it was sent.

    `signed_headers` are in the order sent, which is part of what is signed. `stamp` is `signed_at` as it stands in
    the string to sign; `date` is the scope's.
    """

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str = field(repr=False)
    stamp: str
    signed_at: datetime
    token: str | None = field(repr=False)
    is_body_unsigned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class V1Claim:
    """A signature of v1 as it was sent. `parameters` are all that it covers, by their names as sent."""

    secret_id: str
    method: V1Method
    signature: str = field(repr=False)
    signed_at: datetime
    token: str | None = field(repr=False)
    parameters: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """When a COS signature is good; `text` is how it stands in what is signed."""

    start: datetime
    end: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CosClaim:
    """A COS signature as it was sent, in the header or in a presigned address.

    `signed_headers` and `signed_parameters` are in lower case and decoded. `parameters` are all the address has, but
    for the signature's own. `key_time` is what the signing key was derived for, `sign_time` what was signed with it:
    every client makes them equal, and both must hold.
    """

    secret_id: str
    sign_time: TimeSpan
    key_time: TimeSpan
    signed_headers: tuple[str, ...]
    signed_parameters: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...] = field(repr=False)
    signature: str = field(repr=False)
    token: str | None = field(repr=False)
    is_presigned: bool


Claim = Unsigned | Tc3Claim | V1Claim | CosClaim


def malformed(message_en: str, message_zh: str) -> Rejected:
    """Return the refusal of a signature that cannot be read."""
    return Rejected(RejectionKind.MALFORMED, message_en, message_zh)


def mismatch() -> Rejected:
    """Return the refusal of a signature that is not the request's."""
    return Rejected(RejectionKind.BAD_SIGNATURE)


def moment_of(stamp: str) -> datetime | None:
    """Return the time that unix seconds tell; None where they are no such number."""
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP
    return datetime.fromtimestamp(int(stamp), tz=UTC) if is_number else None
