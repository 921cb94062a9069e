"""The transcripts' player itself: what is not as it is written fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.player import play
from tests.stage import Guests
from tests.transcript import Scene, read_scenes


def scene_of(text: str, folder: Path) -> Scene:
    (folder / "scene.txt").write_text(text)
    (scene,) = read_scenes(folder / "scene.txt")
    return scene


@pytest.mark.parametrize(
    "text",
    [
        "== a line\n$ mfacli status\n! you have no sessions at all\n",
        "== a code\n$ mfacli status\n> …\n! …\nexit 3\n",
        "== a call\n$ mfacli status\n> …\n! …\ncalls sts:GetSessionToken\n",
        "== a file\n$ mfacli status\n> …\n! …\nabsent .aws/config\n",
        "== a line at a terminal\n% mfacli status\n> you have no sessions at all\n",
        "== a question\n% mfacli status\n? your name:\n< me\n",
        "== silence at a terminal\n% mfacli status\n",
    ],
    ids=lambda text: text.splitlines()[0].removeprefix("== "),
)
def test_what_is_otherwise_than_written_fails(text: str, guests: Guests, tmp_path: Path) -> None:
    scene = scene_of(text, tmp_path)

    with pytest.raises(AssertionError):
        play(scene, guests("own"))


def test_a_mark_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"scene\.txt, line 3: `\? name` means nothing"):
        scene_of("== a question without a terminal\n$ mfacli status\n? name\n", tmp_path)
