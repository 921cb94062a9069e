"""Work that may take any time, run in a thread of its own, once at a time, so that nobody has to wait for its end."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Errand:
    """Runs `work`, which must not raise, whenever it is begun and not running already."""

    def __init__(self, work: Callable[[], None], *, name: str) -> None:
        self._work = work
        self._name = name
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._ended.set()

    @property
    def is_running(self) -> bool:
        """Whether it has been begun and has not ended."""
        return not self._ended.is_set()

    def begin(self) -> threading.Event:
        """Run it, unless it runs; returns what is set at the end of that run."""
        with self._lock:
            if self._ended.is_set():
                ended = threading.Event()
                try:
                    threading.Thread(target=self._run, args=(ended,), name=self._name, daemon=True).start()
                except RuntimeError:
                    # The machine has no room for one more thread: whoever begins it next tries again.
                    return self._ended
                self._ended = ended
            return self._ended

    def _run(self, ended: threading.Event) -> None:
        try:
            self._work()
        finally:
            ended.set()
