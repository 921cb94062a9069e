"""The small real things that the store's tests keep secrets in, in place of a person's keyrings."""

from __future__ import annotations

import errno
import os
import signal
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.store.kernel_calls import USER_RING

WINDOWS_BYTES = 2560


class RecordingTalk:
    """A `Talk` that remembers what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.details: list[str] = []

    def note(self, text: str) -> None:
        """Remember a note."""
        self.notes.append(text)

    def warn(self, text: str) -> None:
        """Remember a warning."""
        self.warnings.append(text)

    def detail(self, text: str) -> None:
        """Remember a detail."""
        self.details.append(text)

    def countdown(self, text: str, until: datetime) -> None:
        """Remember what was counted down."""
        self.notes.append(text)


def session_of(
    token: str = "FwoGZXIvYXdzEBc", *, issued_at: datetime | None = None, lives: timedelta = timedelta(hours=1)
) -> Session:
    """Return a session as AWS gives one, issued now or at `issued_at`."""
    issued_at = issued_at or datetime.now(UTC)
    return Session(
        cloud=Cloud.AWS,
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        secret_access_key=Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token=Secret(token),
        issued_at=issued_at,
        expires_at=issued_at + lives,
        mfa_at=issued_at,
        account_id="111122223333",
        principal="arn:aws:iam::111122223333:user/Sofia",
        device="arn:aws:iam::111122223333:mfa/Sofia",
        region="eu-west-1",
    )


class MemoryKeyring(KeyringBackend):
    """A keyring in memory that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's has no types
        self.entries: dict[tuple[str, str], str] = {}
        self.asked = 0

    # Never chosen by itself.
    priority = -3

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        self.asked += 1
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry."""
        self.asked += 1
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry."""
        self.asked += 1
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")


class SmallKeyring(MemoryKeyring):
    """One with Windows' limit, which it tells in Windows' words; names in any case are one, as there."""

    # The store tells Windows' backend by the module that its class is from.
    __module__ = "keyring.backends.Windows"

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        return super().get_password(service, username.lower())

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry, if it is short."""
        if len(password.encode("utf-16-le")) > WINDOWS_BYTES:
            raise OSError(1783, "The stub received bad data")
        super().set_password(service, username.lower(), password)

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry."""
        super().delete_password(service, username.lower())


class DirectoryKeyring(KeyringBackend):
    """One that outlives its process, in a directory; it kills the process before the operation `dies_at`."""

    __module__ = "keyring.backends.Windows"

    def __init__(self, directory: Path, *, dies_at: int | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's has no types
        self.directory = directory
        self._dies_in = dies_at

    # Never chosen by itself.
    priority = -3

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        self._step()
        path = self._path(service, username)
        return path.read_text() if path.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry."""
        self._step()
        assert len(password.encode("utf-16-le")) <= WINDOWS_BYTES
        temporary = self.directory / f"new-{os.getpid()}"
        temporary.write_text(password)
        temporary.replace(self._path(service, username))

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry."""
        self._step()
        self._path(service, username).unlink()

    def _path(self, service: str, username: str) -> Path:
        return self.directory / urllib.parse.quote(f"{service} {username}", safe="")

    def _step(self) -> None:
        if self._dies_in == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._dies_in is not None:
            self._dies_in -= 1


@dataclass
class _Key:
    kind: str
    description: str
    payload: bytes
    permissions: int = 0x3F010000
    has_expired: bool = False
    is_revoked: bool = False
    rings: set[int] = field(default_factory=set)


class PretendKernel:
    """`KeyCalls` as other kernels answer them: with big_key, without permission, or with too little room.

    `quota` is in bytes of user keys' payloads; what is unlinked and not revoked counts until `settle` is called.
    """

    def __init__(
        self, *, has_big_key: bool = False, quota: int = 20_000, refuses_with: int | None = None, can_add: bool = True
    ) -> None:
        self.keys: dict[int, _Key] = {}
        self.possessed = set[int]()
        self.expiries: dict[int, int] = {}
        self._has_big_key = has_big_key
        self._quota = quota
        self._refuses_with = refuses_with
        self._can_add = can_add

    def settle(self, _seconds: float = 0) -> None:
        """Give back the room of what is unlinked."""
        self.keys = {number: key for number, key in self.keys.items() if key.rings}

    def let_expire(self) -> None:
        """Let every key expire that may."""
        for number in self.expiries:
            if number in self.keys:
                self.keys[number].has_expired = True

    def add(self, kind: str, description: str, payload: bytes, ring: int) -> int:
        """Make a key."""
        self._enter(kind)
        if not self._can_add:
            raise OSError(errno.EPERM, "Operation not permitted")
        if len(payload) > 32_767 and kind == "user":
            raise OSError(errno.EINVAL, "Invalid argument")
        charged = sum(len(key.payload) for key in self.keys.values() if key.kind == "user")
        if kind == "user" and charged + len(payload) > self._quota:
            raise OSError(errno.EDQUOT, "Disk quota exceeded")
        number = max(self.keys, default=100) + 1
        self.keys[number] = _Key(kind=kind, description=description, payload=payload, rings={ring})
        return number

    def search(self, ring: int, kind: str, description: str) -> int:
        """Find a key."""
        self._enter(kind)
        for number, key in self.keys.items():
            if (key.kind, key.description) == (kind, description) and ring in key.rings:
                self._check(key)
                return number
        raise OSError(errno.ENOKEY, "Required key not available")

    def read(self, key: int) -> bytes:
        """Read a key or the user's keyring."""
        self._enter("user")
        if key == USER_RING:
            hanging = [number for number, found in self.keys.items() if USER_RING in found.rings]
            return b"".join(number.to_bytes(4, "little") for number in hanging)
        self._check(self.keys[key])
        if not self.keys[key].permissions & 0x00020000 and USER_RING not in self.possessed:
            raise PermissionError(errno.EACCES, "Permission denied")
        return self.keys[key].payload

    def describe(self, key: int) -> str:
        """Describe a key."""
        self._check(self.keys[key])
        return self.keys[key].description

    def permit(self, key: int, permissions: int) -> None:
        """Set permissions."""
        self.keys[key].permissions = permissions

    def expire(self, key: int, seconds: int) -> None:
        """Set the time to live."""
        self.expiries[key] = seconds

    def link(self, key: int, ring: int) -> None:
        """Link a key, or take possession of a keyring."""
        if key == USER_RING:
            self.possessed.add(key)
            return
        linked = self.keys[key]
        for other in self.keys.values():
            if (other.kind, other.description) == (linked.kind, linked.description):
                other.rings.discard(ring)
        linked.rings.add(ring)

    def unlink(self, key: int, ring: int) -> None:
        """Unlink a key."""
        if ring not in self.keys[key].rings:
            raise OSError(errno.ENOENT, "No such file or directory")
        self.keys[key].rings.discard(ring)

    def revoke(self, key: int) -> None:
        """Revoke a key."""
        if key not in self.keys:
            raise OSError(errno.ENOKEY, "Required key not available")
        self._check(self.keys[key])
        self.keys[key].payload = b""
        self.keys[key].is_revoked = True

    def _enter(self, kind: str) -> None:
        if self._refuses_with is not None:
            raise OSError(self._refuses_with, os.strerror(self._refuses_with))
        if kind == "big_key" and not self._has_big_key:
            raise OSError(errno.ENODEV, "No such device")

    def _check(self, key: _Key) -> None:
        if key.has_expired:
            raise OSError(errno.EKEYEXPIRED, "Key has expired")
        if key.is_revoked:
            raise OSError(errno.EKEYREVOKED, "Key has been revoked")
