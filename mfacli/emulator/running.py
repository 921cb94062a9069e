"""Finds a running emulator and speaks to its control surface; holds neither the emulator nor any cloud's SDK."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from mfacli.errors import EmulatorProblem
from mfacli.private_files import make_private_directory, replace_privately

STATE_FILE = "emulator.json"
LOCK_FILE = "emulator.lock"
_TOKEN_HEADER = "x-mfacli-control"
_PREFIX = "/_mfacli"
# The first request may have to wait for a part of the world to be made.
_TIMEOUT_SECONDS = 30
_START = "mfacli emulator start"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningEmulator:
    """Where an emulator listens, what opens its control surface, and its process."""

    address: str
    control_token: Secret
    pid: int

    @property
    def control(self) -> Control:
        """Its control surface."""
        return Control(self.address, self.control_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEnvironment:
    """What a client needs to act as a user.

    `user` is an ARN or a qcs name. `device` is the serial that STS takes, None where the user has none for codes.
    """

    cloud: Cloud
    user: str
    account_id: str
    region: str
    access_key_id: str
    secret_access_key: Secret
    device: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """What a device shows, until when, and the code after it. `is_spent`: STS has taken this one already."""

    serial: str
    code: Secret
    next_code: Secret
    until: datetime
    is_spent: bool


@contextmanager
def sole_emulator(directory: Path) -> Iterator[None]:
    """Have `directory` for one emulator only; raises `EmulatorProblem` where another has it.

    Two of one world would each take the same code, and each forget what the other has taken. The system gives the
    lock back when its holder dies.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(directory / LOCK_FILE, timeout=0, mode=0o600)
    try:
        make_private_directory(directory)
        lock.acquire()
    except Timeout as error:
        raise EmulatorProblem(
            f"{_other_one(directory)} already uses `{directory}`",
            hint="stop it, or name another place for this one in MFACLI_STATE_DIR",
        ) from error
    except OSError as error:
        raise EmulatorProblem(f"`{directory}` cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def _other_one(directory: Path) -> str:
    try:
        return f"an emulator at `{read_state(directory).address}`"
    except EmulatorProblem:
        return "another emulator"


def write_state(directory: Path, running: RunningEmulator) -> Path:
    """Leave word of a running emulator in `directory`, readable by its owner only; returns the file."""
    path = directory / STATE_FILE
    document = {
        "version": 1,
        "address": running.address,
        "control_token": running.control_token.reveal(),
        "pid": running.pid,
    }
    try:
        make_private_directory(directory)
        replace_privately(path, json.dumps(document).encode())
    except OSError as error:
        raise EmulatorProblem(f"`{path}` cannot be written: {error.strerror}") from error
    return path


def read_state(directory: Path) -> RunningEmulator:
    """Return the emulator that left word in `directory`; raises `EmulatorProblem`. It may have gone since."""
    path = directory / STATE_FILE
    try:
        document: dict[str, str | int] = json.loads(path.read_text(encoding="utf-8"))
        return RunningEmulator(
            address=str(document["address"]),
            control_token=Secret(str(document["control_token"])),
            pid=int(document["pid"]),
        )
    except FileNotFoundError as error:
        raise EmulatorProblem("no emulator is running", hint=_START) from error
    except OSError as error:
        raise EmulatorProblem(f"`{path}` cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EmulatorProblem(f"`{path}` is damaged", hint=f"remove it, then {_START}") from error


def remove_state(directory: Path, *, pid: int) -> None:
    """Take back what the emulator of process `pid` left; another one's stays."""
    try:
        running = read_state(directory)
    except EmulatorProblem:
        return
    if running.pid == pid:
        (directory / STATE_FILE).unlink(missing_ok=True)


class Control:
    """Speaks to an emulator's control surface. Every method raises `EmulatorProblem` where that fails."""

    def __init__(self, address: str, token: Secret) -> None:
        self._address = address
        self._token = token

    def code(self, user: str, *, fresh: bool = False) -> str:
        """Return the code that the user's device shows; with `fresh` time moves on where this one is spent."""
        return self.shown(user, fresh=fresh).code.reveal()

    def shown(self, user: str = "", *, device: str | None = None, fresh: bool = False) -> ShownCode:
        """Return what the user's device, or the one with this serial, shows."""
        asked = {"device": device} if device is not None else {"user": user}
        found = self._post("code", {**asked, "fresh": fresh})
        return ShownCode(
            serial=str(found["serial"]),
            code=Secret(str(found["code"])),
            next_code=Secret(str(found["next_code"])),
            until=_moment(found["until"]),
            is_spent=bool(found["is_spent"]),
        )

    def bind_device(self, user: str) -> str:
        """Give a user of Tencent Cloud a device, as its console would, and return the serial."""
        return str(self._post("device", {"user": user})["serial"])

    def environment_of(self, user: str) -> UserEnvironment:
        """Return what a client needs to act as a user (`Sofia`, `A:Sofia`, `A:root`, an ARN or a qcs name)."""
        found = self._post("environment", {"user": user})
        device = found["device"]
        return UserEnvironment(
            cloud=Cloud(found["cloud"]),
            user=str(found["user"]),
            account_id=str(found["account_id"]),
            region=str(found["region"]),
            access_key_id=str(found["access_key_id"]),
            secret_access_key=Secret(str(found["secret_access_key"])),
            device=None if device is None else str(device),
        )

    def advance(self, duration: timedelta) -> datetime:
        """Let world time jump forward and return the new one."""
        return _moment(self._post("clock", {"advance_seconds": duration.total_seconds()})["world"])

    def set_skew(self, skew: timedelta) -> datetime:
        """Set how far the emulator's clock is ahead of this machine's, and return its time."""
        return _moment(self._post("clock", {"skew_seconds": skew.total_seconds()})["wire"])

    def world_time(self) -> datetime:
        """Return the time that codes and sessions live in."""
        return _moment(self._get("clock")["world"])

    def world(self) -> Mapping[str, object]:
        """Return what is in the world, without any secret."""
        return self._get("world")

    def log(self) -> list[Mapping[str, object]]:
        """Return the latest decisions, oldest first."""
        records = self._get("log")["records"]
        return list(records) if isinstance(records, list) else []

    def counts(self) -> Mapping[str, int]:
        """Return how often each operation (`sts:GetSessionToken`) was asked for."""
        counts = self._get("counts")["counts"]
        return dict(counts) if isinstance(counts, dict) else {}

    def reset(self) -> None:
        """Bring the world back to its file, and empty the log. Used codes and the time stay."""
        self._post("reset", {})

    def _get(self, name: str) -> Mapping[str, object]:
        return self._asked("GET", name, None)

    def _post(self, name: str, document: Mapping[str, object]) -> Mapping[str, object]:
        return self._asked("POST", name, json.dumps(document))

    def _asked(self, method: str, name: str, body: str | None) -> Mapping[str, object]:
        parts = urlsplit(self._address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, f"{_PREFIX}/{name}", body, {_TOKEN_HEADER: self._token.reveal()})
            response = connection.getresponse()
            status, text = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise EmulatorProblem(f"no emulator answers at `{self._address}`", hint=_START) from error
        finally:
            connection.close()
        return _document(status, text, self._address)


def _document(status: int, text: bytes, address: str) -> Mapping[str, object]:
    try:
        document: object = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise EmulatorProblem(f"what answers at `{address}` is no emulator of this version", hint=_START)
    if status != 200:
        raise EmulatorProblem(str(document.get("error", status)), hint=str(document.get("hint", "")))
    return document


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))
