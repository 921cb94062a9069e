"""Which keys sign the first call, as far as it is the same with both clouds."""

from __future__ import annotations

from dataclasses import dataclass

from mfacli.domain.plan import KeysFrom, KeySource


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """Where the first call's keys are; `are_temporary` tells a session's, which get no code and no session.

    `passed_over` says which others there are in plain text, for people; mostly it is empty.
    """

    source: KeySource
    are_temporary: bool
    passed_over: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What -v says of them."""
        also = (f"the keys in {self.passed_over} are passed over",) if self.passed_over else ()
        return (f"keys from {self.source}", *also)


# Where a profile is that is written nowhere else, for people.
IN_KEYRING = "the keyring (`mfacli keys list`)"


def kept_keys(profile: str, access_key_id: str, *, passed_over: str = "") -> SigningKeys:
    """Return the keys that rest in the keyring as a profile's. Only long-term ones are kept there."""
    source = KeySource(kind=KeysFrom.KEYRING, access_key_id=access_key_id, profile=profile)
    return SigningKeys(source=source, are_temporary=False, passed_over=passed_over)


def hidden_keys(opened_with: str) -> SigningKeys:
    """Return the long-term keys that the session in the environment was opened with, and has taken the place of."""
    source = KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=opened_with)
    return SigningKeys(source=source, are_temporary=False)
