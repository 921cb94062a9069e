"""A one-time code on its way to STS, and the seed that one can be derived from.

The arithmetic of RFC 6238 is pyotp's; these are the values around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from mfacli.domain.secret import Secret


class CodeOrigin(Enum):
    """Where a code came from, which decides what a rejection of it means."""

    GIVEN = "given"
    TYPED = "typed"
    DERIVED = "derived"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code to be sent once.

    `step` is the RFC 6238 time step it was derived for (None where it is not known).
    """

    digits: Secret
    origin: CodeOrigin
    step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A device's shared secret with its parameters (RFC 6238; the key-uri format's names).

    `key` is base32 without padding or spaces. `algorithm` is SHA1, SHA256 or SHA512, `period` whole seconds.
    """

    key: Secret
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30

    def step_at(self, moment: datetime) -> int:
        """Return the time step T of RFC 6238 section 4.2 at `moment`."""
        return int(moment.timestamp()) // self.period

    def starts_at(self, step: int) -> datetime:
        """Return when `step` begins."""
        return datetime.fromtimestamp(step * self.period, tz=UTC)
