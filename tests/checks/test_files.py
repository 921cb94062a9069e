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
    (found,) = check_file(FileFacts(path="/c", mode=mode))

    assert (found.level, found.cure, found.mend) == (Level.BAD, "chmod 600 /c", MakePrivate(path="/c"))
    assert words in found.what


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o100600])
def test_what_is_its_owners_alone_is_good(mode: int) -> None:
    (found,) = check_file(FileFacts(path="/c", mode=mode))

    assert found.level is Level.GOOD
