"""Hands this process over to another program: its exit code, its signals and its terminal become ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from mfacli.errors import CommandNotExecutable, CommandNotFound


def become(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Run `command` in `environment` in place of this process; never returns.

    Raises `CommandNotFound` or `CommandNotExecutable`. Where a process cannot be replaced (Windows) the command
    runs as a child, and its exit code is handed on.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        if sys.platform == "win32":
            sys.exit(_run_as_child(command, environment))
        _give_back_signals()
        os.execvpe(command[0], list(command), dict(environment))
    except FileNotFoundError as problem:
        raise CommandNotFound(
            f"there is no command `{command[0]}`", hint="it is looked for along PATH; a full path works too"
        ) from problem
    except OSError as problem:
        why = (problem.strerror or "unknown reason").lower()
        raise CommandNotExecutable(f"`{command[0]}` cannot be run: {why}") from problem


def _give_back_signals() -> None:
    # Python ignores these two, and what is ignored stays ignored across exec: `mfacli exec -- yes | head` would hang.
    for name in ("SIGPIPE", "SIGXFSZ"):
        with contextlib.suppress(AttributeError):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _run_as_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    # The console sends Ctrl-C to the child as well; only the child is to decide what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run(list(command), env=dict(environment), check=False).returncode
