"""Hands this process over to another program: its exit code, its signals and its terminal become ours."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from mfacli.errors import CommandNotExecutable, CommandNotFound


def forbid_core_files() -> int | None:
    """Keep a crash from leaving a core file, which would hold every key in memory.

    Returns the limit before, for the command that this process may become; None where there is no such limit.
    """
    if sys.platform == "win32":
        return None
    import resource

    before, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    return before


def look_for(command: str, environment: Mapping[str, str]) -> None:
    """Raise `CommandNotFound` where `command` is nowhere, so that no code is asked for in vain."""
    # Windows looks in more places, under more names.
    if sys.platform == "win32":
        return
    folders = [""] if os.sep in command else os.get_exec_path(environment)
    if not command or not any(os.path.lexists(os.path.join(folder, command)) for folder in folders):  # noqa: PTH118
        raise not_found(command)


def become(command: Sequence[str], environment: Mapping[str, str], *, core_limit: int | None) -> NoReturn:
    """Run `command` in `environment` in place of this process; never returns.

    `core_limit` is what `forbid_core_files` returned: core files of the command are its own business. Raises
    `CommandNotFound` or `CommandNotExecutable`. Where a process cannot be replaced (Windows) the command runs as a
    child, and its exit code is handed on.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        if sys.platform == "win32":
            sys.exit(_run_as_child(command, environment))
        _give_back_signals()
        give_back_core_files(core_limit)
        os.execvpe(command[0], list(command), dict(environment))
    except FileNotFoundError as problem:
        raise not_found(command[0]) from problem
    except OSError as problem:
        raise not_executable(command[0], problem) from problem


def not_executable(command: str, problem: OSError) -> CommandNotExecutable:
    """Return the error for a command that the system will not run."""
    return CommandNotExecutable(f"`{command}` cannot be run: {(problem.strerror or 'unknown reason').lower()}")


def not_found(command: str) -> CommandNotFound:
    """Return the error for a command that is nowhere."""
    return CommandNotFound(
        f"there is no command `{command}`", hint="it is looked for along PATH; a full path works too"
    )


def _give_back_signals() -> None:
    # Python ignores these two, and what is ignored stays ignored across exec: `mfacli exec -- yes | head` would hang.
    for name in ("SIGPIPE", "SIGXFSZ"):
        with contextlib.suppress(AttributeError):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def give_back_core_files(limit: int | None) -> None:
    """Undo `forbid_core_files`, which returned `limit`."""
    if sys.platform != "win32" and limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (limit, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _run_as_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    import subprocess

    # The console sends Ctrl-C to the child as well; only the child is to decide what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run(list(command), env=dict(environment), check=False).returncode
