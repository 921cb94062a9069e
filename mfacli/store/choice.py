"""Which stores are used, decided from MFACLI_STORE and what this machine offers; and those stores, put together."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import assert_never

from mfacli.errors import ProfileBroken
from mfacli.interfaces import Clock, KeyStore, Locks, SeedStore, SessionStore, Talk
from mfacli.store.places import Places
from mfacli.store.vaults import Vault, VaultKind

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
        case StoreSetting.MEMORY:
            return (VaultKind.MEMORY,)
        case _:
            assert_never(setting)


def open_session_store(
    kinds: Sequence[VaultKind], *, places: Places, locks: Locks, clock: Clock, talk: Talk
) -> SessionStore:
    """Return the session store over vaults of these kinds; nothing is opened or written yet."""
    from mfacli.store.index import FileIndex
    from mfacli.store.memory import MemoryIndex
    from mfacli.store.sessions import KeptSessions

    vaults = [_vault(kind, places=places, locks=locks) for kind in kinds]
    if tuple(kinds) == (VaultKind.MEMORY,):
        return KeptSessions(vaults, index=MemoryIndex(), clock=clock, talk=talk)
    index = FileIndex(places.state / SESSION_INDEX, locks=locks, talk=talk)
    return KeptSessions(vaults, index=index, clock=clock, talk=talk)


def open_seed_store(*, places: Places, locks: Locks, talk: Talk) -> SeedStore:
    """Return the seed store, always in a keyring that outlives a reboot; nothing is opened or written yet."""
    from mfacli.store.index import FileIndex
    from mfacli.store.keyring_store import SEED_SERVICE, KeyringVault
    from mfacli.store.seeds import KeptSeeds

    vault = KeyringVault(SEED_SERVICE, namespace=places.namespace, locks=locks, lasts=True)
    return KeptSeeds(vault, index=FileIndex(places.state / SEED_INDEX, locks=locks, talk=talk))


def open_key_store(*, places: Places, locks: Locks, clock: Clock, talk: Talk) -> KeyStore:
    """Return the store of long-term keys, always in a keyring that outlives a reboot; nothing is opened yet."""
    from mfacli.store.index import FileIndex
    from mfacli.store.keyring_store import KEY_SERVICE, KeyringVault
    from mfacli.store.keys import KeptKeys

    vault = KeyringVault(KEY_SERVICE, namespace=places.namespace, locks=locks, lasts=True)
    return KeptKeys(vault, index=FileIndex(places.state / KEY_INDEX, locks=locks, talk=talk), clock=clock)


def _vault(kind: VaultKind, *, places: Places, locks: Locks) -> Vault:
    match kind:
        case VaultKind.KERNEL:
            from mfacli.store.kernel_keys import KernelVault

            return KernelVault(namespace=places.namespace)
        case VaultKind.KEYRING:
            from mfacli.store.keyring_store import SESSION_SERVICE, KeyringVault

            return KeyringVault(SESSION_SERVICE, namespace=places.namespace, locks=locks)
        case VaultKind.MEMORY:
            from mfacli.store.memory import MemoryVault

            return MemoryVault()
        case _:
            assert_never(kind)
