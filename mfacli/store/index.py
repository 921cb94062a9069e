"""The index: what is kept where, without any secret, because keyrings cannot list what they hold.

A JSON file that only this user can read, changed under a lock and replaced whole. Losing it loses no secret; a
damaged one is set aside with a warning.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mfacli.errors import FileUnwritable
from mfacli.interfaces import Locks, Talk
from mfacli.private_files import make_private_directory, replace_privately

VERSION = 1

Record = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The index as it was when it was read.

    `is_complete` False means that something may be kept that no record speaks of.
    """

    records: Mapping[str, Record]
    is_complete: bool = True


class Index(Protocol):
    """Records under the names of what they describe."""

    def read(self) -> Snapshot:
        """Return all records."""

    def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
        """Let `edit` change the records, with nobody in between; returns them. Raises `FileUnwritable`."""


class FileIndex:
    """An `Index` in the file `path`, whose directory is made where it is missing."""

    def __init__(self, path: Path, *, locks: Locks, talk: Talk) -> None:
        self._path = path
        self._locks = locks
        self._talk = talk
        self._said = set[str]()

    def read(self) -> Snapshot:
        """Return all records; what cannot be read counts as empty, and is said."""
        try:
            records = self._load()
        except OSError as problem:
            self._warn_once(f"the index `{self._path}` cannot be read: {problem.strerror}")
            return Snapshot(records={}, is_complete=False)
        if records is None:
            self._set_aside_damaged()
            return Snapshot(records={}, is_complete=False)
        return Snapshot(records=records, is_complete=not self._aside.exists())

    def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
        """Let `edit` change the records under the lock and write them."""
        try:
            make_private_directory(self._path.parent)
            with self._lock():
                records = self._load()
                if records is None:
                    self._set_aside()
                    records = {}
                edit(records)
                replace_privately(self._path, _render(records))
        except OSError as problem:
            raise FileUnwritable(
                f"the index `{self._path}` could not be written: {problem.strerror}",
                hint="without it `mfacli status` and `mfacli forget --all` do not know of what is kept",
            ) from problem
        return records

    @property
    def _aside(self) -> Path:
        return self._path.with_name(f"{self._path.name}.corrupt")

    def _lock(self) -> AbstractContextManager[None]:
        return self._locks.hold(f"index {self._path}")

    def _load(self) -> dict[str, Record] | None:
        try:
            return _parse(self._path.read_bytes())
        except FileNotFoundError:
            return {}

    def _set_aside_damaged(self) -> None:
        try:
            with self._lock():
                # Another process may have done it since, and have written a good one.
                if self._load() is None:
                    self._set_aside()
        except (OSError, FileUnwritable):
            self._warn_once(f"the index `{self._path}` is damaged, and cannot be moved out of the way")

    def _warn_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._talk.warn(text)

    def _set_aside(self) -> None:
        os.replace(self._path, self._aside)  # noqa: PTH105 - the same call, without a Path in between
        self._talk.warn(
            f"the index `{self._path}` was damaged, or written by another version: it is now `{self._aside.name}`, "
            "and a new one begins; delete it once nothing is missing"
        )


def listed_names(path: Path) -> list[str]:
    """Return the names of the records in the index at `path`, for completion: silent about whatever is wrong."""
    try:
        return sorted(_parse(path.read_bytes()) or {})
    except OSError:
        return []


def _render(records: Mapping[str, Record]) -> bytes:
    return json.dumps({"version": VERSION, "records": records}, indent=1, sort_keys=True).encode() + b"\n"


def _parse(content: bytes) -> dict[str, Record] | None:
    """Return the records, or None where `content` is not an index of this version."""
    try:
        document: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return None
    records = document.get("records")
    if not isinstance(records, dict) or not all(_is_record(record) for record in records.values()):
        return None
    return records


def _is_record(record: object) -> bool:
    return isinstance(record, dict) and all(value is None or isinstance(value, str) for value in record.values())
