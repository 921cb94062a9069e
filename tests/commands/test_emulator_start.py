"""`mfacli emulator start`: one emulator to a place, which makes itself ready for its first request unasked."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mfacli.commands.main import run
from mfacli.emulator import server
from mfacli.emulator.plane.moto_world import MotoWorld
from tests.stage import COMMAND, Cloud, clean_environment

_PATIENCE_SECONDS = 30


def test_a_second_one_of_the_same_world_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    refused = subprocess.run(
        [COMMAND, "emulator", "start", "--port", "0"],
        env=clean_environment(tmp_path) | {"MFACLI_STATE_DIR": str(cloud.state)},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )

    assert (refused.returncode, refused.stdout) == (6, "")
    assert refused.stderr == (
        f"mfacli: an emulator at `{cloud.address}` already uses `{cloud.state / 'emulator'}`\n"
        "hint: stop it, or name another place for this one in MFACLI_STATE_DIR\n"
    )


def test_it_warms_up_once_it_has_said_that_it_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    is_warm = threading.Event()
    said_before: list[str] = []

    def warm_up(_: MotoWorld) -> None:
        said_before.append(capfd.readouterr().out)
        is_warm.set()

    def serve(*_: object, on_ready: Callable[[str], None], **__: object) -> None:
        on_ready("http://127.0.0.1:4599")
        is_warm.wait(_PATIENCE_SECONDS)

    monkeypatch.setenv("MFACLI_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(MotoWorld, "warm_up", warm_up)
    monkeypatch.setattr(server, "serve", serve)

    code = run(["emulator", "start", "--ephemeral"])

    assert code == 0
    assert said_before == ["mfacli emulator ready on http://127.0.0.1:4599\n"]
