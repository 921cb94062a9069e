"""Which stores are used, decided from MFACLI_STORE and what this machine offers; and those stores, put together."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from mfacli.errors import ProfileBroken
from mfacli.interfaces import Clock, KeyStore, Locks, RotationLog, SeedStore, SessionStore, Talk
from mfacli.store.places import Places
from mfacli.store.vaults import Vault, VaultKind

if TYPE_CHECKING:
    from mfacli.store.crypt_file import CryptFile
    from mfacli.store.trouble import Trouble

STORE_VARIABLE = "MFACLI_STORE"
SESSION_INDEX = "sessions.json"
SEED_INDEX = "devices.json"
KEY_INDEX = "keys.json"
ROTATION_INDEX = "rotations.json"


class StoreSetting(Enum):
    """The values of MFACLI_STORE."""

    AUTO = "auto"
    KERNEL = "kernel"
    KEYRING = "keyring"
    FILE = "file"
    MEMORY = "memory"


def parse_store_setting(text: str | None) -> StoreSetting:
    """Return what MFACLI_STORE says; not set or empty means `auto`. Raises `ProfileBroken`."""
    if not text:
        return StoreSetting.AUTO
    try:
        return StoreSetting(text.strip().lower())
    except ValueError:
        raise ProfileBroken(
            f"{STORE_VARIABLE} is `{text}`, which names no store",
            hint="it can be " + ", ".join(setting.value for setting in StoreSetting),
        ) from None


def choose_vaults(setting: StoreSetting, *, kernel_is_usable: bool) -> tuple[VaultKind, ...]:
    """Return where sessions are kept, the first choice first.

    A kernel keyring that was asked for and cannot be used stays the choice: it refuses, with the reason, when
    something is to be kept in it.
    """
    match setting:
        case StoreSetting.AUTO:
            return (VaultKind.KERNEL, VaultKind.KEYRING) if kernel_is_usable else (VaultKind.KEYRING,)
        case StoreSetting.KERNEL:
            return (VaultKind.KERNEL,)
        case StoreSetting.KEYRING:
            return (VaultKind.KEYRING,)
        case StoreSetting.FILE:
            # A session in the file would cost a passphrase in every process: the kernel goes first, as ever.
            return (VaultKind.KERNEL, VaultKind.FILE) if kernel_is_usable else (VaultKind.FILE,)
        case StoreSetting.MEMORY:
            return (VaultKind.MEMORY,)
        case _:
            assert_never(setting)


def open_session_store(
    kinds: Sequence[VaultKind],
    *,
    places: Places,
    locks: Locks,
    clock: Clock,
    talk: Talk,
    file: CryptFile | None = None,
    locked: Trouble | None = None,
) -> SessionStore:
    """Return the session store over vaults of these kinds; nothing is opened or written yet.

    `file` is what a vault of the kind FILE needs; `locked` is what the stores in the OS keyring share.
    """
    from mfacli.store.index import FileIndex
    from mfacli.store.memory import MemoryIndex
    from mfacli.store.sessions import KeptSessions

    vaults = [_vault(kind, places=places, locks=locks, file=file, locked=locked) for kind in kinds]
    if tuple(kinds) == (VaultKind.MEMORY,):
        return KeptSessions(vaults, index=MemoryIndex(), clock=clock, talk=talk)
    index = FileIndex(places.state / SESSION_INDEX, locks=locks, talk=talk)
    return KeptSessions(vaults, index=index, clock=clock, talk=talk)


def open_seed_store(
    *, places: Places, locks: Locks, talk: Talk, file: CryptFile | None = None, locked: Trouble | None = None
) -> SeedStore:
    """Return the seed store, always in a keyring that outlives a reboot; nothing is opened or written yet.

    With `file`, that is the encrypted file in the place of the OS keyring; `locked` is what the stores there share.
    """
    from mfacli.store.index import FileIndex
    from mfacli.store.keyring_store import SEED_SERVICE
    from mfacli.store.seeds import KeptSeeds

    vault = _lasting(SEED_SERVICE, places=places, locks=locks, file=file, locked=locked)
    index = FileIndex(places.state / _index_of(SEED_INDEX, file), locks=locks, talk=talk)
    return KeptSeeds(vault, index=index)


def open_key_store(
    *,
    places: Places,
    locks: Locks,
    clock: Clock,
    talk: Talk,
    file: CryptFile | None = None,
    locked: Trouble | None = None,
) -> KeyStore:
    """Return the store of long-term keys, always in a keyring that outlives a reboot; nothing is opened yet.

    With `file`, that is the encrypted file in the place of the OS keyring; `locked` is what the stores there share.
    """
    from mfacli.store.index import FileIndex
    from mfacli.store.keyring_store import KEY_SERVICE
    from mfacli.store.keys import KeptKeys

    vault = _lasting(KEY_SERVICE, places=places, locks=locks, file=file, locked=locked)
    index = FileIndex(places.state / _index_of(KEY_INDEX, file), locks=locks, talk=talk)
    return KeptKeys(vault, index=index, clock=clock)


def recorded_places(
    name: str, *, places: Places, locks: Locks, talk: Talk, file: CryptFile | None = None
) -> Sequence[str]:
    """Return where each thing in the list `name` (SEED_INDEX, KEY_INDEX) was kept; empty where that is not known."""
    from mfacli.store.index import FileIndex

    index = FileIndex(places.state / _index_of(name, file), locks=locks, talk=talk)
    return [record.get("place") or "" for record in index.read().records.values()]


def open_rotation_log(*, places: Places, locks: Locks, talk: Talk) -> RotationLog:
    """Return the log of rotations; nothing is read yet."""
    from mfacli.store.index import FileIndex
    from mfacli.store.rotations import IndexedRotations

    return IndexedRotations(FileIndex(places.state / ROTATION_INDEX, locks=locks, talk=talk))


def crypt_file_path(places: Places) -> Path:
    """Return where the encrypted file is, or would be."""
    from mfacli.store.crypt_file import FILE_NAME

    return places.state / FILE_NAME


def _lasting(service: str, *, places: Places, locks: Locks, file: CryptFile | None, locked: Trouble | None) -> Vault:
    if file is not None:
        from mfacli.store.crypt_file import FileVault

        return FileVault(service, namespace=places.namespace, locks=locks, file=file)
    from mfacli.store.keyring_store import KeyringVault

    return KeyringVault(service, namespace=places.namespace, locks=locks, lasts=True, locked=locked)


def _index_of(name: str, file: CryptFile | None) -> str:
    # Each place has a list of its own: what is not found in the one must not leave the other's list.
    return name if file is None else f"file-{name}"


def _vault(kind: VaultKind, *, places: Places, locks: Locks, file: CryptFile | None, locked: Trouble | None) -> Vault:
    match kind:
        case VaultKind.KERNEL:
            from mfacli.store.kernel_keys import KernelVault

            return KernelVault(namespace=places.namespace)
        case VaultKind.KEYRING:
            from mfacli.store.keyring_store import SESSION_SERVICE, KeyringVault

            return KeyringVault(SESSION_SERVICE, namespace=places.namespace, locks=locks, locked=locked)
        case VaultKind.FILE:
            from mfacli.store.crypt_file import FileVault
            from mfacli.store.keyring_store import SESSION_SERVICE

            assert file is not None
            return FileVault(SESSION_SERVICE, namespace=places.namespace, locks=locks, file=file)
        case VaultKind.MEMORY:
            from mfacli.store.memory import MemoryVault

            return MemoryVault()
        case _:
            assert_never(kind)
