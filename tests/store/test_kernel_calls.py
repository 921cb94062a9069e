from __future__ import annotations

import ctypes
import errno
import os
import secrets
import struct

import pytest

from mfacli.errors import KeyringMissing
from mfacli.store import kernel_calls
from mfacli.store.kernel_calls import USER_RING, SystemCalls
from mfacli.store.kernel_keys import kernel_is_usable
from tests.real import run_in_child

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def _needs_a_kernel_keyring() -> None:
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")


@pytest.mark.parametrize("platform", ["darwin", "win32", "freebsd14"])
def test_other_systems_have_no_kernel_keyring(platform: str) -> None:
    with pytest.raises(KeyringMissing, match="only Linux"):
        kernel_calls._entry_points(platform, "x86_64")


@pytest.mark.real
def test_a_machine_whose_numbers_are_not_known_asks_libkeyutils() -> None:
    _needs_a_kernel_keyring()
    try:
        ctypes.CDLL("libkeyutils.so.1")
    except OSError:
        pytest.skip("libkeyutils is not installed")
    calls = SystemCalls()
    calls._add, calls._control = kernel_calls._entry_points("linux", "unheard-of")
    description = f"mfacli:test-{secrets.token_hex(6)}"

    key = calls.add("user", description, b"text", USER_RING)

    assert SystemCalls().search(USER_RING, "user", description) == key
    calls.unlink(key, USER_RING)
    with pytest.raises(OSError, match="not available"):
        calls.search(USER_RING, "user", description)


def test_a_machine_without_numbers_and_library_has_no_kernel_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(*_: object, **__: object) -> None:
        raise OSError("libkeyutils.so.1: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", no_library)

    with pytest.raises(KeyringMissing, match="`unheard-of` are not known"):
        kernel_calls._entry_points("linux", "unheard-of")


@pytest.mark.real
def test_a_key_can_be_described() -> None:
    _needs_a_kernel_keyring()
    calls = SystemCalls()
    description = f"mfacli:test-{secrets.token_hex(6)}"
    key = calls.add("user", description, b"text", USER_RING)

    told = calls.describe(key).split(";")
    calls.unlink(key, USER_RING)

    assert (told[0], told[1], told[-1]) == ("user", str(os.getuid()), description)


@pytest.mark.real
@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOSYS])
def test_a_sandbox_that_blocks_the_calls_makes_it_unusable(number: int) -> None:
    _needs_a_kernel_keyring()
    if os.uname().machine != "x86_64":
        pytest.skip("the filter is written for x86-64")

    def look_from_the_sandbox() -> object:
        _block(kernel_calls._NUMBERS["x86_64", 8], number)
        return kernel_is_usable()

    assert run_in_child(look_from_the_sandbox).result() is False


def _block(numbers: tuple[int, int], error: int) -> None:
    """Let these system calls fail from now on, as a container's filter does."""
    steps = [(_LOAD, 0, 0, 0)]
    for number in numbers:
        steps += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(_PR_SET_SECCOMP, 2, program) == 0, os.strerror(ctypes.get_errno())
