"""Carries what is kept from one place to another, entry by entry.

Each is written to the new place, read back there, and only then removed from the old one, if it is still the same
there. So at every moment there is at least one whole, and whoever was interrupted runs it again. One that cannot be
moved stays where it is, and keeps no other from being moved.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device
from mfacli.errors import Cancelled, InputNotAllowed, KeyringUnusable, KeysGone, MfacliError
from mfacli.interfaces import Entry, KeyStore, SeedStore, SessionStore

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of one entry: `place` says where it rests now, or `problem` why it stays where it was.

    `place` is empty where it had gone meanwhile.
    """

    what: str
    name: str
    place: str = ""
    problem: MfacliError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carrying(Generic[Thing]):
    """One entry's ways in and out of both places; `settle` says which of two different ones counts."""

    what: str
    name: str
    read: Callable[[], Thing | None]
    read_there: Callable[[], Thing | None]
    keep_there: Callable[[Thing], str]
    remove: Callable[[], object]
    settle: Callable[[Thing, Thing], Thing]


def move_sessions(source: SessionStore, target: SessionStore, *, now: datetime) -> Iterator[Moved]:
    """Move the sessions of `source` to `target`; of two under one name, the one that lives longer counts.

    Those that have expired by `now` are removed.
    """
    for entry in source.entries():
        yield _carried(_session(entry, source, target, now=now))


def move_seeds(source: SeedStore, target: SeedStore) -> Iterator[Moved]:
    """Move the seeds of `source` to `target`."""
    for device in source.devices_with_seed():
        yield _carried(_seed(device, source, target))


def move_keys(source: KeyStore, target: KeyStore) -> Iterator[Moved]:
    """Move the long-term keys of `source` to `target`."""
    for kept in source.kept_keys():
        yield _carried(_keys(kept.cloud, kept.profile, source, target))


def _session(entry: Entry, source: SessionStore, target: SessionStore, *, now: datetime) -> _Carrying[Session]:
    name = entry.fingerprint

    def read() -> Session | None:
        if entry.expires_at <= now:
            source.forget(name)
            return None
        return source.find(name)

    def read_there() -> Session | None:
        # One that is not listed would not be looked for there.
        is_listed = any(other.fingerprint == name for other in target.entries())
        return target.find(name) if is_listed else None

    return _Carrying(
        what="session",
        name=entry.profile,
        read=read,
        read_there=read_there,
        keep_there=lambda session: target.keep(
            name, session, profile=entry.profile, kind=entry.kind, opened_with=entry.opened_with
        ),
        remove=lambda: source.forget(name),
        settle=lambda here, there: max(here, there, key=lambda session: session.expires_at),
    )


def _seed(device: Device, source: SeedStore, target: SeedStore) -> _Carrying[Seed]:
    def read() -> Seed | None:
        seed = source.find_seed(device)
        if seed is None and device in source.devices_with_seed():
            raise KeyringUnusable(
                "it was kept in another keyring than the one that is chosen now",
                hint="`mfacli store` says where; choose that one, and move again",
            )
        return seed

    return _Carrying(
        what="seed",
        name=device.key,
        read=read,
        read_there=lambda: target.find_seed(device),
        keep_there=lambda seed: target.keep_seed(device, seed),
        remove=lambda: source.forget_seed(device),
        settle=_refuse_two(
            f"seed of {device.name}",
            test=f"device test --device {device.serial}",
            remove=f"device remove --device {device.serial}",
        ),
    )


def _keys(cloud: Cloud, profile: str, source: KeyStore, target: KeyStore) -> _Carrying[Keys]:
    def read() -> Keys | None:
        try:
            return source.find_keys(cloud, profile)
        except KeysGone:
            # A move was killed when it had emptied the place, and not yet the list.
            if target.find_keys(cloud, profile) is None:
                raise
            source.forget_keys(cloud, profile)
            return None

    quoted = shlex.quote(profile)
    return _Carrying(
        what="keys",
        name=f"{cloud.value}:{profile}",
        read=read,
        read_there=lambda: target.find_keys(cloud, profile),
        keep_there=lambda keys: target.keep_keys(cloud, profile, keys),
        remove=lambda: source.forget_keys(cloud, profile),
        settle=_refuse_two(
            f"keys of profile {profile}", test=f"whoami -p {quoted}", remove=f"keys remove -p {quoted}"
        ),
    )


def _refuse_two(what: str, *, test: str, remove: str) -> Callable[[Thing, Thing], Thing]:
    def refuse(here: Thing, there: Thing) -> Thing:
        raise KeyringUnusable(
            f"both places have the {what}, and they differ",
            hint=f"with MFACLI_STORE=keyring and MFACLI_STORE=file before it, `mfacli {test}` tells which is right; "
            f"`mfacli {remove}` removes the other, and then it can be moved",
        )

    return refuse


def _carried(carrying: _Carrying[Thing]) -> Moved:
    try:
        place = _carry(carrying)
    except (InputNotAllowed, Cancelled):
        # Nor will the next one be had.
        raise
    except MfacliError as problem:
        return Moved(what=carrying.what, name=carrying.name, problem=problem)
    return Moved(what=carrying.what, name=carrying.name, place=place)


def _carry(carrying: _Carrying[Thing]) -> str:
    place = ""
    written: Thing | None = None
    # It may be replaced while it is carried, by a newer session or a rotation.
    for _ in range(3):
        here = carrying.read()
        if here is None:
            return place
        there = carrying.read_there()
        wanted = here if there is None or there in (here, written) else carrying.settle(here, there)
        # Also where it is there already: it says where that is, and lists what a kill may have left unlisted.
        place = carrying.keep_there(wanted)
        written = wanted
        if carrying.read_there() != wanted:
            raise KeyringUnusable(f"{place} does not give back what it has just taken", hint="nothing was removed")
        if carrying.read() == here:
            carrying.remove()
            return place
    raise KeyringUnusable("it changes while it is moved", hint="end what is renewing it, and move again")
