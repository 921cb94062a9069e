"""The operating system's keyring, through the `keyring` library and whichever backend it chooses.

Which backend that is, and what its exceptions mean, is `keyring_backends.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from mfacli.errors import FileUnwritable, KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.interfaces import Locks
from mfacli.store.deadline import TookTooLong, call_within
from mfacli.store.keyring_backends import (
    UNLOCK_HINT,
    chosen_backend,
    is_kernel,
    module_of,
    place_of,
    why_none,
)
from mfacli.store.keyring_entries import Entries
from mfacli.store.trouble import Trouble
from mfacli.store.vaults import VaultKind

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")

SESSION_SERVICE = "mfacli-session"
SEED_SERVICE = "mfacli-seed"
KEY_SERVICE = "mfacli-keys"

# Long enough to type a password into the dialogue that unlocks a keyring.
PATIENCE = timedelta(seconds=60)


class KeyringVault:
    """A `Vault` in the OS keyring.

    `service` is the keyring's name for this kind of secret; entries are called `namespace:name` there. `lasts` says
    that they must outlive a reboot. `patience` is how long an answer may take, dialogues included. `locked` is what
    the vaults of a command share: the dialogue that somebody dismissed for one is not shown again for the next.
    """

    kind = VaultKind.KEYRING
    may_prompt = True

    def __init__(
        self,
        service: str,
        *,
        namespace: str,
        locks: Locks,
        lasts: bool = False,
        patience: timedelta = PATIENCE,
        locked: Trouble | None = None,
    ) -> None:
        self._service = service
        self._namespace = namespace
        self._locks = locks
        self._lasts = lasts
        self._patience = patience
        self._locked = locked or Trouble()
        self._missing = Trouble()

    def place(self) -> str:
        """Return what people call the backend."""
        return self._ask(place_of)

    def open(self) -> None:
        """Come by the backend, with its passphrase where it is a file's."""
        self._ask_alone(place_of)

    def read(self, name: str) -> str | None:
        """Return the text kept under `name`, or None where there is none or a piece of it is gone."""
        return self._ask(lambda backend: Entries(backend, self._service, self._namespace).read(name))

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`, in pieces where the backend takes no long ones, and see that it is there."""

        def keep(backend: KeyringBackend) -> None:
            Entries(_limited(backend, lifetime), self._service, self._namespace).write(name, text)

        self._ask_alone(keep)

    def delete(self, name: str) -> bool:
        """Remove it with all its pieces; returns whether there was one."""
        return self._ask_alone(lambda backend: Entries(backend, self._service, self._namespace).delete(name))

    def has(self, name: str) -> bool | None:
        """Return None: asking could open a dialogue."""
        return None

    def _ask_alone(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        # Windows' backend moves the entry before aside when it writes another: two at once would lose one.
        try:
            with self._locks.hold("keyring"):
                return self._ask(question)
        except FileUnwritable as problem:
            raise KeyringUnusable(
                f"the keyring cannot be written safely: {problem.message}", hint=problem.hint
            ) from problem

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        self._locked.raise_again()
        self._missing.raise_again()
        try:
            return call_within(self._patience, lambda: question(self._backend()))
        except TookTooLong:
            problem = KeyringLocked(
                f"the keyring has not answered for {self._patience.total_seconds():g} s, "
                "perhaps waiting for a password nobody is asked for",
                hint=UNLOCK_HINT,
            )
            self._locked.meet(problem)
            raise problem from None
        except KeyringLocked as refusal:
            self._locked.meet(refusal)
            raise
        except KeyringMissing as refusal:
            self._missing.meet(refusal)
            raise

    def _backend(self) -> KeyringBackend:
        backend = chosen_backend()
        if module_of(backend) in ("keyring.backends.fail", "keyring.backends.null"):
            raise KeyringMissing("this machine offers no keyring that can be used", hint=why_none(backend))
        if self._lasts and is_kernel(backend):
            raise KeyringMissing(
                "the keyring chosen is the kernel's, which a reboot clears; this secret needs one that lasts",
                hint="choose another with PYTHON_KEYRING_BACKEND or keyring's own configuration",
            )
        return backend


def _limited(backend: KeyringBackend, lifetime: timedelta | None) -> KeyringBackend:
    """Tell the one backend that can forget by itself how long the entry is good for."""
    if lifetime is None or not is_kernel(backend):
        return backend
    return backend.with_properties(timeout=lifetime.total_seconds())
