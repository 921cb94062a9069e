"""For tests marked `real`: the tools they need, and children that run as somebody else.

A missing tool skips the test on a desk and fails it in CI, where everything is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


def require_tool(name: str) -> str:
    """Return the path of the program `name`; without it, skip (in CI: fail)."""
    path = shutil.which(name)
    require(path is not None, f"`{name}` is not installed")
    assert path is not None
    return path


def require_nushell() -> str:
    """Return the path of Nushell: on the PATH, or the binary that npm's package `nushell` brings with it."""
    modules = Path(os.environ.get("MFACLI_TEST_NODE_MODULES", "/"))
    found = shutil.which("nu") or next((str(path) for path in modules.glob("@nushell/*/bin/nu")), None)
    require(found is not None, "`nu` is not installed")
    assert found is not None
    return found


def require(condition: bool, reason: str) -> None:
    """Skip the test unless `condition` holds; in CI, fail it."""
    if condition:
        return
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"needed in CI: {reason}")
    pytest.skip(reason)


def require_root() -> None:
    """Skip the test unless it may become another user; that is so in CI too."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can become another user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """How a child process ended: what its function returned, or how it failed."""

    answer: object = None
    failure: str = ""

    def result(self) -> object:
        """Return the answer; fails the test where there is none."""
        assert not self.failure, self.failure
        return self.answer


def run_in_child(function: Callable[[], object], *, uid: int | None = None) -> Child:
    """Run `function` in a forked child, as user `uid` where one is given; it returns something JSON can carry.

    A fork, not a new interpreter: another user may not be able to read the one that runs the tests.
    """
    return run_in_children([function], uid=uid)[0]


def run_in_children(functions: Sequence[Callable[[], object]], *, uid: int | None = None) -> list[Child]:
    """Run all `functions` at the same time, each in a child of its own, and return how they ended."""
    started = [_start(function, uid) for function in functions]
    return [_collect(pid, reader) for pid, reader in started]


def _start(function: Callable[[], object], uid: int | None) -> tuple[int, int]:
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of forks in a process with threads; those left behind here wait and hold nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _live(function, uid, writer)
    os.close(writer)
    return pid, reader


def _live(function: Callable[[], object], uid: int | None, writer: int) -> None:
    try:
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        text = json.dumps({"answer": function(), "failure": ""})
    except BaseException:
        text = json.dumps({"answer": None, "failure": traceback.format_exc()})
    with os.fdopen(writer, "w") as pipe:
        pipe.write(text)
    sys.stdout.flush()
    # Not even `os._exit`: what the parent has registered for its own end must not run here.
    os.kill(os.getpid(), signal.SIGKILL)


def _collect(pid: int, reader: int) -> Child:
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    if not text:
        return Child(failure="killed before it answered")
    told = json.loads(text)
    return Child(answer=told["answer"], failure=told["failure"])
