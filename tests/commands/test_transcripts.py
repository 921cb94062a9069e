"""Every command's successes and failures, as transcripts: streams, exit codes, calls, files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.player import play
from tests.stage import Guests
from tests.transcript import Scene, read_scenes

TRANSCRIPTS = Path(__file__).parent.parent / "transcripts"


def scenes(folder: Path) -> list[object]:
    return [
        pytest.param(scene, id=f"{path.stem}: {scene.name}")
        for path in sorted(folder.glob("*.txt"))
        for scene in read_scenes(path)
    ]


@pytest.mark.parametrize("scene", scenes(TRANSCRIPTS))
def test_transcript(scene: Scene, guests: Guests) -> None:
    play(scene, guests(scene.kind))


@pytest.mark.parametrize("scene", scenes(TRANSCRIPTS / "ceremonies"))
def test_ceremony(scene: Scene, steady_guests: Guests) -> None:
    """A phone's codes are made here: the cloud's time is this machine's."""
    play(scene, steady_guests(scene.kind))
