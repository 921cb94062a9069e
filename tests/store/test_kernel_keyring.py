from __future__ import annotations

import errno
import importlib.metadata
import os
import secrets
import subprocess
import sys
from datetime import timedelta

import keyring.backends.chainer
import keyring.backends.fail
import pytest
from keyring.errors import NoKeyringError, PasswordSetError
from keyring.testing.backend import BackendBasicTests

from mfacli.store import kernel_keyring
from mfacli.store.kernel_keyring import KernelKeyring
from mfacli.store.kernel_keys import KernelKeys, KernelVault, kernel_is_usable
from tests.store.standins import PretendKernel

needs_kernel = pytest.mark.skipif(
    not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service"
)


def _backend(prefix: str) -> KernelKeyring:
    backend = KernelKeyring()  # type: ignore[no-untyped-call]  # the library's has no types
    backend.prefix = prefix
    return backend


def _on(kernel: PretendKernel, monkeypatch: pytest.MonkeyPatch) -> KernelKeyring:
    monkeypatch.setattr(kernel_keyring, "open_kernel_keys", lambda: KernelKeys(kernel, pause=kernel.settle))
    return _backend("mfacli")


@pytest.mark.real
@needs_kernel
class TestAsTheLibraryTestsItsOwn(BackendBasicTests):
    def init_keyring(self) -> KernelKeyring:
        backend = _backend(f"test-{secrets.token_hex(6)}")
        # Not all of the library's tests clean up.
        backend.timeout = 60
        return backend


@pytest.mark.real
@needs_kernel
def test_it_is_chosen_by_name_and_shares_its_keys_with_the_store() -> None:
    namespace = f"test-{secrets.token_hex(6)}"
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "mfacli.store.kernel_keyring.KernelKeyring"}
    command = [sys.executable, "-m", "keyring"]

    subprocess.run([*command, "set", namespace, "a"], input="text", env=environment, text=True, check=True)
    kept = KernelVault(namespace=namespace).read("a")
    told = subprocess.run(
        [*command, "get", namespace, "a"], env=environment, text=True, capture_output=True, check=True
    )
    subprocess.run([*command, "del", namespace, "a"], env=environment, check=True)

    assert (kept, told.stdout) == ("text", "text\n")
    assert KernelVault(namespace=namespace).read("a") is None


@needs_kernel
def test_it_never_offers_itself() -> None:
    priority = KernelKeyring.priority

    assert priority < keyring.backends.fail.Keyring.priority
    assert KernelKeyring not in [type(one) for one in keyring.backends.chainer.ChainerBackend.backends]


def test_it_is_registered_where_the_library_looks() -> None:
    found = importlib.metadata.entry_points(group="keyring.backends", name="mfacli-kernel")

    assert [entry.load().KernelKeyring for entry in found] == [KernelKeyring]


def test_it_is_not_viable_where_the_kernel_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = _on(PretendKernel(refuses_with=errno.ENOSYS), monkeypatch)

    def refuse() -> KernelKeys:
        keys = KernelKeys(PretendKernel(refuses_with=errno.ENOSYS))
        keys.check()
        return keys

    monkeypatch.setattr(kernel_keyring, "open_kernel_keys", refuse)

    with pytest.raises(RuntimeError, match="cannot be used here"):
        _ = KernelKeyring.priority
    assert type(backend).viable is False


def test_refusals_leave_as_the_librarys_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = _on(PretendKernel(refuses_with=errno.EPERM), monkeypatch)

    with pytest.raises(NoKeyringError):
        backend.get_password("service", "name")
    with pytest.raises(NoKeyringError):
        backend.set_password("service", "name", "text")
    with pytest.raises(NoKeyringError):
        backend.delete_password("service", "name")


def test_a_full_keyring_is_a_password_set_error(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = _on(PretendKernel(quota=3), monkeypatch)

    with pytest.raises(PasswordSetError, match="is full"):
        backend.set_password("service", "name", "text")


def test_a_timeout_in_the_environment_limits_every_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = PretendKernel()
    monkeypatch.setenv("KEYRING_PROPERTY_TIMEOUT", "90")

    _on(kernel, monkeypatch).set_password("service", "name", "text")

    assert list(kernel.expiries.values()) == [timedelta(seconds=90).total_seconds()]


def test_without_a_timeout_an_entry_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = PretendKernel()

    _on(kernel, monkeypatch).set_password("service", "name", "text")

    assert kernel.expiries == {}
