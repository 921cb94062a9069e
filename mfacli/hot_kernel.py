"""Reads a key of the Linux kernel's keyring for the cached read, without a line of Python but this."""

from __future__ import annotations

_SEARCH, _READ, _USER_RING = 10, 11, -4
_LARGEST = 32 * 1024


def read_key(number: int, description: bytes) -> bytes | None:
    """Return what the kernel keeps under `description` for this user; `number` is that of keyctl."""
    # `import ctypes` runs a page of Python first, and costs a tenth of the whole read.
    from _ctypes import FUNCFLAG_CDECL, Array, CFuncPtr, _SimpleCData, dlopen, dlsym

    long, char = type("Long", (_SimpleCData,), {"_type_": "l"}), type("Char", (_SimpleCData,), {"_type_": "c"})
    room = type("Room", (Array,), {"_type_": char, "_length_": _LARGEST})()
    call = type("Call", (CFuncPtr,), {"_flags_": FUNCFLAG_CDECL, "_restype_": long})(
        dlsym(dlopen(None, 0), "syscall")  # type: ignore[arg-type]  # None is the process itself, as for ctypes.CDLL
    )
    for kind in (b"big_key", b"user"):
        key = call(long(number), long(_SEARCH), long(_USER_RING), kind, description, long(0))
        if key > 0:
            size = call(long(number), long(_READ), long(key), room, long(_LARGEST))
            # What is longer than the room is not in it.
            return bytes(room.raw[:size]) if 0 < size <= _LARGEST else None
    return None
