"""A rotation of long-term keys that has begun: what is known of it, and what that means for the keys in the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import CloudKey

# The call follows the note in the log at once; clouds write whole seconds, and networks take their time.
_BEFORE, _AFTER = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """It is written down before new keys are made, and again as soon as their id is known, before they are stored.

    `holder` says whose keys they are: the profile in the keyring, or the place in a file. `new_id` is empty until it
    is known. `known_ids` are the user's keys from before, and `began_at` is by the cloud's clock.
    """

    cloud: Cloud
    holder: str
    old_id: str
    known_ids: tuple[str, ...]
    began_at: datetime
    new_id: str = ""


class Standing(Enum):
    """How far an interrupted rotation has come, by the keys that the profile has now."""

    NOT_STORED = "the profile has its old keys; new ones may have been made, and nobody has their secret"
    STORED = "the profile has its new keys; the old ones may still be there"
    OVERTAKEN = "the profile has other keys altogether"


def standing_of(rotation: Rotation, current_id: str) -> Standing:
    """Return how far `rotation` has come, where the profile's keys are now those with the id `current_id`."""
    if current_id == rotation.old_id:
        return Standing.NOT_STORED
    return Standing.STORED if current_id == rotation.new_id else Standing.OVERTAKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Strays:
    """Keys in the cloud that were not there when a rotation began.

    `sure` were certainly made by it, `doubtful` perhaps by somebody else.
    """

    sure: tuple[CloudKey, ...] = ()
    doubtful: tuple[CloudKey, ...] = ()


def strays_of(rotation: Rotation, listed: Sequence[CloudKey]) -> Strays:
    """Return which of the user's keys an interrupted rotation may have made without storing them."""
    unknown = [key for key in listed if key.access_key_id not in rotation.known_ids]
    sure = [key for key in unknown if _was_made_by(rotation, key)]
    return Strays(sure=tuple(sure), doubtful=tuple(key for key in unknown if key not in sure))


def _was_made_by(rotation: Rotation, key: CloudKey) -> bool:
    if rotation.new_id:
        return key.access_key_id == rotation.new_id
    if key.created_at is None:
        return False
    return -_BEFORE <= key.created_at - rotation.began_at <= _AFTER
