"""When long-term keys were last used, in either cloud, which IAM and CAM tell. Sessions' keys do not count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """A request that was signed with a key, whatever came of it. `at` is what its answer's Date header says."""

    at: datetime
    service: str
    region: str = ""


class KeyUses:
    """The last use of each key, by the key's id. Safe among threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._uses: dict[str, KeyUse] = {}

    def note(self, key_id: str, use: KeyUse) -> None:
        """Remember a use, the latest of the key's."""
        with self._lock:
            self._uses[key_id] = use

    def last_of(self, key_id: str) -> KeyUse | None:
        """Return a key's last use, or None where it was never used."""
        with self._lock:
            return self._uses.get(key_id)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._uses.clear()
