"""What must outlive the process: which codes are used up, and how far world time has been moved on.

Everything else of a world begins anew with the emulator. Without this a code could be replayed across a restart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from mfacli.emulator.contracts import WorldClock
from mfacli.errors import EmulatorProblem
from mfacli.private_files import replace_privately

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """One device's last used time step, and by how many steps its clock was found ahead when it was last set."""

    last_step: int
    drift: int


class WorldMemory:
    """Keeps it in a file beside the world key; with no file, for as long as the process lives. Safe among threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._devices: dict[str, DeviceMemory] = {}
        self._advanced = timedelta()
        if path is not None:
            self._recall(path)

    @property
    def advanced(self) -> timedelta:
        """How far world time is ahead of wire time."""
        return self._advanced

    def device(self, serial: str) -> DeviceMemory | None:
        """Return what is remembered of a device."""
        return self._devices.get(serial)

    def remember_device(self, serial: str, memory: DeviceMemory) -> None:
        """Remember a used code; raises `EmulatorProblem` where that cannot be kept, and then it must not count."""
        with self._lock:
            self._devices[serial] = memory
            self._keep()

    def remember_advance(self, duration: timedelta) -> None:
        """Remember that world time has been moved on by `duration` more."""
        with self._lock:
            self._advanced += duration
            self._keep()

    def _recall(self, path: Path) -> None:
        try:
            self._read(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        except OSError as error:
            raise EmulatorProblem(f"`{path}` cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise EmulatorProblem(
                f"`{path}` is damaged", hint="remove it: codes used in the last minutes could then be used once more"
            ) from error

    def _read(self, document: object) -> None:
        if not isinstance(document, dict) or document["version"] != _VERSION:
            raise ValueError("not this version")
        self._advanced = timedelta(seconds=float(document["advanced_seconds"]))
        if self._advanced < timedelta():
            raise ValueError("time does not go back")
        for serial, device in dict(document["devices"]).items():
            self._devices[serial] = DeviceMemory(last_step=int(device["last_step"]), drift=int(device["drift"]))

    def _keep(self) -> None:
        if self._path is None:
            return
        document = {
            "version": _VERSION,
            "advanced_seconds": self._advanced.total_seconds(),
            "devices": {
                serial: {"last_step": device.last_step, "drift": device.drift}
                for serial, device in sorted(self._devices.items())
            },
        }
        try:
            replace_privately(self._path, json.dumps(document, indent=1).encode())
        except OSError as error:
            raise EmulatorProblem(f"`{self._path}` cannot be written: {error.strerror}") from error


class RememberedClock:
    """A `WorldClock` that goes on, after a restart, where the world's memory says that it was."""

    def __init__(self, clock: WorldClock, memory: WorldMemory) -> None:
        clock.advance(memory.advanced)
        self._clock = clock
        self._memory = memory

    def wire_now(self) -> datetime:
        """Return what the Date header says."""
        return self._clock.wire_now()

    def world_now(self) -> datetime:
        """Return the time that codes and sessions live in."""
        return self._clock.world_now()

    def advance(self, duration: timedelta) -> None:
        """Let world time jump forward, and remember it."""
        self._clock.advance(duration)
        self._memory.remember_advance(duration)

    def set_skew(self, skew: timedelta) -> None:
        """Set how far wire time is ahead of the machine's, until the process ends."""
        self._clock.set_skew(skew)
