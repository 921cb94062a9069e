"""Kills the process, as a power cut would, before or after a function that MFACLI_TEST_KILL names.

It is written `MODULE:CLASS.FUNCTION:before`, or without a class, or `after`. A process that has this directory on
PYTHONPATH imports it before anything else.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_MODULE, _PATH, _WHEN = os.environ.get("MFACLI_TEST_KILL", "::").split(":")


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]  # as handed to every finder
        assert spec is not None
        assert spec.loader is not None
        load = spec.loader.exec_module

        def load_and_mine(module: ModuleType) -> None:
            load(module)
            _mine(module)

        spec.loader.exec_module = load_and_mine  # type: ignore[method-assign]  # the sabotage
        return spec


def _mine(module: ModuleType) -> None:
    owner_name, _, name = _PATH.rpartition(".")
    owner: object = getattr(module, owner_name) if owner_name else module
    function: Callable[..., object] = getattr(owner, name)

    def killed(*args: object, **options: object) -> object:
        if _WHEN == "after":
            function(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody outlives that")

    setattr(owner, name, killed)


sys.meta_path.insert(0, _Finder())
