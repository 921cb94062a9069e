"""How the demo takes being told to stop: it still puts everything away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Windows has no SIGHUP.
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def gentle_end() -> Iterator[None]:
    """Have every signal that would end this process at once raise `KeyboardInterrupt` instead; main thread only."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def deaf_to_signals() -> None:
    """Do not be stopped any more: what is left is putting things away. Inside `gentle_end` only."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
