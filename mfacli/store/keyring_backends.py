"""Which backend of the `keyring` library is used, what people call it, and what its refusals mean.

The only module that meets the exceptions of that library and of what lies behind it; they leave as `KeyringUnusable`.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")

UNLOCK_HINT = "unlock it (log in to the desktop, or open it with its own program), or set MFACLI_STORE"
_FILE_HINT = '`store = "file"` in config.toml keeps an encrypted file'
REFUSED_HINT = f"`mfacli store` shows which keyring that is; {_FILE_HINT} in its place"
_MISSING_HINT = f"`mfacli store` shows what this machine offers; {_FILE_HINT}"
_VARIABLE = "PYTHON_KEYRING_BACKEND"
_PLACES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}


class EntryDamaged(KeyringUnusable):
    """One entry is damaged; it can be written over, and removed."""


def place_of(backend: KeyringBackend) -> str:
    """Return what people call the keyring behind `backend`."""
    first = first_of(backend)
    if first is None:
        return "keyring"
    return _PLACES.get(module_of(first)) or str(first.name)


def first_of(backend: KeyringBackend) -> KeyringBackend | None:
    """Return the backend that is asked first; None for a chain of none."""
    return next(iter(members_of(backend)), None)


def members_of(backend: KeyringBackend) -> Sequence[KeyringBackend]:
    """Return the backends of a chain, or the one that is none."""
    return list(getattr(backend, "backends", ())) if _is_chain(backend) else [backend]


def chosen_backend() -> KeyringBackend:
    """Return the backend that the library chooses; raises `KeyringMissing`.

    One that the library does not recommend, or that asks for a passphrase by itself, counts only where somebody has
    named it.
    """
    import keyring

    chosen_by = who_chose()
    try:
        backend = keyring.get_keyring()
        return backend if chosen_by else _fit(backend)
    except Exception as problem:
        # The library imports and asks a class that somebody named in the environment or a file.
        why = str(problem).partition("\n")[0] or type(problem).__name__
        raise KeyringMissing(
            f"the keyring backend that is configured cannot be used: {why}",
            hint=f"it is {chosen_by} that names it: correct it there, or take it out" if chosen_by else _MISSING_HINT,
        ) from problem


def who_chose() -> str:
    """Return what names the backend: a variable, or keyring's own file; empty where the library chooses by itself.

    Nothing of what is named is loaded.
    """
    from keyring.util import platform_

    if _VARIABLE in os.environ:
        return _VARIABLE
    path = Path(platform_.config_root(), "keyringrc.cfg")
    content = configparser.RawConfigParser()
    try:
        content.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        # The library stumbles over it, whatever it names.
        return str(path)
    return str(path) if content.has_option("backend", "default-keyring") else ""


def why_none(backend: KeyringBackend) -> str:
    """Return what stands behind the backend that refuses everything, or keeps nothing."""
    if chosen_by := who_chose():
        which = module_of(backend).rpartition(".")[2]
        return f"{chosen_by} names keyring's `{which}` backend: take it out there, or name another"
    if not sys.platform.startswith("linux"):
        return _MISSING_HINT
    if not _has_bus():
        return f"no D-Bus session is reached from here, which the Secret Service needs; without one, {_FILE_HINT}"
    return (
        "no Secret Service answers on the D-Bus session: start GNOME Keyring, KWallet or KeePassXC; "
        f"without one, {_FILE_HINT}"
    )


def _has_bus() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or (runtime is not None and Path(runtime, "bus").exists())


def _fit(backend: KeyringBackend) -> KeyringBackend:
    """Return `backend` without what nobody has named and mfacli would not choose.

    That is what the library itself calls not recommended, plain files among them, and keyrings.cryptfile, which is
    installed for mfacli's own file: it offers itself to every program in its environment, beside any other keyring
    too, and asks for a passphrase on the terminal whenever an entry is not found in the others.
    """
    from keyring import core
    from keyring.backends import fail

    members = members_of(backend)
    fit = [
        each for each in members if core.recommended(each) and not module_of(each).startswith("keyrings.cryptfile")
    ]
    if not fit:
        return fail.Keyring()  # type: ignore[no-untyped-call]  # the library's has no types
    if len(fit) == len(members):
        return backend
    return fit[0] if len(fit) == 1 else _chain_of(fit)


def _chain_of(members: Sequence[KeyringBackend]) -> KeyringBackend:
    from keyring.backends.chainer import ChainerBackend

    class Some(ChainerBackend):
        """A chain of these alone; the library's is of all that it has heard of."""

        __module__ = ChainerBackend.__module__
        viable = False
        backends = members

    return Some()  # type: ignore[no-untyped-call]  # likewise


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
        return KeyringMissing("this machine offers no keyring that can be used", hint=_MISSING_HINT)
    if isinstance(problem, errors.InitError):
        return KeyringMissing(f"the keyring could not be opened: {problem}", hint=REFUSED_HINT)
    if isinstance(problem, errors.KeyringError):
        return KeyringUnusable(f"the keyring refused: {problem}", hint=REFUSED_HINT)
    # Foreign texts are not repeated: nobody knows what they quote. The traceback has them for --verbose.
    return KeyringUnusable(f"the keyring failed ({type(problem).__name__})", hint=REFUSED_HINT)
