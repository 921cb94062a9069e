"""What the worlds of both clouds are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """A policy document as JSON text; that it is one has been checked."""

    name: str
    text: str


class KeyState(Enum):
    """Whether a long-term key may be used."""

    ACTIVE = "active"
    INACTIVE = "inactive"
