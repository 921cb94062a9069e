from __future__ import annotations

import json
import os
import resource
import stat
from functools import partial
from pathlib import Path

import pytest

from mfacli.errors import FileUnwritable
from mfacli.store.index import FileIndex, Index, Record, listed_names
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex
from tests.real import run_in_child, run_in_children
from tests.store.standins import RecordingTalk


@pytest.fixture
def talk() -> RecordingTalk:
    return RecordingTalk()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sessions.json"


@pytest.fixture
def index(path: Path, talk: RecordingTalk) -> FileIndex:
    return FileIndex(path, locks=FileLocks([path.parent / "locks"]), talk=talk)


def _put(index: Index, name: str, record: Record) -> None:
    index.change(lambda records: records.update({name: record}))


def _drop_a(records: dict[str, Record]) -> None:
    del records["a"]


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_records_come_back(kind: str, index: FileIndex) -> None:
    tested: Index = index if kind == "file" else MemoryIndex()

    _put(tested, "a", {"profile": "dev", "mfa_at": None})
    _put(tested, "b", {"profile": "生产"})
    changed = tested.change(_drop_a)

    assert tested.read().records == changed == {"b": {"profile": "生产"}}
    assert tested.read().is_complete


def test_an_index_that_was_never_written_is_empty_and_complete(index: FileIndex, path: Path) -> None:
    snapshot = index.read()

    assert (snapshot.records, snapshot.is_complete) == ({}, True)
    assert not path.parent.exists()


def test_the_file_is_for_its_owner_only(index: FileIndex, path: Path) -> None:
    _put(index, "a", {})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'{"version": 2, "records": {}}',
    b'{"version": 1}',
    b'{"version": 1, "records": []}',
    b'{"version": 1, "records": {"a": []}}',
    b'{"version": 1, "records": {"a": {"b": 1}}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: content[:30].decode("latin-1"))
def test_a_damaged_file_is_set_aside_with_a_warning(
    index: FileIndex, path: Path, talk: RecordingTalk, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    first, second = index.read(), index.read()

    assert (first.records, first.is_complete, second.is_complete) == ({}, False, False)
    assert (path.parent / "sessions.json.corrupt").read_bytes() == content
    assert not path.exists()
    assert len(talk.warnings) == 1
    assert "sessions.json.corrupt" in talk.warnings[0]


def test_a_damaged_file_is_set_aside_before_a_change(index: FileIndex, path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"not json")

    _put(index, "a", {"profile": "dev"})

    assert index.read().records == {"a": {"profile": "dev"}}
    assert not index.read().is_complete
    assert (path.parent / "sessions.json.corrupt").read_bytes() == b"not json"


def test_a_damaged_file_that_cannot_be_moved_is_said_once(
    index: FileIndex, path: Path, talk: RecordingTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"not json")

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    snapshots = [index.read(), index.read()]

    assert [snapshot.is_complete for snapshot in snapshots] == [False, False]
    assert len(talk.warnings) == 1


def test_a_file_that_cannot_be_read_counts_as_empty_and_is_said_once(
    index: FileIndex, path: Path, talk: RecordingTalk
) -> None:
    path.mkdir(parents=True)

    snapshots = [index.read(), index.read()]

    assert [(snapshot.records, snapshot.is_complete) for snapshot in snapshots] == [({}, False)] * 2
    assert talk.warnings == [f"the index `{path}` cannot be read: Is a directory"]


def test_a_full_disk_leaves_the_old_index(index: FileIndex, path: Path) -> None:
    _put(index, "a", {"profile": "dev"})

    def grow() -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        try:
            _put(index, "b", {"profile": "x" * 4000})
        except FileUnwritable as problem:
            return problem.message
        return None

    told = run_in_child(grow).result()

    assert told == f"the index `{path}` could not be written: File too large"
    assert index.read().records == {"a": {"profile": "dev"}}


def test_a_directory_that_cannot_be_made_is_told(talk: RecordingTalk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    index = FileIndex(tmp_path / "file" / "sessions.json", locks=FileLocks([tmp_path / "locks"]), talk=talk)

    with pytest.raises(FileUnwritable, match="could not be written"):
        _put(index, "a", {})


def test_twenty_processes_lose_no_record(index: FileIndex, path: Path) -> None:
    children = run_in_children([partial(_put, index, f"f{number}", {}) for number in range(20)])

    assert [child.failure for child in children] == [""] * 20
    assert len(json.loads(path.read_bytes())["records"]) == 20
    assert sorted(file.name for file in path.parent.iterdir()) == ["locks", "sessions.json"]


def test_names_are_listed_without_a_word_on_what_is_wrong(index: FileIndex, path: Path) -> None:
    before = listed_names(path)
    _put(index, "b", {})
    _put(index, "a", {})
    listed = listed_names(path)
    path.write_text("{")

    assert (before, listed, listed_names(path)) == ([], ["a", "b"], [])
    assert path.exists()
