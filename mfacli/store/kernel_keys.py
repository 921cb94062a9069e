"""Texts as keys of the Linux kernel: no daemon, no prompt, gone at the latest with a reboot.

The keys hang in the keyring that all processes of a user share, whatever login session they belong to. This module
knows the traps of that; what the texts mean, and under which names, is not its business.
"""

from __future__ import annotations

import array
import errno
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from mfacli.errors import KeyringFull, KeyringMissing, KeyringUnusable
from mfacli.store.kernel_calls import THREAD_RING, USER_RING, KeyCalls, SystemCalls
from mfacli.store.vaults import VaultKind

PLACE = "kernel keyring"
PREFIX = "mfacli"

# A `big_key` is charged 16 bytes of the quota whatever it holds, but not every kernel has the type; a `user` key is
# charged in full. Readers look for both, as a kernel may have been changed for another.
_KINDS = ("big_key", "user")
# Possessor: everything. User: view, read, write, search. By default only processes read a key that possess it,
# which another login session does not, and which takes quota to acquire.
_PERMISSIONS = 0x3F0F0000
# What an expired key was charged is given back within about a second after it was unlinked.
_ROOM_TAKES = timedelta(seconds=1.5)
_LOOK_AGAIN_SECONDS = 0.05
_ATTEMPTS = 100
_LONGEST = timedelta(days=365)

# Python names these only on Linux.
_NO_KEY = getattr(errno, "ENOKEY", 126)
_EXPIRED = getattr(errno, "EKEYEXPIRED", 127)
_GONE = (_NO_KEY, _EXPIRED, getattr(errno, "EKEYREVOKED", 128))
_QUOTA = getattr(errno, "EDQUOT", 122)
_BLOCKED = (errno.ENOSYS, errno.EPERM, errno.EACCES, getattr(errno, "EOPNOTSUPP", 95))


class KernelKeys:
    """The kernel's keys by description.

    `pause` sleeps for a number of seconds. Everything raises `KeyringMissing` where the calls are blocked, as in most
    containers, and `KeyringUnusable` for what else the kernel refuses.
    """

    def __init__(self, calls: KeyCalls, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._calls = calls
        self._pause = pause

    def check(self) -> None:
        """Raise `KeyringMissing` where the kernel does not let us look for keys."""
        self._find(f"{PREFIX}:", _KINDS[-1])

    def has(self, description: str) -> bool:
        """Return whether there is such a key, not expired."""
        return any(self._find(description, kind) is not None for kind in _KINDS)

    def read(self, description: str) -> str | None:
        """Return the text of the key, or None."""
        for kind in _KINDS:
            # A key that was found is gone where somebody has replaced it since: then there is another to be found.
            for _ in range(_ATTEMPTS):
                key = self._find(description, kind)
                if key is None:
                    break
                payload = self._payload(key)
                if payload is not None:
                    # No key may be empty, so every text rests with a newline behind it.
                    return payload[:-1].decode(errors="surrogateescape")
        return None

    def write(self, description: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`; the kernel removes it after `lifetime`. Raises `KeyringFull` where the quota is used up."""
        payload = text.encode(errors="surrogateescape") + b"\n"
        seconds = None if lifetime is None else max(1, int(min(lifetime, _LONGEST).total_seconds()))
        for kind in _KINDS:
            try:
                self._put_making_room(kind, description, payload, seconds)
            except OSError as problem:
                if problem.errno == errno.ENODEV and kind != _KINDS[-1]:
                    continue
                raise _refusal(problem) from problem
            for other in _KINDS:
                if other != kind:
                    self._remove(description, other)
            return

    def delete(self, description: str) -> bool:
        """Remove the key; returns whether there was one."""
        removed = [self._remove(description, kind) for kind in _KINDS]
        return any(removed)

    def _find(self, description: str, kind: str) -> int | None:
        try:
            return self._calls.search(USER_RING, kind, description)
        except OSError as problem:
            if problem.errno in (*_GONE, errno.ENODEV):
                return None
            raise _refusal(problem) from problem

    def _payload(self, key: int) -> bytes | None:
        try:
            try:
                return self._calls.read(key)
            except PermissionError:
                # Not permitted to be read by _put, so by another program: what a thread's own keyring leads to is.
                self._calls.link(USER_RING, THREAD_RING)
                return self._calls.read(key)
        except OSError as problem:
            if problem.errno in _GONE:
                return None
            raise _refusal(problem) from problem

    def _put_making_room(self, kind: str, description: str, payload: bytes, seconds: int | None) -> None:
        try:
            return self._put(kind, description, payload, seconds)
        except OSError as problem:
            if problem.errno != _QUOTA or not self._make_room(description):
                raise
        for _ in range(int(_ROOM_TAKES.total_seconds() / _LOOK_AGAIN_SECONDS)):
            self._pause(_LOOK_AGAIN_SECONDS)
            with suppress(OSError):
                return self._put(kind, description, payload, seconds)
        return self._put(kind, description, payload, seconds)

    def _put(self, kind: str, description: str, payload: bytes, seconds: int | None) -> None:
        # Everything is settled before others can see the key, and linking replaces the one before in one step: no
        # reader meets half a key, and a process killed in between leaves none behind that does not expire.
        before = self._find(description, kind)
        key = self._calls.add(kind, description, payload, THREAD_RING)
        try:
            self._calls.permit(key, _PERMISSIONS)
            if seconds is not None:
                self._calls.expire(key, seconds)
            self._calls.link(key, USER_RING)
        finally:
            self._calls.unlink(key, THREAD_RING)
        if before is not None:
            self._give_back(before)

    def _make_room(self, description: str) -> bool:
        """Drop expired keys, and what `description` holds now; returns whether anything went.

        An expired key is of no use to its owner either, and the kernel drops it by itself minutes later; it does not
        say any more whose it is.
        """
        ring = array.array("i")
        with suppress(OSError):
            ring.frombytes(self._calls.read(USER_RING))
        dropped = [key for key in ring if self._is_expired(key) and self._unlink(key)]
        return self.delete(description) or bool(dropped)

    def _is_expired(self, key: int) -> bool:
        try:
            self._calls.describe(key)
        except OSError as problem:
            return bool(problem.errno == _EXPIRED)
        return False

    def _remove(self, description: str, kind: str) -> bool:
        key = self._find(description, kind)
        if key is None:
            return False
        self._give_back(key)
        return self._unlink(key)

    def _give_back(self, key: int) -> None:
        # An unlinked key is charged until the kernel gets round to it; a revoked one's payload no longer is.
        with suppress(OSError):
            self._calls.revoke(key)

    def _unlink(self, key: int) -> bool:
        try:
            self._calls.unlink(key, USER_RING)
        except OSError as problem:
            if problem.errno in (*_GONE, errno.ENOENT):
                return False
            raise _refusal(problem) from problem
        return True


def description_of(service: str, username: str, *, prefix: str = PREFIX) -> str:
    """Return what a key is called; different names never meet in one description."""
    return ":".join([prefix, *(_escape(part) for part in (service, username))])


def _escape(part: str) -> str:
    return part.replace("%", "%25").replace(":", "%3A").replace("\0", "%00")


def _refusal(problem: OSError) -> KeyringUnusable:
    if problem.errno == _QUOTA:
        return KeyringFull("the kernel keyring is full", hint="`cat /proc/key-users` shows what is used and allowed")
    if problem.errno == errno.EINVAL:
        return KeyringFull("the kernel keyring does not take entries of this length")
    if problem.errno in _BLOCKED:
        return KeyringMissing(f"the kernel keyring cannot be used here: {problem.strerror}")
    return KeyringUnusable(f"the kernel keyring refused: {problem.strerror}")


class KernelVault:
    """A `Vault` of kernel keys, under names that begin with `namespace`.

    `open_keys` is called when the first one is needed, and may raise `KeyringMissing`.
    """

    kind = VaultKind.KERNEL
    may_prompt = False

    def __init__(self, *, namespace: str, open_keys: Callable[[], KernelKeys] | None = None) -> None:
        self._namespace = namespace
        self._open_keys = open_keys or open_kernel_keys
        self._opened: KernelKeys | None = None

    def place(self) -> str:
        """Return what people call it."""
        return PLACE

    def open(self) -> None:
        """See that it can be used."""
        self._keys()

    def read(self, name: str) -> str | None:
        """Return the text kept under `name`, or None."""
        return self._keys().read(description_of(self._namespace, name))

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text` for at most `lifetime`."""
        self._keys().write(description_of(self._namespace, name), text, lifetime=lifetime)

    def delete(self, name: str) -> bool:
        """Remove it; returns whether there was one."""
        return self._keys().delete(description_of(self._namespace, name))

    def has(self, name: str) -> bool | None:
        """Return whether there is one."""
        return self._keys().has(description_of(self._namespace, name))

    def _keys(self) -> KernelKeys:
        if self._opened is None:
            self._opened = self._open_keys()
        return self._opened


def open_kernel_keys() -> KernelKeys:
    """Return the running kernel's keys; raises `KeyringMissing` where they cannot be used."""
    keys = KernelKeys(SystemCalls())
    keys.check()
    return keys


def kernel_is_usable() -> bool:
    """Whether sessions can rest in the running kernel; looks, and writes nothing."""
    try:
        open_kernel_keys()
    except KeyringUnusable:
        return False
    return True
