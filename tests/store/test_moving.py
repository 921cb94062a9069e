"""What is kept goes from one place to another, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import InputNotAllowed, KeyringFull, KeyringLocked
from mfacli.store.index import FileIndex, Index
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.keys import KeptKeys
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex, MemoryVault
from mfacli.store.moving import move_keys, move_seeds, move_sessions
from mfacli.store.seeds import KeptSeeds
from mfacli.store.sessions import KeptSessions
from mfacli.store.vaults import Vault, VaultKind
from tests.doubles import HandClock
from tests.real import run_in_child
from tests.store.standins import DirectoryKeyring, RecordingTalk, session_of

PHONE = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
TABLET = Device(serial="arn:aws:iam::111122223333:mfa/Tablet")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQ"))
KEYS = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("wJalrXUtnFEMI"))
SESSION = session_of(issued_at=HandClock().now())


class Stubborn(MemoryVault):
    """One that does not take, or not keep, what `mood` is about."""

    def __init__(self, mood: Callable[[str], object] = lambda name: None) -> None:
        super().__init__()
        self._mood = mood

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Keep `text`, unless the mood is against it."""
        self._mood(name)
        super().write(name, text, lifetime=lifetime)


class Target(Stubborn):
    """A vault of another kind."""

    kind = VaultKind.FILE


def _sessions(vault: Vault, index: Index) -> KeptSessions:
    return KeptSessions([vault], index=index, clock=HandClock(), talk=RecordingTalk())


def _seeds(vault: Vault | None = None) -> KeptSeeds:
    return KeptSeeds(vault or MemoryVault(), index=MemoryIndex())


def _keys(vault: Vault | None = None) -> KeptKeys:
    return KeptKeys(vault or MemoryVault(), index=MemoryIndex(), clock=HandClock())


def test_a_session_is_moved_with_all_that_is_known_of_it() -> None:
    index = MemoryIndex()
    source, target = _sessions(MemoryVault(), index), _sessions(Target(), index)
    source.keep("f1", SESSION, profile="dev", kind="session", opened_with="AKIA1")
    (before,) = source.entries()

    (moved,) = move_sessions(source, target)

    assert (moved.name, moved.place, moved.problem) == ("dev", "this process's memory", None)
    assert (source.find("f1"), source.entries()) == (None, [])
    assert target.find("f1") == SESSION
    assert target.entries() == [before]


@pytest.mark.parametrize("hours", [-1, 1], ids=["shorter", "longer"])
def test_of_two_sessions_the_one_that_lives_longer_stays(hours: int) -> None:
    index = MemoryIndex()
    source, target = _sessions(MemoryVault(), index), _sessions(Target(), index)
    longer = replace(SESSION, expires_at=SESSION.expires_at + timedelta(hours=1))
    here, there = (longer, SESSION) if hours < 0 else (SESSION, longer)
    source.keep("f1", here, profile="dev", kind="session")
    target.keep("f1", there, profile="dev", kind="session")

    list(move_sessions(source, target))

    assert (source.find("f1"), target.find("f1")) == (None, longer)


def test_an_expired_session_is_passed_over() -> None:
    clock, index = HandClock(), MemoryIndex()
    source = KeptSessions([MemoryVault()], index=index, clock=clock, talk=RecordingTalk())
    source.keep("f1", SESSION, profile="dev", kind="session")
    clock.wait(timedelta(hours=2))

    (moved,) = move_sessions(source, _sessions(Target(), index))

    assert (moved.place, moved.problem) == ("", None)


def test_seeds_and_keys_are_moved() -> None:
    seeds, new_seeds, keys, new_keys = _seeds(), _seeds(), _keys(), _keys()
    seeds.keep_seed(PHONE, SEED)
    keys.keep_keys(Cloud.AWS, "dev", KEYS)

    moved = [*move_seeds(seeds, new_seeds), *move_keys(keys, new_keys)]

    assert [(each.what, each.name) for each in moved] == [("seed", PHONE.serial), ("keys", "aws:dev")]
    assert (seeds.devices_with_seed(), list(keys.kept_keys())) == ([], [])
    assert (new_seeds.find_seed(PHONE), new_keys.find_keys(Cloud.AWS, "dev")) == (SEED, KEYS)


def test_one_that_cannot_be_moved_keeps_no_other_from_it() -> None:
    def full(name: str) -> None:
        if "Sofia" in name:
            raise KeyringFull("no room is left")

    source, target = _seeds(), _seeds(Stubborn(full))
    source.keep_seed(PHONE, SEED)
    source.keep_seed(TABLET, SEED)

    first, second = move_seeds(source, target)

    assert (str(first.problem), second.problem) == ("no room is left", None)
    assert (source.find_seed(PHONE), target.find_seed(TABLET)) == (SEED, SEED)


def test_what_is_not_given_back_is_not_removed() -> None:
    class Forgetful(MemoryVault):
        def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
            """Keep nothing."""

    source = _seeds()
    source.keep_seed(PHONE, SEED)

    (moved,) = move_seeds(source, _seeds(Forgetful()))

    assert "does not give back" in str(moved.problem)
    assert source.find_seed(PHONE) == SEED


def test_different_seeds_in_both_places_are_left_alone() -> None:
    source, target = _seeds(), _seeds()
    source.keep_seed(PHONE, SEED)
    target.keep_seed(PHONE, Seed(key=Secret("MFRGGZDFMZTWQ2LK")))

    (moved,) = move_seeds(source, target)

    assert str(moved.problem) == "both places have the seed of Sofia, and they differ"
    assert source.find_seed(PHONE) == SEED


def test_what_changes_meanwhile_is_moved_as_it_is_in_the_end() -> None:
    source = _keys()
    newer = replace(KEYS, access_key_id="AKIANEWER")
    rotations = [newer]

    def rotate(_: str) -> None:
        if rotations:
            source.keep_keys(Cloud.AWS, "dev", rotations.pop())

    target = _keys(Stubborn(rotate))
    source.keep_keys(Cloud.AWS, "dev", KEYS)

    (moved,) = move_keys(source, target)

    assert moved.problem is None
    assert (source.find_keys(Cloud.AWS, "dev"), target.find_keys(Cloud.AWS, "dev")) == (None, newer)


def test_where_nobody_may_be_asked_nothing_further_is_tried() -> None:
    def ask(_: str) -> None:
        raise InputNotAllowed("a passphrase is needed")

    source = _seeds()
    source.keep_seed(PHONE, SEED)

    with pytest.raises(InputNotAllowed):
        list(move_seeds(source, _seeds(Stubborn(ask))))


def test_a_locked_source_is_told_for_each() -> None:
    class Locked(MemoryVault):
        def read(self, name: str) -> str | None:
            raise KeyringLocked("the keyring is locked")

    index = MemoryIndex()
    source = _sessions(Locked(), index)
    source.keep("f1", SESSION, profile="dev", kind="session")

    (moved,) = move_sessions(source, _sessions(Target(), index))

    assert str(moved.problem) == "the keyring is locked"


@pytest.mark.parametrize("point", range(14))
@pytest.mark.parametrize("side", ["source", "target"])
def test_a_kill_at_any_point_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: int, side: str
) -> None:
    def moving(dies_at: int | None) -> None:
        source, target = _places(tmp_path, monkeypatch, side, dies_at)
        list(move_seeds(source, target))

    source, _ = _places(tmp_path, monkeypatch, side, None)
    source.keep_seed(PHONE, SEED)
    run_in_child(lambda: moving(point))

    found_before = [store.find_seed(PHONE) for store in _places(tmp_path, monkeypatch, side, None)]
    moving(None)

    source, target = _places(tmp_path, monkeypatch, side, None)
    assert SEED in found_before
    assert (source.find_seed(PHONE), target.find_seed(PHONE)) == (None, SEED)
    assert (source.devices_with_seed(), target.devices_with_seed()) == ([], [PHONE])


def _places(
    root: Path, monkeypatch: pytest.MonkeyPatch, side: str, dies_at: int | None
) -> tuple[KeptSeeds, KeptSeeds]:
    """Return source and target; that of `side` kills the process before an operation."""
    backends: dict[str, KeyringBackend] = {}
    stores = []
    locks = FileLocks([root / "locks"])
    for name in ("source", "target"):
        (root / name).mkdir(exist_ok=True, mode=0o700)
        backends[name] = DirectoryKeyring(root / name, dies_at=dies_at if name == side else None)
        vault = _OneBackend(name, namespace="ns", locks=locks, lasts=True)
        vault.backend = backends[name]
        stores.append(KeptSeeds(vault, index=FileIndex(root / f"{name}.json", locks=locks, talk=RecordingTalk())))
    source, target = stores
    return source, target


class _OneBackend(KeyringVault):
    """A vault in the backend that it is given."""

    backend: KeyringBackend

    def _backend(self) -> KeyringBackend:
        return self.backend
