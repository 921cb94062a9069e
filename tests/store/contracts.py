"""What every implementation of a store's Protocol must do; each one's test subclasses these."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import KeyringUnusable
from mfacli.interfaces import KeyStore, SeedStore, SessionStore
from mfacli.store.vaults import Vault
from tests.store.standins import session_of

LONG = "IQoJb3JpZ2luX2VjE" * 250


class VaultContract(ABC):
    """A `Vault`; subclasses give the fixture `vault`, empty."""

    @pytest.fixture
    @abstractmethod
    def vault(self) -> Vault:
        """Return an empty vault."""

    def test_an_empty_vault_answers_none(self, vault: Vault) -> None:
        assert vault.read("a") is None
        assert vault.delete("a") is False
        assert vault.has("a") in (False, None)

    @pytest.mark.parametrize(
        "text", ["", "one line", "two\nlines\n", LONG, "多因素认证 \N{KEY} ñ" * 300, "mfacli-pieces 1 a 2 00000000"]
    )
    def test_what_is_written_is_read(self, vault: Vault, text: str) -> None:
        vault.write("a", text, lifetime=timedelta(minutes=1))

        assert vault.read("a") == text
        assert vault.has("a") in (True, None)

    def test_the_last_writing_counts(self, vault: Vault) -> None:
        for text in ("first", LONG, "third", LONG[::-1], LONG[:2000], "last"):
            vault.write("a", text, lifetime=None)

        assert vault.read("a") == "last"

    def test_names_are_kept_apart(self, vault: Vault) -> None:
        for name in ("a", "b", "A", "a:b", "a.b", "a.a0"):
            vault.write(name, f"text of {name}", lifetime=None)

        assert [vault.read(name) for name in ("a", "a:b", "a.a0")] == ["text of a", "text of a:b", "text of a.a0"]

    @pytest.mark.parametrize("text", ["short", LONG])
    def test_what_is_deleted_is_gone(self, vault: Vault, text: str) -> None:
        vault.write("a", text, lifetime=None)
        vault.write("b", text, lifetime=None)

        assert vault.delete("a") is True
        assert vault.read("a") is None
        assert vault.delete("a") is False
        assert vault.read("b") == text

    def test_opening_it_keeps_nothing(self, vault: Vault) -> None:
        vault.open()

        assert vault.read("a") is None

    def test_it_has_a_name_for_people(self, vault: Vault) -> None:
        assert vault.place()


class SessionStoreContract(ABC):
    """A `SessionStore`; subclasses give the fixture `store`, empty, on the real clock."""

    @pytest.fixture
    @abstractmethod
    def store(self) -> SessionStore:
        """Return an empty store."""

    def test_an_empty_store_answers_none(self, store: SessionStore) -> None:
        assert store.find("f1") is None
        assert store.forget("f1") is False
        assert list(store.entries()) == []

    def test_a_kept_session_is_found_with_everything_that_is_known_of_it(self, store: SessionStore) -> None:
        session = session_of(LONG)

        place = store.keep("f1", session, profile="dev", kind="session")

        assert place
        assert store.find("f1") == session
        assert store.find("f2") is None

    def test_unknown_parts_stay_unknown(self, store: SessionStore) -> None:
        session = replace(session_of(), mfa_at=None, account_id=None, principal=None, device=None, region="")

        store.keep("f1", session, profile="dev", kind="role")

        assert store.find("f1") == session

    def test_keeping_again_replaces(self, store: SessionStore) -> None:
        store.keep("f1", session_of("old"), profile="dev", kind="session")
        new = session_of("new", lives=timedelta(hours=2))

        store.keep("f1", new, profile="dev", kind="session")

        assert store.find("f1") == new
        assert [entry.expires_at for entry in store.entries()] == [new.expires_at]

    def test_an_expired_session_is_not_found(self, store: SessionStore) -> None:
        store.keep("f1", session_of(lives=timedelta(seconds=-1)), profile="dev", kind="session")

        assert store.find("f1") is None

    def test_a_forgotten_session_is_gone(self, store: SessionStore) -> None:
        store.keep("f1", session_of(), profile="dev", kind="session")
        store.keep("f2", session_of(), profile="dev", kind="role")

        assert store.forget("f1") is True
        assert store.find("f1") is None
        assert store.forget("f1") is False
        assert [entry.fingerprint for entry in store.entries()] == ["f2"]

    def test_entries_tell_what_is_kept_the_first_to_expire_first(self, store: SessionStore) -> None:
        long = session_of(lives=timedelta(hours=2))
        short = session_of(lives=timedelta(hours=1))

        place = store.keep("f1", long, profile="dev", kind="session")
        store.keep("f2", short, profile="prod", kind="role")
        first, second = store.entries()

        assert (first.fingerprint, first.profile, first.kind, first.place) == ("f2", "prod", "role", place)
        assert (second.fingerprint, second.issued_at, second.expires_at) == ("f1", long.issued_at, long.expires_at)
        assert (first.cloud, first.account_id, first.access_key_id) == ("aws", "111122223333", short.access_key_id)
        assert (first.principal, first.device, first.mfa_at) == (short.principal, short.device, short.mfa_at)


class SeedStoreContract(ABC):
    """A `SeedStore`; subclasses give the fixture `seeds`, empty."""

    sofia = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
    anaya = Device(serial="GAHT12345678")

    @pytest.fixture
    @abstractmethod
    def seeds(self) -> SeedStore:
        """Return an empty store."""

    def test_an_empty_store_knows_no_device(self, seeds: SeedStore) -> None:
        assert seeds.find_seed(self.sofia) is None
        assert list(seeds.devices_with_seed()) == []

    @pytest.mark.parametrize(
        "seed",
        [
            Seed(key=Secret("GEZDGNBVGY3TQOJQ")),
            Seed(key=Secret("GEZDGNBVGY3TQOJQ" * 8), algorithm="SHA512", digits=8, period=60),
        ],
    )
    def test_a_kept_seed_is_found(self, seeds: SeedStore, seed: Seed) -> None:
        place = seeds.keep_seed(self.sofia, seed)

        assert place
        assert seeds.find_seed(self.sofia) == seed
        assert seeds.find_seed(self.anaya) is None

    def test_making_ready_keeps_nothing_and_takes_nothing(self, seeds: SeedStore) -> None:
        seeds.keep_seed(self.anaya, Seed(key=Secret("GEZDGNBVGY3TQOJQ")))

        seeds.make_ready(self.sofia)
        seeds.make_ready(self.anaya)

        assert list(seeds.devices_with_seed()) == [self.anaya]
        assert seeds.find_seed(self.anaya) is not None

    def test_keeping_again_replaces(self, seeds: SeedStore) -> None:
        seeds.keep_seed(self.sofia, Seed(key=Secret("GEZDGNBVGY3TQOJQ")))

        seeds.keep_seed(self.sofia, Seed(key=Secret("MFRGGZDFMZTWQ2LK")))

        assert seeds.find_seed(self.sofia) == Seed(key=Secret("MFRGGZDFMZTWQ2LK"))
        assert list(seeds.devices_with_seed()) == [self.sofia]

    def test_a_forgotten_seed_is_gone(self, seeds: SeedStore) -> None:
        seeds.keep_seed(self.sofia, Seed(key=Secret("GEZDGNBVGY3TQOJQ")))
        seeds.keep_seed(self.anaya, Seed(key=Secret("GEZDGNBVGY3TQOJQ")))

        assert seeds.forget_seed(self.sofia) is True
        assert seeds.find_seed(self.sofia) is None
        assert seeds.forget_seed(self.sofia) is False
        assert list(seeds.devices_with_seed()) == [self.anaya]


class RefusingVaultContract(ABC):
    """A `Vault` whose place refuses everything; subclasses give the fixture `vault`."""

    @pytest.fixture
    @abstractmethod
    def vault(self) -> Vault:
        """Return the vault."""

    def test_reading_raises_the_keyrings_error(self, vault: Vault) -> None:
        with pytest.raises(KeyringUnusable):
            vault.read("a")

    def test_writing_raises_the_keyrings_error(self, vault: Vault) -> None:
        with pytest.raises(KeyringUnusable):
            vault.write("a", "text", lifetime=None)

    def test_deleting_raises_the_keyrings_error(self, vault: Vault) -> None:
        with pytest.raises(KeyringUnusable):
            vault.delete("a")


class KeyStoreContract(ABC):
    """A `KeyStore`; subclasses give the fixture `keys`, empty."""

    old = Keys(access_key_id="AKIAOLD", secret_access_key=Secret("old/secret+1"))
    new = Keys(access_key_id="AKIANEW", secret_access_key=Secret("new/secret+2"))

    @pytest.fixture
    @abstractmethod
    def keys(self) -> KeyStore:
        """Return an empty store."""

    def test_an_empty_store_has_no_keys(self, keys: KeyStore) -> None:
        assert keys.find_keys(Cloud.AWS, "dev") is None
        assert list(keys.kept_keys()) == []

    def test_kept_keys_are_found_for_their_profile_and_cloud_only(self, keys: KeyStore) -> None:
        place = keys.keep_keys(Cloud.AWS, "dev", self.old)

        assert place
        assert keys.find_keys(Cloud.AWS, "dev") == self.old
        assert keys.find_keys(Cloud.TENCENT, "dev") is None
        assert keys.find_keys(Cloud.AWS, "prod") is None

    def test_keeping_keys_again_replaces_them(self, keys: KeyStore) -> None:
        for each in (self.old, self.new, self.old, self.new):
            keys.keep_keys(Cloud.AWS, "dev", each)

        assert keys.find_keys(Cloud.AWS, "dev") == self.new
        assert [(kept.profile, kept.access_key_id) for kept in keys.kept_keys()] == [("dev", "AKIANEW")]

    @pytest.mark.parametrize("profile", ["with space", "名前", "a:b", "percent%"])
    def test_profiles_of_any_name_are_kept_apart(self, keys: KeyStore, profile: str) -> None:
        keys.keep_keys(Cloud.TENCENT, profile, self.old)
        keys.keep_keys(Cloud.TENCENT, f"{profile}:a", self.new)

        assert keys.find_keys(Cloud.TENCENT, profile) == self.old
        assert [kept.profile for kept in keys.kept_keys()] == [profile, f"{profile}:a"]

    def test_forgotten_keys_are_gone(self, keys: KeyStore) -> None:
        keys.keep_keys(Cloud.AWS, "dev", self.old)
        keys.keep_keys(Cloud.AWS, "prod", self.new)

        assert keys.forget_keys(Cloud.AWS, "dev") is True
        assert keys.find_keys(Cloud.AWS, "dev") is None
        assert keys.forget_keys(Cloud.AWS, "dev") is False
        assert [kept.profile for kept in keys.kept_keys()] == ["prod"]
