"""The ledger of codes that STS has answered: a small file shared by all processes of this user.

It holds time steps and salted digests, no code and no serial. Nothing it meets stops a call: a ledger that cannot be
read or written costs at most a refused code, a session thrown away would cost more.
"""

from __future__ import annotations

import hmac
import json
import secrets
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from mfacli.domain.codes import Code
from mfacli.domain.identity import Device
from mfacli.errors import FileUnwritable
from mfacli.interfaces import Clock, Talk
from mfacli.private_files import make_private_directory, replace_privately

VERSION = 1
# STS looks a step or so to either side; a digest older than this could only hit by chance.
LIFETIME = timedelta(minutes=10)
_LOCK_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    device: str
    digits: str
    step: int | None
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    uses: tuple[_Use, ...] = ()

    def digest(self, text: str) -> str:
        return hmac.digest(self.salt.encode(), text.encode(), "sha256").hex()[:32]


class FileLedger:
    """The `CodeLedger` in a file.

    `path` is the file, in a directory of the user's state that is made where it is missing.
    """

    def __init__(self, path: Path, *, clock: Clock, talk: Talk) -> None:
        self._path = path
        self._clock = clock
        self._talk = talk

    def is_spent(self, device: Device, code: Code) -> bool:
        """Return whether this step, or these digits within the last minutes, were answered before."""
        try:
            # No lock: the file is only ever replaced whole.
            page = _parse(self._path.read_bytes()) or _Page()
        except FileNotFoundError:
            return False
        except OSError as problem:
            self._talk.detail(f"the ledger of used codes could not be read: {problem.strerror}")
            return False
        of_device, digits = page.digest(device.key), page.digest(code.digits.reveal())
        return any(
            use.device == of_device and (use.digits == digits or (code.step is not None and use.step == code.step))
            for use in _recent(page.uses, self._clock.now())
        )

    def mark_spent(self, device: Device, code: Code) -> None:
        """Remember that STS answered this code; says so where that fails."""
        try:
            make_private_directory(self._path.parent)
            with self._lock():
                self._add(device, code)
        except OSError as problem:
            self._talk.warn(f"the used code could not be noted in `{self._path}`: {problem.strerror}")
        except FileUnwritable as problem:
            self._talk.warn(f"the used code could not be noted: {problem.message}")

    def _add(self, device: Device, code: Code) -> None:
        page = self._read_or_set_aside()
        now = self._clock.now()
        use = _Use(
            device=page.digest(device.key),
            digits=page.digest(code.digits.reveal()),
            step=code.step,
            at=now.timestamp(),
        )
        replace_privately(self._path, _render(replace(page, uses=(*_recent(page.uses, now), use))))

    def _read_or_set_aside(self) -> _Page:
        try:
            page = _parse(self._path.read_bytes())
        except FileNotFoundError:
            return _Page()
        if page is None:
            aside = self._path.with_name(self._path.name + ".damaged")
            self._path.replace(aside)
            self._talk.detail(f"the ledger of used codes was damaged; it is set aside as `{aside}`")
        return page or _Page()

    def _lock(self) -> AbstractContextManager[object]:
        # filelock takes 60 ms to import, and only a call to the cloud ever comes here.
        import filelock

        lock = filelock.FileLock(f"{self._path}.lock", timeout=_LOCK_PATIENCE_SECONDS, mode=0o600)
        try:
            return lock.acquire()
        except filelock.Timeout:
            self._talk.detail("the ledger of used codes stayed locked; going on without the lock")
            return nullcontext()


def _recent(uses: tuple[_Use, ...], now: datetime) -> tuple[_Use, ...]:
    """Return the uses near `now`; one far in the future was written before the clock was set back."""
    return tuple(use for use in uses if abs(now.timestamp() - use.at) < LIFETIME.total_seconds())


def _parse(text: bytes) -> _Page | None:
    """Return the page, or None where the file is not one of ours."""
    try:
        content: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("version") != VERSION:
        return None
    salt, lines = content.get("salt"), content.get("uses")
    if not isinstance(salt, str) or not isinstance(lines, list):
        return None
    uses = [_parse_use(line) for line in lines]
    known = tuple(use for use in uses if use is not None)
    return _Page(salt=salt, uses=known) if len(known) == len(uses) else None


def _parse_use(line: object) -> _Use | None:
    match line:
        case {
            "device": str(device),
            "digits": str(digits),
            "step": int() | None as step,
            "at": int() | float() as at,
        }:
            return _Use(device=device, digits=digits, step=step, at=at)
        case _:
            return None


def _render(page: _Page) -> bytes:
    return json.dumps({"version": VERSION, "salt": page.salt, "uses": [asdict(use) for use in page.uses]}).encode()
