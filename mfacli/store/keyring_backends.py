"""Which backend of the `keyring` library is used, what people call it, and what its refusals mean.

The only module that meets the exceptions of that library and of what lies behind it; they leave as `KeyringUnusable`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")

UNLOCK_HINT = "unlock it (log in to the desktop, or open it with its own program), or set MFACLI_STORE"
MISSING_HINT = "`keyring diagnose` and `keyring --list-backends` show what this machine offers"
_PLACES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}


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


def why_none(backend: KeyringBackend) -> str:
    """Return what stands behind the backend that refuses everything, or keeps nothing."""
    if chosen_by := who_chose():
        which = module_of(backend).rpartition(".")[2]
        return f"{chosen_by} names keyring's `{which}` backend: take it out there, or name another"
    if sys.platform.startswith("linux") and not _has_bus():
        return (
            "no D-Bus session is reached from here, which the Secret Service needs; "
            'without one, `store = "file"` in config.toml keeps an encrypted file'
        )
    return MISSING_HINT


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


def is_windows(backend: KeyringBackend) -> bool:
    """Whether it takes no long entries."""
    return sys.platform == "win32" or module_of(backend) == "keyring.backends.Windows"


def is_kernel(backend: KeyringBackend) -> bool:
    """Whether a reboot clears it."""
    return module_of(backend) == "mfacli.store.kernel_keyring"


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
        return KeyringLocked("the keyring is locked, and was not unlocked", hint=UNLOCK_HINT)
    if isinstance(problem, errors.NoKeyringError) or "SecretServiceNotAvailableException" in chain:
        return KeyringMissing("this machine offers no keyring that can be used", hint=MISSING_HINT)
    if isinstance(problem, errors.InitError):
        return KeyringMissing(f"the keyring could not be opened: {problem}", hint=MISSING_HINT)
    if isinstance(problem, errors.KeyringError):
        return KeyringUnusable(f"the keyring refused: {problem}", hint=MISSING_HINT)
    # Foreign texts are not repeated: nobody knows what they quote. The traceback has them for --verbose.
    return KeyringUnusable(f"the keyring failed ({type(problem).__name__})", hint=MISSING_HINT)
