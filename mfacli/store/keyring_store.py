"""The operating system's keyring, through the `keyring` library and whichever backend it chooses.

Which backend that is, and what its exceptions mean, is `keyring_backends.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from mfacli.errors import FileUnwritable, KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.interfaces import Locks
from mfacli.store.deadline import TookTooLong, call_within
from mfacli.store.keyring_backends import (
    REFUSED_HINT,
    UNLOCK_HINT,
    EntryDamaged,
    chosen_backend,
    is_kernel,
    is_windows,
    members_of,
    module_of,
    place_of,
    translated,
    why_none,
)
from mfacli.store.pieces import WINDOWS_LIMIT, Head, cut, join, needs_cutting, parse_head, piece_name
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
        return self._ask(lambda backend: _Entries(backend, self._service, self._namespace).read(name))

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`, in pieces where the backend takes no long ones, and see that it is there."""

        def keep(backend: KeyringBackend) -> None:
            _Entries(_limited(backend, lifetime), self._service, self._namespace).write(name, text)

        self._ask_alone(keep)

    def delete(self, name: str) -> bool:
        """Remove it with all its pieces; returns whether there was one."""
        return self._ask_alone(lambda backend: _Entries(backend, self._service, self._namespace).delete(name))

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


class _Entries:
    """Texts in one backend, whole or in pieces."""

    def __init__(self, backend: KeyringBackend, service: str, namespace: str) -> None:
        self._backend = backend
        self._service = service
        self._namespace = namespace
        self._limit = WINDOWS_LIMIT if is_windows(backend) else None

    def read(self, name: str) -> str | None:
        text = self._get(name)
        # The pieces are gone where somebody has replaced the text meanwhile, and then the head has changed.
        for _ in range(3):
            head = parse_head(text) if text is not None else None
            if head is None:
                return text
            whole = join(head, [self._get(piece) for piece in head.piece_names(name)])
            if whole is not None:
                return whole
            before, text = text, self._get(name)
            if text == before:
                return None
        return None

    def write(self, name: str, text: str) -> None:
        before = self._head(name)
        top = text
        if needs_cutting(text, limit=self._limit):
            head, pieces = cut(text, limit=self._limit or WINDOWS_LIMIT, before=before)
            for piece, content in zip(head.piece_names(name), pieces, strict=True):
                self._set(piece, content)
            self._remove_pieces(name, head.generation, start=head.count)
            top = str(head)
        self._set(name, top)
        if self._get(name) != top:
            raise KeyringUnusable(
                f"the keyring (`{place_of(self._backend)}`) took the entry and did not keep it", hint=REFUSED_HINT
            )
        if before is not None:
            self._remove_pieces(name, before.generation)

    def delete(self, name: str) -> bool:
        head: Head | None = None
        with suppress(EntryDamaged):
            found = self._get(name)
            if found is None:
                return False
            head = parse_head(found)
        self._unset(name)
        if head is not None:
            for generation in ("a", "b"):
                self._remove_pieces(name, generation)
        return True

    def _head(self, name: str) -> Head | None:
        try:
            text = self._get(name)
        except EntryDamaged:
            return None
        return parse_head(text) if text is not None else None

    def _remove_pieces(self, name: str, generation: str, start: int = 0) -> None:
        number = start
        while self._get(piece := piece_name(name, generation, number)) is not None:
            self._unset(piece)
            number += 1

    def _get(self, name: str) -> str | None:
        return translated(lambda: self._backend.get_password(self._service, f"{self._namespace}:{name}"))

    def _set(self, name: str, text: str) -> None:
        translated(lambda: self._backend.set_password(self._service, f"{self._namespace}:{name}", text))

    def _unset(self, name: str) -> None:
        """Remove the entry wherever a chain has it: the library's own removes the first, and the next would show."""
        is_removed = False
        for member in members_of(self._backend):
            try:
                is_removed = translated(partial(self._removed_from, member, name)) or is_removed
            except KeyringUnusable:
                # Nothing of ours is looked for in the others, but where the first has had nothing.
                if not is_removed:
                    raise

    def _removed_from(self, backend: KeyringBackend, name: str) -> bool:
        from keyring.errors import PasswordDeleteError

        username = f"{self._namespace}:{name}"
        try:
            backend.delete_password(self._service, username)
        except (PasswordDeleteError, NotImplementedError):
            # Another process was quicker, or it never was there; where it still is, the backend is one that cannot.
            if backend.get_password(self._service, username) is not None:
                raise
            return False
        return True


def _limited(backend: KeyringBackend, lifetime: timedelta | None) -> KeyringBackend:
    """Tell the one backend that can forget by itself how long the entry is good for."""
    if lifetime is None or not is_kernel(backend):
        return backend
    return backend.with_properties(timeout=lifetime.total_seconds())
