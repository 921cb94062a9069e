"""Processes of mfacli: how they are started, what they import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import mfacli

ROOT = Path(mfacli.__file__).parent.parent
# What the console script does, without what pip's older ones import first.
LAUNCH = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from mfacli.__main__ import main; main()"
OURS = {"mfacli", "mfacli.__main__", "mfacli.hot", "mfacli.hot_kernel", "mfacli.version", "__future__"}
OF_C = {"_blake2", "binascii", "_ctypes", "resource", "time"}


def run(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", LAUNCH, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, env=dict(os.environ), check=False)


def imported_by(code: str, *arguments: str) -> set[str]:
    """Return what a Python without any site-packages imports for `code`."""
    command = [sys.executable, "-S", "-X", "importtime", "-c", code, *arguments]
    finished = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
    return set(re.findall(r"^import time: .*\| +(\S+)$", finished.stderr, re.MULTILINE))
