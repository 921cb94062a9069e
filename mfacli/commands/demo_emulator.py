"""The demo's emulator, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mfacli.commands.demo_signals import deaf_to_signals
from mfacli.emulator.running import RunningEmulator, read_state
from mfacli.errors import EmulatorProblem

# -P: what lies in the directory at hand is no part of mfacli.
MFACLI = (sys.executable, "-P", "-m", "mfacli")
_START_SECONDS = 30
_STOP_SECONDS = 15


@contextmanager
def emulator_process(environment: Mapping[str, str], *, said: Path) -> Iterator[RunningEmulator]:
    """Run an emulator for the length of a `with`; what it says on stderr goes to the file `said`."""
    with said.open("w") as errors:
        process = subprocess.Popen(
            [*MFACLI, "emulator", "start", "--port", "0", "--ephemeral"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        _wait_until_ready(process, said)
        yield read_state(Path(environment["MFACLI_STATE_DIR"]) / "emulator")
    finally:
        deaf_to_signals()
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[str], said: Path) -> None:
    assert process.stdout is not None
    patience = threading.Timer(_START_SECONDS, process.kill)
    patience.daemon = True
    patience.start()
    try:
        line = process.stdout.readline()
    finally:
        # Also where this waiting is interrupted: the timer would keep the process from ending.
        patience.cancel()
    if "ready" not in line:
        lines = said.read_text().strip().splitlines()
        raise EmulatorProblem(
            f"the emulator did not start: {lines[0] if lines else f'no word in {_START_SECONDS} s'}",
            hint="`mfacli emulator start -v` shows more",
        )


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
