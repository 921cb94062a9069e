from __future__ import annotations

import pytest

from mfacli.checks.files import FileFacts, check_file
from mfacli.checks.finding import Level, MakePrivate


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o644, "can be read by everybody (mode 0644)"),
        (0o640, "can be read by its group (mode 0640)"),
        (0o666, "can be written by everybody (mode 0666)"),
        (0o100620, "can be written by its group (mode 0620)"),
    ],
)
def test_what_others_can_open_is_bad_and_can_be_mended(mode: int, words: str) -> None:
    (found,) = check_file(FileFacts(path="/a b", mode=mode))

    assert (found.level, found.cure, found.mend) == (Level.BAD, "chmod go-rwx '/a b'", MakePrivate(path="/a b"))
    assert words in found.what


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o100600])
def test_what_is_its_owners_alone_is_good(mode: int) -> None:
    (found,) = check_file(FileFacts(path="/c", mode=mode))

    assert found.level is Level.GOOD


def test_files_that_come_and_go_are_told_only_where_they_are_bad() -> None:
    (found,) = check_file(FileFacts(path="/c", mode=0o644, is_passing=True))

    assert found.level is Level.BAD
    assert list(check_file(FileFacts(path="/c", mode=0o600, is_passing=True))) == []
