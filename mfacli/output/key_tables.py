"""Long-term keys as a table for people, as one record per line, and as JSON; none of it holds a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mfacli.domain.credentials import CloudKey, LastUse, last_four
from mfacli.output.documents import Json, age_seconds, document_text
from mfacli.output.times import iso_utc
from mfacli.output.words import printable, rough

_HEADERS = ("profile", "cloud", "key", "status", "age", "last used", "rests in")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """Keys of a profile here.

    `place` says where they rest, and `is_plain` that it is a file anybody with this account can read. `is_used` is
    False for those that others of the same profile go before. `known` and `use` are what the cloud says of them
    (None: nothing). `since` is when they came into the keyring.
    """

    profile: str
    cloud: str
    access_key_id: str
    place: str
    is_plain: bool
    is_used: bool = True
    since: datetime | None = None
    known: CloudKey | None = None
    use: LastUse | None = None

    @property
    def status(self) -> str:
        """Whether the keys are good, as far as the cloud says, and whether they are used here."""
        words = [] if self.known is None else ["active" if self.known.is_active else "inactive"]
        return ", ".join([*words, *([] if self.is_used else ["passed over"])])

    @property
    def made_at(self) -> datetime | None:
        """When the cloud made them, where it says."""
        return self.known.created_at if self.known else None


def keys_table(keys: Sequence[ListedKey], *, now: datetime) -> str:
    """Return the table, its columns as wide as they must be."""
    rows = [_HEADERS, *(_cells(key, now) for key in keys)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADERS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cells(key: ListedKey, now: datetime) -> tuple[str, ...]:
    age = _age(now - key.made_at) if key.made_at else f"over {_age(now - key.since)}" if key.since else ""
    cells = (key.profile, key.cloud, last_four(key.access_key_id), key.status, age, _used(key, now), key.place)
    return tuple(printable(cell) or "-" for cell in cells)


def _used(key: ListedKey, now: datetime) -> str:
    if key.use is None:
        return ""
    if key.use.at is None:
        return "never"
    service = f" ({key.use.service})" if key.use.service else ""
    return f"{_age(now - key.use.at)} ago{service}"


def _age(duration: timedelta) -> str:
    """Return an age in words: in days, as keys are old."""
    return f"{duration.days} days" if duration >= timedelta(days=2) else rough(duration)


def keys_lines(keys: Sequence[ListedKey]) -> str:
    """Return one record per line, its fields divided by tabs, `-` for what is not known.

    profile, cloud, last four of the key id, status, made at, last used at, place.
    """
    return "".join("\t".join(printable(field) or "-" for field in _fields(key)) + "\n" for key in keys)


def _fields(key: ListedKey) -> tuple[str, ...]:
    used = key.use.at if key.use else None
    return (
        key.profile,
        key.cloud,
        key.access_key_id[-4:],
        key.status,
        iso_utc(key.made_at) if key.made_at else "",
        iso_utc(used) if used else "",
        key.place,
    )


def keys_document(keys: Sequence[ListedKey], *, now: datetime) -> str:
    """Return one JSON document."""
    return document_text({"keys": [_facts(key, now) for key in keys]})


def _facts(key: ListedKey, now: datetime) -> Mapping[str, Json]:
    used = key.use.at if key.use else None
    return {
        "profile": key.profile,
        "cloud": key.cloud,
        "access_key_id": key.access_key_id,
        "place": key.place,
        "plain": key.is_plain,
        "used_here": key.is_used,
        "kept_since": iso_utc(key.since) if key.since else None,
        "active": key.known.is_active if key.known else None,
        "created_at": iso_utc(key.made_at) if key.made_at else None,
        "age_seconds": age_seconds(key.made_at, now),
        "last_used_at": iso_utc(used) if used else None,
        "last_used_for": (key.use.service or None) if key.use else None,
    }
