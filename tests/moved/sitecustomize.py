"""Lets Python sleep under libfaketime, which refuses the call that `time.sleep` makes.

libfaketime takes the moment until which to sleep for one of its own clock, although it leaves that clock alone. A
process that has this directory on PYTHONPATH imports this before anything else.
"""

from __future__ import annotations

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
