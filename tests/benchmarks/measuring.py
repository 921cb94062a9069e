"""How long programs take, in rounds: each once a round, and another one first each time.

A machine's speed drifts more within minutes than these programs differ: ratios of one run say something, milliseconds
of two do not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
_QUIETLY = ("-q", "--disable-pip-version-check")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is measured; `wanted` is the ratio to a bare Python that it is held to."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    wanted: float | None = None


def environment_of(home: Path) -> dict[str, str]:
    """Return what a program needs to run under a home, and nothing else."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "USER": "bench"}


def installed(venv: Path, *, pip: str = "pip") -> Path:
    """Return the Python of a new environment that mfacli has been installed in, from a wheel, by the pip given."""
    source, wheels = venv.parent / "source", venv.parent / "wheels"
    ignored = shutil.ignore_patterns(".*", "build", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, source, ignore=ignored)
    python = python_with(venv, [], pip=pip)
    subprocess.run([*_pip(python), "wheel", *_QUIETLY, "--no-deps", "-w", wheels, source], check=True)
    subprocess.run([*_pip(python), "install", *_QUIETLY, *wheels.iterdir()], check=True)
    return python


def python_with(venv: Path, packages: Sequence[str], *, pip: str = "pip") -> Path:
    """Return the Python of a new environment with `packages`, installed by the pip given."""
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = venv / "bin" / "python"
    subprocess.run([*_pip(python), "install", *_QUIETLY, "-U", pip], check=True)
    if packages:
        subprocess.run([*_pip(python), "install", *_QUIETLY, *packages], check=True)
    return python


def measured(programs: Sequence[Program], rounds: int) -> dict[str, list[float]]:
    """Return how many milliseconds each took, round by round."""
    taken: dict[str, list[float]] = {program.name: [] for program in programs}
    for number in range(rounds):
        first = number % len(programs)
        for program in [*programs[first:], *programs[:first]]:
            taken[program.name].append(_milliseconds(program))
    return taken


def _milliseconds(program: Program) -> float:
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    started = time.perf_counter()
    child = os.posix_spawn(program.command[0], program.command, dict(program.environment), file_actions=nowhere)
    _, status = os.waitpid(child, 0)
    taken = (time.perf_counter() - started) * 1000
    if status != 0:
        raise SystemExit(f"`{program.name}` failed")
    return taken


def run(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Return what a command prints; leaves the benchmark where it fails."""
    finished = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"`{' '.join(command[:3])}` failed")
    return finished.stdout


def _pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip"]
