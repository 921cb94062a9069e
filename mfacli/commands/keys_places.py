"""Where this machine has long-term keys: in the keyring, and in the clouds' own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.errors import MfacliError


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """A profile, and a place that has long-term keys of it."""

    profile: str
    source: KeySource


@contextmanager
def alone_with_keys(desk: Desk, clouds: Iterable[Cloud] = Cloud) -> Iterator[None]:
    """Let nobody else change where long-term keys of these clouds are, such as a rotation in the middle of it."""
    with ExitStack() as locks:
        # In one order, or two could wait for each other.
        for name in sorted({cloud.value for cloud in clouds}):
            locks.enter_context(desk.locks.hold(f"rotation {name}"))
        yield


def key_places(desk: Desk, cloud: Cloud) -> Sequence[KeyPlace]:
    """Return all places of a cloud's keys; a profile may have two. What cannot be read is passed over."""
    found = [
        KeyPlace(profile=name, source=KeySource(kind=KeysFrom.KEYRING, access_key_id=key_id, profile=name))
        for name, key_id in desk.kept_as(cloud).items()
    ]
    for name in desk.planning.profiles_of(cloud):
        try:
            plain = desk.planning.plain_keys(cloud, name)
        except MfacliError as problem:
            desk.terminal.detail(problem.message)
            continue
        if plain is not None and not plain.keys.is_temporary:
            found.append(KeyPlace(profile=name, source=plain.source))
    return found


def put_keys(desk: Desk, cloud: Cloud, source: KeySource, keys: Keys) -> str:
    """Put `keys` in the place of those at `source`, whole or not at all; returns where they rest."""
    from mfacli.output.plain_keys import replace_plain_keys

    if source.kind is KeysFrom.KEYRING:
        return desk.keys.keep_keys(cloud, source.profile, keys)
    return str(replace_plain_keys(source, keys))


def put_where_named(desk: Desk, cloud: Cloud, place: KeyPlace, keys: Keys) -> str:
    """Put `keys` there as `put_keys` does; returns the place with the profile that has it."""
    where = put_keys(desk, cloud, place.source, keys)
    return f"{where}, as profile {place.profile}'s" if place.source.kind is KeysFrom.KEYRING else str(place.source)
