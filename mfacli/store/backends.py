"""The places for secrets on this machine, looked at without opening any: usable, locked, how much room.

Nobody is asked for anything, nothing is written.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

from mfacli.errors import KeyringUnusable
from mfacli.interfaces import Locks
from mfacli.store.crypt_content import read_content
from mfacli.store.crypt_file import MISSING, PLACE, is_installed
from mfacli.store.deadline import TookTooLong, call_within
from mfacli.store.kernel_keys import PLACE as KERNEL_PLACE
from mfacli.store.kernel_keys import KernelVault, open_kernel_keys
from mfacli.store.keyring_backends import chosen_backend, first_of, module_of, who_chose
from mfacli.store.keyring_store import SEED_SERVICE, KeyringVault
from mfacli.store.places import Places
from mfacli.store.vaults import VaultKind

_KEY_USERS = Path("/proc/key-users")
_DEFAULT_COLLECTION = "/org/freedesktop/secrets/aliases/default"
_PROBE_SERVICE, _PROBE = "mfacli-doctor", "nothing secret"
# Looking is quick or does not come back.
_PATIENCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What this user has used of the kernel's keyring, and may use."""

    keys: int
    most_keys: int
    bytes: int
    most_bytes: int

    @property
    def is_scarce(self) -> bool:
        """Whether nine tenths of either are used."""
        return self.keys * 10 >= self.most_keys * 9 or self.bytes * 10 >= self.most_bytes * 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A place for secrets.

    `chosen_by` says what named it, empty where it is this machine's own choice. `is_locked` is None where that cannot
    be told, or does not arise. `problem` and `hint` say why it cannot be used, and are empty where it can.
    """

    kind: VaultKind
    place: str
    chosen_by: str = ""
    is_locked: bool | None = None
    problem: str = ""
    hint: str = ""
    room: Room | None = None
    path: str = ""


def kernel_backend() -> Backend:
    """Return what the kernel's keyring is like."""
    try:
        open_kernel_keys()
    except KeyringUnusable as problem:
        return Backend(kind=VaultKind.KERNEL, place=KERNEL_PLACE, problem=problem.message, hint=problem.hint)
    return Backend(kind=VaultKind.KERNEL, place=KERNEL_PLACE, room=_room())


def keyring_backend(*, locks: Locks, patience: timedelta = _PATIENCE) -> Backend:
    """Return what the OS keyring is like."""
    chosen_by = who_chose()
    vault = KeyringVault(SEED_SERVICE, namespace="", locks=locks, lasts=True, patience=patience)
    try:
        place = vault.place()
        is_locked = _lock_state(patience)
    except KeyringUnusable as problem:
        return Backend(
            kind=VaultKind.KEYRING,
            place="OS keyring",
            chosen_by=chosen_by,
            problem=problem.message,
            hint=problem.hint,
        )
    return Backend(kind=VaultKind.KEYRING, place=place, chosen_by=chosen_by, is_locked=is_locked)


def file_backend(path: Path) -> Backend:
    """Return what the encrypted file is like."""
    try:
        if not is_installed():
            raise MISSING
        is_begun = read_content(path).is_begun
    except KeyringUnusable as problem:
        return Backend(kind=VaultKind.FILE, place=PLACE, problem=problem.message, hint=problem.hint, path=str(path))
    return Backend(kind=VaultKind.FILE, place=PLACE, path=str(path), is_locked=is_begun or None)


def try_out(kind: VaultKind, *, places: Places, locks: Locks, patience: timedelta) -> float:
    """Write, read and delete something in the kernel's or the OS keyring; return how many seconds that took.

    Raises `KeyringUnusable` where one of the three does not work. The OS keyring may ask for its password.
    """
    name = f"doctor {os.getpid()}"
    vault = (
        KernelVault(namespace=places.namespace)
        if kind is VaultKind.KERNEL
        else KeyringVault(_PROBE_SERVICE, namespace=places.namespace, locks=locks, patience=patience)
    )
    started = monotonic()
    vault.write(name, _PROBE, lifetime=timedelta(minutes=1))
    found = vault.read(name)
    is_gone = vault.delete(name) and vault.read(name) is None
    if found != _PROBE or not is_gone:
        raise KeyringUnusable(
            f"{vault.place()} does not {'delete' if found == _PROBE else 'give back'} what it takes"
        )
    return monotonic() - started


def _room() -> Room | None:
    try:
        return parse_room(_KEY_USERS.read_text(encoding="ascii"), os.geteuid())
    except (OSError, ValueError):
        return None


def parse_room(text: str, uid: int) -> Room | None:
    """Return the room that `/proc/key-users` tells of; None where it has no line of this user's."""
    for line in text.splitlines():
        owner, _, rest = line.partition(":")
        if owner.strip() == str(uid):
            _, _, keys, sizes = rest.split()
            (used, most), (size, largest) = (part.split("/") for part in (keys, sizes))
            return Room(keys=int(used), most_keys=int(most), bytes=int(size), most_bytes=int(largest))
    return None


def _lock_state(patience: timedelta) -> bool | None:
    try:
        return call_within(patience, _is_locked)
    except TookTooLong:
        return None


def _is_locked() -> bool | None:
    """Return whether the Secret Service's default collection is locked; None for what is no Secret Service."""
    backend = first_of(chosen_backend())
    if (
        backend is None
        or module_of(backend) != "keyring.backends.SecretService"
        or not sys.platform.startswith("linux")
    ):
        return None
    import secretstorage
    from secretstorage.exceptions import SecretStorageException

    try:
        with closing(secretstorage.dbus_init()) as connection:
            # By its path: asking for the default collection would make one where there is none, with a dialogue.
            return secretstorage.Collection(connection, _DEFAULT_COLLECTION).is_locked()
    except SecretStorageException:
        return None
