from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from mfacli.errors import KeyringFull, KeyringMissing, KeyringUnusable
from mfacli.store.kernel_calls import THREAD_RING, USER_RING, KeyCalls, SystemCalls
from mfacli.store.kernel_keys import KernelKeys, KernelVault, description_of, kernel_is_usable, open_kernel_keys
from mfacli.store.vaults import Vault
from tests.real import require_root, require_tool, run_in_child, run_in_children
from tests.store.contracts import RefusingVaultContract, VaultContract
from tests.store.standins import PretendKernel

MINUTE = timedelta(minutes=1)
NAMES = ("a", "b", "a:b", "a.b", "a.a0")


def _keys(kernel: PretendKernel) -> KernelKeys:
    return KernelKeys(kernel, pause=kernel.settle)


class TestOnAKernelWithoutBigKeys(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return KernelVault(namespace="ns", open_keys=lambda: _keys(PretendKernel()))


class TestOnAKernelWithBigKeys(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return KernelVault(namespace="ns", open_keys=lambda: _keys(PretendKernel(has_big_key=True)))


class TestWhereTheCallsAreBlocked(RefusingVaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return KernelVault(namespace="ns", open_keys=lambda: _keys(PretendKernel(refuses_with=errno.EPERM)))


@pytest.fixture
def namespace() -> Iterator[str]:
    """Give a namespace of the running kernel that is empty, and is again afterwards."""
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")
    name = f"test-{secrets.token_hex(6)}"
    yield name
    keys = open_kernel_keys()
    for username in NAMES:
        keys.delete(description_of(name, username))


@pytest.mark.real
class TestOnTheRunningKernel(VaultContract):
    @pytest.fixture
    def vault(self, namespace: str) -> Vault:
        return KernelVault(namespace=namespace)


def test_big_keys_are_used_where_the_kernel_has_them() -> None:
    kernel = PretendKernel(has_big_key=True, quota=10)

    _keys(kernel).write("d", "x" * 5000, lifetime=None)

    assert [key.kind for key in kernel.keys.values()] == ["big_key"]


def test_a_user_key_of_an_older_kernel_gives_way_to_a_big_key() -> None:
    kernel = PretendKernel(has_big_key=False)
    _keys(kernel).write("d", "old", lifetime=None)
    kernel._has_big_key = True

    _keys(kernel).write("d", "new", lifetime=None)
    kernel.settle()

    assert [(key.kind, key.payload) for key in kernel.keys.values()] == [("big_key", b"new\n")]


def test_a_key_is_complete_before_others_can_see_it() -> None:
    class Watched(PretendKernel):
        def link(self, key: int, ring: int) -> None:
            assert self.expiries[key] == 60
            assert self.keys[key].permissions == 0x3F0F0000
            super().link(key, ring)

    kernel = Watched()

    _keys(kernel).write("d", "text", lifetime=MINUTE)

    assert [key.rings for key in kernel.keys.values()] == [{USER_RING}]


def test_replacing_and_deleting_give_back_the_room_at_once() -> None:
    kernel = PretendKernel(quota=1000)
    keys = KernelKeys(kernel, pause=lambda _: None)

    keys.write("d", "x" * 450, lifetime=None)
    keys.write("d", "y" * 450, lifetime=None)
    keys.delete("d")
    keys.write("d", "z" * 900, lifetime=None)

    assert keys.read("d") == "z" * 900


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [(timedelta(milliseconds=1), 1), (timedelta(seconds=90.9), 90), (timedelta(days=5000), 365 * 86_400)],
)
def test_a_lifetime_is_told_in_whole_seconds(lifetime: timedelta, seconds: int) -> None:
    kernel = PretendKernel()

    _keys(kernel).write("d", "text", lifetime=lifetime)

    assert list(kernel.expiries.values()) == [seconds]


def test_an_expired_key_is_none_and_can_be_written_again() -> None:
    kernel = PretendKernel()
    keys = _keys(kernel)
    keys.write("d", "text", lifetime=MINUTE)
    kernel.let_expire()

    assert (keys.read("d"), keys.has("d")) == (None, False)
    keys.write("d", "again", lifetime=MINUTE)
    assert keys.read("d") == "again"


def test_another_programs_key_is_read_by_way_of_the_threads_keyring() -> None:
    kernel = PretendKernel()
    kernel.add("user", "d", b"text\n", USER_RING)

    assert _keys(kernel).read("d") == "text"
    assert kernel.possessed == {USER_RING}


def test_a_full_keyring_drops_what_has_expired() -> None:
    kernel = PretendKernel(quota=1000)
    keys = _keys(kernel)
    keys.write("expired", "x" * 700, lifetime=MINUTE)
    kernel.let_expire()
    kernel.expiries.clear()

    keys.write("d", "y" * 700, lifetime=MINUTE)

    assert keys.read("d") == "y" * 700
    assert len(kernel.keys) == 1


def test_a_full_keyring_drops_what_is_being_replaced() -> None:
    kernel = PretendKernel(quota=1000)
    keys = _keys(kernel)
    keys.write("d", "x" * 700, lifetime=None)

    keys.write("d", "y" * 700, lifetime=None)

    assert keys.read("d") == "y" * 700


def test_a_keyring_full_of_others_keys_is_full() -> None:
    kernel = PretendKernel(quota=1000)
    kernel.add("user", "somebody's", b"x" * 900, USER_RING)

    with pytest.raises(KeyringFull, match="is full") as caught:
        _keys(kernel).write("d", "y" * 700, lifetime=None)

    assert "/proc/key-users" in caught.value.hint
    assert len(kernel.keys) == 1


def test_room_that_is_not_given_back_in_time_leaves_it_full() -> None:
    kernel = PretendKernel(quota=1000)
    keys = KernelKeys(kernel, pause=lambda _: None)
    keys.write("expired", "x" * 700, lifetime=MINUTE)
    kernel.let_expire()

    with pytest.raises(KeyringFull):
        keys.write("d", "y" * 700, lifetime=None)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(KeyringFull, match="of this length"):
        _keys(PretendKernel(quota=100_000)).write("d", "x" * 32_767, lifetime=None)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EPERM, errno.EACCES, errno.EOPNOTSUPP])
def test_blocked_calls_mean_no_keyring(number: int) -> None:
    keys = _keys(PretendKernel(refuses_with=number))

    with pytest.raises(KeyringMissing, match="cannot be used here"):
        keys.check()
    with pytest.raises(KeyringMissing, match="cannot be used here"):
        keys.write("d", "text", lifetime=None)


def test_a_kernel_that_lets_look_but_not_add_refuses_to_keep() -> None:
    keys = _keys(PretendKernel(can_add=False))

    keys.check()

    with pytest.raises(KeyringMissing):
        keys.write("d", "text", lifetime=None)


def test_any_other_refusal_is_told() -> None:
    with pytest.raises(KeyringUnusable, match="Cannot allocate memory"):
        _keys(PretendKernel(refuses_with=errno.ENOMEM)).read("d")


@pytest.mark.parametrize(("method", "number"), [("read", errno.ENOKEY), ("unlink", errno.ENOENT)])
def test_a_key_that_goes_between_two_calls_is_gone(method: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = PretendKernel()
    keys = _keys(kernel)
    keys.write("d", "text", lifetime=None)

    def gone(*_: int) -> bytes:
        raise OSError(number, "gone")

    monkeypatch.setattr(kernel, method, gone)

    assert (keys.read("d") is None) is (method == "read")
    assert keys.delete("d") is (method == "read")


@pytest.mark.parametrize("method", ["read", "unlink"])
def test_a_refusal_between_two_calls_is_told(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = PretendKernel()
    keys = _keys(kernel)
    keys.write("d", "text", lifetime=None)

    def refuse(*_: int) -> bytes:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(kernel, method, refuse)

    with pytest.raises(KeyringUnusable, match="Cannot allocate memory"):
        keys.read("d") if method == "read" else keys.delete("d")


def test_different_names_never_share_a_description() -> None:
    names = [("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c"), ("a\0", "b"), ("a", "\0b")]

    descriptions = [description_of(service, username) for service, username in names]

    assert len(set(descriptions)) == len(names)
    assert "\0" not in "".join(descriptions)
    assert description_of("1a2b3c4d", "f00d") == "mfacli:1a2b3c4d:f00d"


@pytest.mark.real
def test_the_kernel_itself_lets_a_key_expire(namespace: str) -> None:
    vault = KernelVault(namespace=namespace)
    vault.write("a", "text", lifetime=timedelta(seconds=1))

    before = vault.read("a")
    time.sleep(1.2)

    assert (before, vault.read("a"), vault.has("a")) == ("text", None, False)
    vault.write("a", "again", lifetime=MINUTE)
    assert vault.read("a") == "again"


@pytest.mark.real
def test_a_writing_leaves_nothing_in_the_threads_own_keyring(namespace: str) -> None:
    KernelVault(namespace=namespace).write("a", "text", lifetime=MINUTE)

    with pytest.raises(OSError, match="not available"):
        SystemCalls().search(THREAD_RING, "user", description_of(namespace, "a"))


@pytest.mark.real
def test_a_longer_text_than_the_first_buffer_is_read_whole(namespace: str) -> None:
    vault = KernelVault(namespace=namespace)

    vault.write("a", "x" * 5000, lifetime=MINUTE)

    assert vault.read("a") == "x" * 5000


@pytest.mark.real
def test_another_login_session_of_the_user_reads_it(namespace: str) -> None:
    keyctl = require_tool("keyctl")
    uid = _ordinary_user() if os.geteuid() == 0 else None

    def keep() -> object:
        KernelVault(namespace=namespace).write("a", "text", lifetime=MINUTE)
        return None

    def read_elsewhere() -> object:
        import subprocess

        # A session keyring of its own, with nothing in it, as a second login has.
        script = f"keyctl pipe $(keyctl search @u user mfacli:{namespace}:a)"
        told = subprocess.run(
            [keyctl, "session", "-", "sh", "-c", script], capture_output=True, text=True, check=False
        )
        return told.stdout

    run_in_child(keep, uid=uid).result()

    assert run_in_child(lambda: KernelVault(namespace=namespace).read("a"), uid=uid).result() == "text"
    assert run_in_child(read_elsewhere, uid=uid).result() == "text\n"


@pytest.mark.real
def test_another_user_cannot_read_it_even_by_its_number(namespace: str) -> None:
    require_root()
    vault = KernelVault(namespace=namespace)
    vault.write("a", "text", lifetime=MINUTE)
    number = SystemCalls().search(USER_RING, "user", description_of(namespace, "a"))

    def read_by_number() -> object:
        try:
            return SystemCalls().read(number).decode()
        except OSError as problem:
            return problem.strerror

    assert run_in_child(lambda: KernelVault(namespace=namespace).read("a"), uid=_ordinary_user()).result() is None
    assert run_in_child(read_by_number, uid=_ordinary_user()).result() == "Permission denied"


@pytest.mark.real
def test_an_ordinary_users_quota_ends_in_full_and_expired_keys_make_room(namespace: str) -> None:
    require_root()

    def use_up() -> object:
        vault = KernelVault(namespace=namespace)
        calls: KeyCalls = SystemCalls()
        vault.write("a", "x" * 5000, lifetime=timedelta(seconds=1))
        foreign = [_foreign(calls, f"{namespace}-{number}") for number in range(14)]
        try:
            vault.write("b", "y" * 5000, lifetime=MINUTE)
            first = "kept"
        except KeyringFull:
            first = "full"
        time.sleep(1.1)
        vault.write("b", "y" * 5000, lifetime=MINUTE)
        second = vault.read("b") == "y" * 5000
        for key in foreign:
            calls.unlink(key, USER_RING)
        vault.delete("b")
        return [first, second]

    assert run_in_child(use_up, uid=_ordinary_user()).result() == ["full", True]


@pytest.mark.real
def test_twenty_processes_write_and_read_the_same_key(namespace: str) -> None:
    def write_and_read(number: int) -> object:
        vault = KernelVault(namespace=namespace)
        texts = {f"{number} " * 20 for number in range(20)}
        for _ in range(4):
            vault.write("a", f"{number} " * 20, lifetime=MINUTE)
            if vault.read("a") not in texts:
                return "read something else"
        return "fine"

    children = run_in_children([partial(write_and_read, number) for number in range(20)])

    assert [child.result() for child in children] == ["fine"] * 20


def _foreign(calls: KeyCalls, description: str) -> int:
    key = calls.add("user", description, b"z" * 1000, THREAD_RING)
    calls.link(key, USER_RING)
    calls.unlink(key, THREAD_RING)
    return key


def _ordinary_user() -> int:
    # One that nobody is: its quota is used by nothing else.
    return 200_000 + secrets.randbelow(100_000)
