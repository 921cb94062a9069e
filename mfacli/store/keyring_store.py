"""The operating system's keyring, through the `keyring` library and whichever backend it chooses.

The only module that meets the exceptions of that library and of what lies behind it; they leave as `KeyringUnusable`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from mfacli.errors import FileUnwritable, KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.interfaces import Locks
from mfacli.store.deadline import TookTooLong, call_within
from mfacli.store.pieces import WINDOWS_LIMIT, Head, cut, join, needs_cutting, parse_head, piece_name
from mfacli.store.vaults import VaultKind

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")

SESSION_SERVICE = "mfacli-session"
SEED_SERVICE = "mfacli-seed"
KEY_SERVICE = "mfacli-keys"

# Long enough to type a password into the dialogue that unlocks a keyring.
PATIENCE = timedelta(seconds=60)
# A person who dismissed that dialogue is not shown it again by the next step of the same command.
_TROUBLE_LASTS_SECONDS = 60.0

_UNLOCK_HINT = "unlock it (log in to the desktop, or open it with its own program), or set MFACLI_STORE"
_MISSING_HINT = "`keyring diagnose` and `keyring --list-backends` show what this machine offers"
_PLACES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}


class KeyringVault:
    """A `Vault` in the OS keyring.

    `service` is the keyring's name for this kind of secret; entries are called `namespace:name` there. `lasts` says
    that they must outlive a reboot. `patience` is how long an answer may take, dialogues included.
    """

    kind = VaultKind.KEYRING
    may_prompt = True

    def __init__(
        self, service: str, *, namespace: str, locks: Locks, lasts: bool = False, patience: timedelta = PATIENCE
    ) -> None:
        self._service = service
        self._namespace = namespace
        self._locks = locks
        self._lasts = lasts
        self._patience = patience
        self._trouble: tuple[float, KeyringUnusable] | None = None

    def place(self) -> str:
        """Return what people call the backend."""
        return self._ask(place_of)

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
        if self._trouble is not None and monotonic() - self._trouble[0] < _TROUBLE_LASTS_SECONDS:
            raise self._trouble[1]
        try:
            return call_within(self._patience, lambda: question(self._backend()))
        except TookTooLong:
            problem = KeyringLocked(
                f"the keyring has not answered for {self._patience.total_seconds():g} s, "
                "perhaps waiting for a password nobody is asked for",
                hint=_UNLOCK_HINT,
            )
            self._trouble = (monotonic(), problem)
            raise problem from None
        except KeyringUnusable as problem:
            if isinstance(problem, KeyringLocked | KeyringMissing):
                self._trouble = (monotonic(), problem)
            raise

    def _backend(self) -> KeyringBackend:
        backend = chosen_backend()
        if module_of(backend) in ("keyring.backends.fail", "keyring.backends.null"):
            raise KeyringMissing("this machine offers no keyring that can be used", hint=_why_none(backend))
        if self._lasts and _is_kernel(backend):
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
        self._limit = WINDOWS_LIMIT if _is_windows(backend) else None

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
                f"the keyring (`{place_of(self._backend)}`) took the entry and did not keep it", hint=_MISSING_HINT
            )
        if before is not None:
            self._remove_pieces(name, before.generation)

    def delete(self, name: str) -> bool:
        found = self._get(name)
        if found is None:
            return False
        self._unset(name)
        if parse_head(found) is not None:
            for generation in ("a", "b"):
                self._remove_pieces(name, generation)
        return True

    def _head(self, name: str) -> Head | None:
        text = self._get(name)
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
        from keyring.errors import PasswordDeleteError

        def remove() -> None:
            try:
                self._backend.delete_password(self._service, f"{self._namespace}:{name}")
            except PasswordDeleteError:
                # Another process was quicker; where it is still there, the backend is the one that cannot.
                if self._backend.get_password(self._service, f"{self._namespace}:{name}") is not None:
                    raise

        translated(remove)


def place_of(backend: KeyringBackend) -> str:
    """Return what people call the keyring behind `backend`."""
    first = first_of(backend)
    if first is None:
        return "keyring"
    return _PLACES.get(module_of(first)) or str(first.name)


def first_of(backend: KeyringBackend) -> KeyringBackend | None:
    """Return the backend that is asked first; None for a chain of none."""
    if not _is_chain(backend):
        return backend
    return next(iter(getattr(backend, "backends", ())), None)


def chosen_backend() -> KeyringBackend:
    """Return the backend that the library chooses; raises `KeyringMissing`.

    One that asks for a passphrase by itself counts only where somebody has named it.
    """
    import keyring

    try:
        backend = keyring.get_keyring()
        return backend if who_chose() else _silent(backend)
    except Exception as problem:
        # The library imports and asks a class that somebody named in the environment or a file.
        raise KeyringMissing(
            f"the keyring backend that is configured cannot be used: {problem}",
            hint="see PYTHON_KEYRING_BACKEND and `keyring diagnose`",
        ) from problem


def _why_none(backend: KeyringBackend) -> str:
    """Return what stands behind the backend that refuses everything, or keeps nothing."""
    if chosen_by := who_chose():
        which = module_of(backend).rpartition(".")[2]
        return f"{chosen_by} names keyring's `{which}` backend: take it out there, or name another"
    if sys.platform.startswith("linux") and not _has_bus():
        return (
            "no D-Bus session is reached from here, which the Secret Service needs; "
            'without one, `store = "file"` in config.toml keeps an encrypted file'
        )
    return _MISSING_HINT


def _has_bus() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or (runtime is not None and Path(runtime, "bus").exists())


def who_chose() -> str:
    """Return what names the backend: a variable, or keyring's own file; empty where the library chose by itself."""
    from keyring import core
    from keyring.util import platform_

    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND"
    return f"{platform_.config_root()}/keyringrc.cfg" if core.load_config() is not None else ""


def _silent(backend: KeyringBackend) -> KeyringBackend:
    """Return `backend`, or what it would be if keyrings.cryptfile had not been installed for mfacli's own file.

    It offers itself to every program in its environment, beside any other keyring too, and asks for a passphrase on
    the terminal whenever an entry is not found in the others.
    """
    from keyring.backends import fail

    chain = list(getattr(backend, "backends", ())) if _is_chain(backend) else [backend]
    silent = [each for each in chain if not module_of(each).startswith("keyrings.cryptfile")]
    if len(silent) == len(chain):
        return backend
    return silent[0] if silent else fail.Keyring()  # type: ignore[no-untyped-call]  # the library's has no types


def _is_chain(backend: KeyringBackend) -> bool:
    return module_of(backend) == "keyring.backends.chainer"


def module_of(backend: KeyringBackend) -> str:
    """Return the name of the module that `backend` comes from, by which it is known."""
    return type(backend).__module__


def _is_windows(backend: KeyringBackend) -> bool:
    return sys.platform == "win32" or module_of(backend) == "keyring.backends.Windows"


def _is_kernel(backend: KeyringBackend) -> bool:
    return module_of(backend) == "mfacli.store.kernel_keyring"


def _limited(backend: KeyringBackend, lifetime: timedelta | None) -> KeyringBackend:
    """Tell the one backend that can forget by itself how long the entry is good for."""
    if lifetime is None or not _is_kernel(backend):
        return backend
    return backend.with_properties(timeout=lifetime.total_seconds())


def translated(call: Callable[[], Answer]) -> Answer:
    """Return what `call`, to a backend, returns; what it raises leaves as `KeyringUnusable`."""
    try:
        return call()
    except KeyringUnusable:
        raise
    except Exception as problem:
        # Backends let through whatever lies behind them: D-Bus, Windows, anything.
        raise _translation(problem) from problem


def _translation(problem: Exception) -> KeyringUnusable:
    from keyring import errors

    chain = {type(link).__name__ for link in (problem, problem.__cause__) if link is not None}
    if isinstance(problem, errors.KeyringLocked) or chain & {"LockedException", "PromptDismissedException"}:
        return KeyringLocked("the keyring is locked, and was not unlocked", hint=_UNLOCK_HINT)
    if isinstance(problem, errors.NoKeyringError) or "SecretServiceNotAvailableException" in chain:
        return KeyringMissing("this machine offers no keyring that can be used", hint=_MISSING_HINT)
    if isinstance(problem, errors.InitError):
        return KeyringMissing(f"the keyring could not be opened: {problem}", hint=_MISSING_HINT)
    if isinstance(problem, errors.KeyringError):
        return KeyringUnusable(f"the keyring refused: {problem}", hint=_MISSING_HINT)
    # Foreign texts are not repeated: nobody knows what they quote. The traceback has them for --verbose.
    return KeyringUnusable(f"the keyring failed ({type(problem).__name__})", hint=_MISSING_HINT)
