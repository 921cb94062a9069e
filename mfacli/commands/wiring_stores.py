"""The part of the wiring that names where sessions, seeds and keys are kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mfacli.commands.wiring_surroundings import Surroundings
from mfacli.domain.cloud import Cloud

if TYPE_CHECKING:
    from mfacli.interfaces import CodeLedger, KeyStore, RotationLog, SeedStore, SessionStore
    from mfacli.store.backends import Backend
    from mfacli.store.choice import StoreSetting
    from mfacli.store.crypt_file import CryptFile
    from mfacli.store.trouble import Trouble
    from mfacli.store.vaults import VaultKind


class Stores(Surroundings):
    """What is kept on this machine. Nothing is opened before it is asked for."""

    @cached_property
    def store(self) -> SessionStore:
        """Where sessions are kept: MFACLI_STORE, else the settings, else what this machine offers."""
        from mfacli.store.choice import choose_vaults
        from mfacli.store.kernel_keys import kernel_is_usable

        return self.sessions_in(choose_vaults(self.store_setting, kernel_is_usable=kernel_is_usable()))

    def sessions_in(self, kinds: Sequence[VaultKind]) -> SessionStore:
        """Return the store of the sessions that are kept in vaults of these kinds."""
        from mfacli.store.choice import open_session_store
        from mfacli.store.vaults import VaultKind

        return open_session_store(
            kinds,
            places=self.places,
            locks=self.locks,
            clock=self.clock,
            talk=self.terminal,
            file=self.crypt_file if VaultKind.FILE in kinds else None,
            locked=self._locked,
        )

    @cached_property
    def store_setting(self) -> StoreSetting:
        """What MFACLI_STORE says, else the settings."""
        from mfacli.store.choice import STORE_VARIABLE, parse_store_setting

        return parse_store_setting(self.environment.get(STORE_VARIABLE) or self.settings.store)

    @cached_property
    def crypt_file(self) -> CryptFile:
        """The encrypted file, which is opened only where it is chosen."""
        from mfacli.store.choice import crypt_file_path
        from mfacli.store.crypt_file import CryptFile
        from mfacli.store.passphrases import ProgramPassphrase, TypedPassphrase

        command = self.settings.store_passphrase_command
        typed = TypedPassphrase(lambda: self.prompter)
        source = ProgramPassphrase(command, may_ask=not self.never_asks) if command else typed
        return CryptFile(crypt_file_path(self.places), source=source)

    @cached_property
    def _locked(self) -> Trouble:
        from mfacli.store.trouble import Trouble

        return Trouble()

    @cached_property
    def backends(self) -> tuple[Backend, ...]:
        """The places for secrets on this machine, looked at and not opened."""
        from mfacli.store.backends import file_backend, kernel_backend, keyring_backend
        from mfacli.store.choice import crypt_file_path

        return kernel_backend(), keyring_backend(locks=self.locks), file_backend(crypt_file_path(self.places))

    @property
    def _lasting_file(self) -> CryptFile | None:
        from mfacli.store.choice import StoreSetting

        return self.crypt_file if self.store_setting is StoreSetting.FILE else None

    @cached_property
    def seeds(self) -> SeedStore:
        """Where device seeds are kept."""
        return self.seeds_in(self._lasting_file)

    @cached_property
    def keys(self) -> KeyStore:
        """Where long-term keys are kept."""
        return self.keys_in(self._lasting_file)

    def seeds_in(self, file: CryptFile | None) -> SeedStore:
        """Return the store of the seeds in the encrypted file, or (None) in the OS keyring."""
        from mfacli.store.choice import open_seed_store

        return open_seed_store(
            places=self.places, locks=self.locks, talk=self.terminal, file=file, locked=self._locked
        )

    def keys_in(self, file: CryptFile | None) -> KeyStore:
        """Return the store of the keys in the encrypted file, or (None) in the OS keyring."""
        from mfacli.store.choice import open_key_store

        return open_key_store(
            places=self.places,
            locks=self.locks,
            clock=self.clock,
            talk=self.terminal,
            file=file,
            locked=self._locked,
        )

    def recorded_places(self, index: str, file: CryptFile | None) -> Sequence[str]:
        """Return where each seed or key of a list was kept, empty where that is not known."""
        from mfacli.store.choice import recorded_places

        return recorded_places(index, places=self.places, locks=self.locks, talk=self.terminal, file=file)

    @cached_property
    def rotations(self) -> RotationLog:
        """Which rotations of long-term keys have begun and not ended."""
        from mfacli.store.choice import open_rotation_log

        return open_rotation_log(places=self.places, locks=self.locks, talk=self.terminal)

    def kept_as(self, cloud: Cloud) -> dict[str, str]:
        """Return the profiles of a cloud whose keys rest in the keyring, with the keys' ids."""
        return {kept.profile: kept.access_key_id for kept in self.keys.kept_keys() if kept.cloud is cloud}

    @cached_property
    def ledger(self) -> CodeLedger:
        """Which codes are spent."""
        from mfacli.codes.ledger import FileLedger

        return FileLedger(self.places.state / "codes.json", clock=self.clock, talk=self.terminal)
