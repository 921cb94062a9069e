"""Every command's successes and failures, as transcripts: streams, exit codes, calls, files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stage import Guests
from tests.transcript import Scene, play, read_scenes

TRANSCRIPTS = sorted((Path(__file__).parent.parent / "transcripts").glob("*.txt"))
SCENES = [pytest.param(scene, id=f"{path.stem}: {scene.name}") for path in TRANSCRIPTS for scene in read_scenes(path)]


@pytest.mark.parametrize("scene", SCENES)
def test_transcript(scene: Scene, guests: Guests) -> None:
    play(scene, guests(scene.kind))
