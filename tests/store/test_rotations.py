from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.rotation import Rotation
from mfacli.errors import FileUnwritable
from mfacli.store.index import FileIndex
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex
from mfacli.store.rotations import IndexedRotations
from tests.doubles import NOON
from tests.store.standins import RecordingTalk

BEGUN = Rotation(
    cloud=Cloud.AWS,
    holder="[dev] in /home/me/.aws/credentials",
    old_id="AKIAOLD",
    known_ids=("AKIAOLD",),
    began_at=NOON,
)


def test_what_is_written_is_found_by_another_process(tmp_path: Path) -> None:
    def log() -> IndexedRotations:
        locks = FileLocks([tmp_path / "locks"])
        return IndexedRotations(FileIndex(tmp_path / "rotations.json", locks=locks, talk=RecordingTalk()))

    log().write(BEGUN)

    assert log().find(Cloud.AWS, BEGUN.holder) == BEGUN
    assert log().find(Cloud.TENCENT, BEGUN.holder) is None
    assert log().find(Cloud.AWS, "dev") is None


def test_what_has_ended_is_gone_and_may_end_again() -> None:
    log = IndexedRotations(MemoryIndex())
    log.write(BEGUN)

    log.end(Cloud.AWS, BEGUN.holder)
    log.end(Cloud.AWS, BEGUN.holder)

    assert log.find(Cloud.AWS, BEGUN.holder) is None


@pytest.mark.parametrize("change", [{"old_id": None}, {"began_at": "noon"}])
def test_a_damaged_line_counts_as_none(change: dict[str, str | None]) -> None:
    index = MemoryIndex()
    log = IndexedRotations(index)
    log.write(BEGUN)
    name = f"aws:{BEGUN.holder}"
    index.change(lambda records: records.update({name: {**records[name], **change}}))

    assert log.find(Cloud.AWS, BEGUN.holder) is None


def test_where_it_cannot_be_written_down_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "rotations.json"
    log = IndexedRotations(FileIndex(path, locks=FileLocks([tmp_path / "locks"]), talk=RecordingTalk()))

    with pytest.raises(FileUnwritable) as problem:
        log.write(BEGUN)

    assert "how far that came" in problem.value.hint
