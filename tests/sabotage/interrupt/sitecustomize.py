"""Presses Ctrl-C while mfacli is still loading its commands.

A process that has this directory on PYTHONPATH imports it before anything else.
"""

from __future__ import annotations

import signal
import sys
from importlib.abc import MetaPathFinder


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "mfacli.commands.main":
            signal.raise_signal(signal.SIGINT)


sys.meta_path.insert(0, _Finder())
