"""What a rotation works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.interfaces import Clock, IdentityProvider, KeyMaker, Prompter, RotationLog, Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationParts:
    """What a rotation works with.

    `put` puts new keys in the place of the profile's and returns where they rest; `put_elsewhere` does that wherever
    else this machine has the key with an id, and returns those places. `open_session` opens an MFA session and
    returns its keys, None where there is no device. `used_by` says in words who here has a key, by its id: profile
    `ci` (the keyring, as profile ci's).
    """

    maker: KeyMaker
    identities: IdentityProvider
    log: RotationLog
    clock: Clock
    prompter: Prompter
    talk: Talk
    put: Callable[[Keys], str]
    put_elsewhere: Callable[[str, Keys], Sequence[str]]
    open_session: Callable[[Plan], Keys | None]
    used_by: Mapping[str, str]


def holder_of(plan: Plan) -> str:
    """Return the name under which the log knows where a plan's keys are."""
    return plan.key_source.profile or str(plan.key_source)
