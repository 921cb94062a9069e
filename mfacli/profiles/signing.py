"""Which keys sign the first call, as far as it is the same with both clouds."""

from __future__ import annotations

from dataclasses import dataclass

from mfacli.domain.plan import KeysFrom, KeySource


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """Where the first call's keys are; `are_temporary` tells a session's, which get no code and no session."""

    source: KeySource
    are_temporary: bool


def hidden_keys(opened_with: str) -> SigningKeys:
    """Return the long-term keys that the session in the environment was opened with, and has taken the place of."""
    source = KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=opened_with)
    return SigningKeys(source=source, are_temporary=False)
