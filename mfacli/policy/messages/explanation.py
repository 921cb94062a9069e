"""A refusal explained: what happened, what was probably missing, and the commands that get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from mfacli.domain.cloud import Cloud


class Layer(Enum):
    """What refused, by the names that AWS' messages use."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    ENDPOINT = "VPC endpoint policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """What a message says of a denied request; what it does not say is empty, None where yes or no is meant.

    `action` is as policies name it, whatever the service printed.
    """

    principal: str = ""
    action: str = ""
    resource: str = ""
    layer: Layer | None = None
    policy: str = ""
    explicit: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A command, and what it does about it."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A refusal in words. `causes` are what may have been missing, the likeliest first.

    `encoded` is EC2's encoded message, empty where there is none or where it has been decoded.
    """

    cloud: Cloud
    code: str
    operation: str
    meaning: str
    causes: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    denial: Denial | None = None
    encoded: str = field(default="", repr=False)
