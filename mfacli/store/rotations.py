"""The log of rotations that have begun and not ended, without any secret."""

from __future__ import annotations

from datetime import datetime

from mfacli.domain.cloud import Cloud
from mfacli.domain.rotation import Rotation
from mfacli.errors import FileUnwritable
from mfacli.store.index import Index, Record
from mfacli.store.payload import read_time, write_time


class IndexedRotations:
    """The `RotationLog` over an index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def find(self, cloud: Cloud, holder: str) -> Rotation | None:
        """Return the one of a holder that has not ended, or None."""
        record = self._index.read().records.get(_name(cloud, holder))
        return _rotation(cloud, holder, record) if record is not None else None

    def write(self, rotation: Rotation) -> None:
        """Write it down, in the place of what was known of it; raises `FileUnwritable`."""
        record = {
            "old_id": rotation.old_id,
            "new_id": rotation.new_id or None,
            "known_ids": " ".join(rotation.known_ids),
            "began_at": write_time(rotation.began_at),
        }
        try:
            self._index.change(lambda records: records.update({_name(rotation.cloud, rotation.holder): record}))
        except FileUnwritable as problem:
            hint = "keys are replaced only where it can be written down how far that came"
            raise FileUnwritable(problem.message, hint=hint) from problem

    def end(self, cloud: Cloud, holder: str) -> None:
        """Take it off the log."""

        def drop(records: dict[str, Record]) -> None:
            records.pop(_name(cloud, holder), None)

        self._index.change(drop)


def _name(cloud: Cloud, holder: str) -> str:
    return f"{cloud.value}:{holder}"


def _rotation(cloud: Cloud, holder: str, record: Record) -> Rotation | None:
    old_id = record.get("old_id")
    if not old_id:
        return None
    try:
        began_at: datetime = read_time(record.get("began_at") or "")
    except ValueError:
        return None
    return Rotation(
        cloud=cloud,
        holder=holder,
        old_id=old_id,
        new_id=record.get("new_id") or "",
        known_ids=tuple((record.get("known_ids") or "").split()),
        began_at=began_at,
    )
