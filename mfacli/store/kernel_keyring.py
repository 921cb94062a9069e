"""The Linux kernel's keyring as a backend of the `keyring` library, for whoever chooses it by that library's means.

    PYTHON_KEYRING_BACKEND=mfacli.store.kernel_keyring.KernelKeyring

What it holds is gone with a reboot, so it never offers itself: its priority is below that of the backend that refuses
everything, and the one that asks all others passes it over.
"""

from __future__ import annotations

from datetime import timedelta

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import NoKeyringError, PasswordDeleteError, PasswordSetError

from mfacli.errors import KeyringMissing, KeyringUnusable
from mfacli.store.kernel_keys import PREFIX, KernelKeys, description_of, open_kernel_keys


class KernelKeyring(KeyringBackend):
    """Linux kernel keyring.

    `prefix` begins the names of its keys, `timeout` is how many seconds they live (0: until a reboot); both can be
    set with KEYRING_PROPERTY_PREFIX and KEYRING_PROPERTY_TIMEOUT, or `with_properties`.
    """

    prefix = PREFIX
    timeout: float | str = 0

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805 - a property of the class, as the library wants it
        """Return a number below 0; `RuntimeError` where the kernel keyring cannot be used."""
        try:
            open_kernel_keys()
        except KeyringUnusable as problem:
            raise RuntimeError(problem.message) from problem
        return -2

    @properties.classproperty
    def name(cls) -> str:  # noqa: N805 - likewise
        """Return what people call it."""
        return "Linux kernel keyring"

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept for `username` of `service`, or None."""
        try:
            return self._keys().read(self._description(service, username))
        except KeyringUnusable as problem:
            raise NoKeyringError(problem.message) from problem

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep `password`, in place of what was there."""
        seconds = float(self.timeout)
        lifetime = timedelta(seconds=seconds) if seconds else None
        try:
            self._keys().write(self._description(service, username), password, lifetime=lifetime)
        except KeyringMissing as problem:
            raise NoKeyringError(problem.message) from problem
        except KeyringUnusable as problem:
            raise PasswordSetError(problem.message) from problem

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is kept; `PasswordDeleteError` where there is nothing."""
        try:
            found = self._keys().delete(self._description(service, username))
        except KeyringUnusable as problem:
            raise NoKeyringError(problem.message) from problem
        if not found:
            raise PasswordDeleteError("no such password")

    def _keys(self) -> KernelKeys:
        return open_kernel_keys()

    def _description(self, service: str, username: str) -> str:
        return description_of(service, username, prefix=self.prefix)
