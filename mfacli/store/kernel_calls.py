"""The system calls of the Linux kernel's keyring, by ctypes: no package, no subprocess, no daemon.

Each call raises `OSError` with the kernel's errno. See add_key(2), keyctl(2) and keyrings(7).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Protocol

from mfacli.errors import KeyringMissing

# Special keyring ids: the calling thread's own, and the one that all processes of a user share.
THREAD_RING = -1
USER_RING = -4

_REVOKE, _SETPERM, _DESCRIBE, _LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 3, 5, 6, 8, 9, 10, 11, 15

# Numbers of (add_key, keyctl) in the kernel's tables, by machine and size of a pointer: a 32-bit Python on a 64-bit
# kernel makes 32-bit calls.
_GENERIC = (217, 219)
_NUMBERS = {
    ("x86_64", 8): (248, 250),
    ("x86_64", 4): (286, 288),
    ("i386", 4): (286, 288),
    ("i686", 4): (286, 288),
    ("aarch64", 8): _GENERIC,
    ("aarch64", 4): (309, 311),
    ("armv6l", 4): (309, 311),
    ("armv7l", 4): (309, 311),
    ("armv8l", 4): (309, 311),
    ("riscv64", 8): _GENERIC,
    ("loongarch64", 8): _GENERIC,
    ("ppc64le", 8): (269, 271),
    ("ppc64", 8): (269, 271),
    ("s390x", 8): (278, 280),
}


class KeyCalls(Protocol):
    """What the kernel does with keys. `kind` is a key type, `ring` a keyring's id."""

    def add(self, kind: str, description: str, payload: bytes, ring: int) -> int:
        """Make or update a key in `ring` and return its id."""

    def search(self, ring: int, kind: str, description: str) -> int:
        """Return the id of the key found from `ring`."""

    def read(self, key: int) -> bytes:
        """Return the key's payload; for a keyring, the ids in it as native 32-bit integers."""

    def describe(self, key: int) -> str:
        """Return type, owner, permissions and description, separated by semicolons."""

    def permit(self, key: int, permissions: int) -> None:
        """Set the key's permissions."""

    def expire(self, key: int, seconds: int) -> None:
        """Let the key expire in `seconds`."""

    def link(self, key: int, ring: int) -> None:
        """Link `key` into `ring`, in place of one with the same type and description."""

    def unlink(self, key: int, ring: int) -> None:
        """Take `key` out of `ring`."""

    def revoke(self, key: int) -> None:
        """Make the key useless, and its payload uncharged, at once."""


class SystemCalls:
    """The `KeyCalls` of the running kernel; raises `KeyringMissing` where there is no way to make them."""

    def __init__(self) -> None:
        self._add, self._control = _entry_points(sys.platform, os.uname().machine if os.name == "posix" else "")

    def add(self, kind: str, description: str, payload: bytes, ring: int) -> int:
        """Make or update a key in `ring` and return its id."""
        return _checked(
            self._add(
                ctypes.c_char_p(kind.encode()),
                ctypes.c_char_p(os.fsencode(description)),
                ctypes.c_char_p(payload),
                ctypes.c_size_t(len(payload)),
                ctypes.c_long(ring),
            )
        )

    def search(self, ring: int, kind: str, description: str) -> int:
        """Return the id of the key found from `ring`."""
        names = (ctypes.c_char_p(kind.encode()), ctypes.c_char_p(os.fsencode(description)))
        return _checked(self._control(_SEARCH, ctypes.c_long(ring), *names, ctypes.c_long(0)))

    def read(self, key: int) -> bytes:
        """Return the key's payload."""
        return self._filled(_READ, key)

    def describe(self, key: int) -> str:
        """Return type, owner, permissions and description."""
        return os.fsdecode(self._filled(_DESCRIBE, key).rstrip(b"\0"))

    def permit(self, key: int, permissions: int) -> None:
        """Set the key's permissions."""
        _checked(self._control(_SETPERM, ctypes.c_long(key), ctypes.c_long(permissions)))

    def expire(self, key: int, seconds: int) -> None:
        """Let the key expire in `seconds`."""
        _checked(self._control(_SET_TIMEOUT, ctypes.c_long(key), ctypes.c_long(seconds)))

    def link(self, key: int, ring: int) -> None:
        """Link `key` into `ring`."""
        _checked(self._control(_LINK, ctypes.c_long(key), ctypes.c_long(ring)))

    def unlink(self, key: int, ring: int) -> None:
        """Take `key` out of `ring`."""
        _checked(self._control(_UNLINK, ctypes.c_long(key), ctypes.c_long(ring)))

    def revoke(self, key: int) -> None:
        """Make the key useless, and its payload uncharged, at once."""
        _checked(self._control(_REVOKE, ctypes.c_long(key)))

    def _filled(self, operation: int, key: int) -> bytes:
        size = 2048
        while True:
            buffer = ctypes.create_string_buffer(size)
            needed = _checked(self._control(operation, ctypes.c_long(key), buffer, ctypes.c_size_t(size)))
            # Too short a buffer is no error: the kernel answers how long it should have been.
            if needed <= size:
                return buffer.raw[:needed]
            size = needed


def keyctl_number() -> int | None:
    """Return the number of keyctl among this machine's system calls, or None where it is not known."""
    numbers = _numbers(os.uname().machine) if sys.platform == "linux" else None
    return numbers[1] if numbers else None


def _numbers(machine: str) -> tuple[int, int] | None:
    return _NUMBERS.get((machine, ctypes.sizeof(ctypes.c_void_p)))


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _entry_points(platform: str, machine: str) -> tuple[Callable[..., int], Callable[..., int]]:
    """Return functions for add_key and keyctl: by number where we know it, else libkeyutils's."""
    if platform != "linux":
        raise KeyringMissing("only Linux has a kernel keyring")
    numbers = _numbers(machine)
    if numbers is None:
        return _of_keyutils(machine)
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    add_key, keyctl = numbers

    def add(*arguments: object) -> int:
        return int(syscall(ctypes.c_long(add_key), *arguments))

    def control(operation: int, *arguments: object) -> int:
        return int(syscall(ctypes.c_long(keyctl), ctypes.c_long(operation), *arguments))

    return add, control


def _of_keyutils(machine: str) -> tuple[Callable[..., int], Callable[..., int]]:
    try:
        library = ctypes.CDLL("libkeyutils.so.1", use_errno=True)
    except OSError as problem:
        raise KeyringMissing(f"the kernel keyring's call numbers on `{machine}` are not known") from problem
    library.add_key.restype = ctypes.c_int32
    library.keyctl.restype = ctypes.c_long

    def add(*arguments: object) -> int:
        return int(library.add_key(*arguments))

    def control(operation: int, *arguments: object) -> int:
        return int(library.keyctl(ctypes.c_int(operation), *arguments))

    return add, control
