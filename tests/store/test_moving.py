"""What is kept goes from one place to another, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, InputNotAllowed, KeyringFull, KeyringLocked, KeysElsewhere, KeysGone
from mfacli.store.index import Index, Record
from mfacli.store.kernel_keys import KernelKeys, KernelVault
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.keys import KeptKeys
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex, MemoryVault
from mfacli.store.moving import move_keys, move_seeds, move_sessions
from mfacli.store.payload import render_session
from mfacli.store.seeds import KeptSeeds
from mfacli.store.sessions import KeptSessions
from mfacli.store.vaults import Vault, VaultKind
from tests.doubles import HandClock
from tests.store.standins import PretendKernel, RecordingTalk, SmallKeyring, session_of

PHONE = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
TABLET = Device(serial="arn:aws:iam::111122223333:mfa/Tablet")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQ"))
KEYS = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("wJalrXUtnFEMI"))
NOW = HandClock().now()
SESSION = session_of(issued_at=NOW)


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

    (moved,) = move_sessions(source, target, now=NOW)

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

    list(move_sessions(source, target, now=NOW))

    assert (source.find("f1"), target.find("f1")) == (None, longer)


def test_an_expired_session_is_removed() -> None:
    vault, index = MemoryVault(), MemoryIndex()
    source = _sessions(vault, index)
    source.keep("f1", SESSION, profile="dev", kind="session")

    (moved,) = move_sessions(source, _sessions(Target(), index), now=SESSION.expires_at)

    assert (moved.place, moved.problem) == ("", None)
    assert (vault.read("f1"), source.entries()) == (None, [])


def test_a_session_that_cannot_be_listed_in_its_new_place_stays_in_the_old_one() -> None:
    class Full(MemoryIndex):
        is_full = False

        def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
            if self.is_full:
                raise FileUnwritable("no space is left on the device")
            return super().change(edit)

    index = Full()
    source = _sessions(MemoryVault(), index)
    source.keep("f1", SESSION, profile="dev", kind="session")
    index.is_full = True

    (moved,) = move_sessions(source, _sessions(Target(), index), now=NOW)

    assert moved.problem is not None
    assert source.find("f1") == SESSION


def test_a_full_kernel_takes_what_it_can_and_the_rest_stays() -> None:
    kernel = PretendKernel(quota=2 * len(render_session("f1", SESSION)))
    index = MemoryIndex()
    source = _sessions(MemoryVault(), index)
    target = _sessions(KernelVault(namespace="ns", open_keys=lambda: KernelKeys(kernel, pause=kernel.settle)), index)
    for name in ("f1", "f2", "f3"):
        source.keep(name, SESSION, profile=name, kind="session")

    moved = list(move_sessions(source, target, now=NOW))

    assert [type(each.problem) for each in moved] == [type(None), KeyringFull, KeyringFull]
    assert [(entry.profile, entry.place) for entry in source.entries()] == [
        ("f2", "this process's memory"),
        ("f3", "this process's memory"),
    ]
    assert target.find("f1") == SESSION


def test_long_sessions_go_to_where_only_short_entries_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = session_of("FwoGZXIvYXdz" * 400, issued_at=NOW)
    index = MemoryIndex()
    source = _sessions(Target(), index)
    source.keep("f1", long, profile="dev", kind="session")
    monkeypatch.setattr("keyring.core._keyring_backend", SmallKeyring())
    target = _sessions(KeyringVault("mfacli-session", namespace="ns", locks=FileLocks([tmp_path])), index)

    (moved,) = move_sessions(source, target, now=NOW)

    assert moved.place == "Windows Credential Manager"
    assert target.find("f1") == long


def test_seeds_and_keys_are_moved() -> None:
    seeds, new_seeds, keys, new_keys = _seeds(), _seeds(), _keys(), _keys()
    seeds.keep_seed(PHONE, SEED)
    keys.keep_keys(Cloud.AWS, "dev", KEYS)

    moved = [*move_seeds(seeds, new_seeds), *move_keys(keys, new_keys)]

    assert [(each.what, each.name) for each in moved] == [("seed", PHONE.serial), ("keys", "aws:dev")]
    assert (seeds.devices_with_seed(), list(keys.kept_keys())) == ([], [])
    assert (new_seeds.find_seed(PHONE), new_keys.find_keys(Cloud.AWS, "dev")) == (SEED, KEYS)


def test_keys_that_are_listed_and_gone_are_told_and_those_in_the_new_place_stay() -> None:
    vault = MemoryVault()
    source, target = _keys(vault), _keys()
    for profile in ("dev", "prod"):
        source.keep_keys(Cloud.AWS, profile, KEYS)
        vault.delete(f"aws:{profile}:a")
    target.keep_keys(Cloud.AWS, "dev", KEYS)

    moved = list(move_keys(source, target))

    assert [type(each.problem) for each in moved] == [type(None), KeysGone]
    assert [kept.profile for kept in source.kept_keys()] == ["prod"]
    assert target.find_keys(Cloud.AWS, "dev") == KEYS


def test_keys_that_rest_in_a_keyring_which_is_not_chosen_now_stay_listed_whatever_the_new_place_has() -> None:
    class Another(MemoryVault):
        def place(self) -> str:
            return "another keyring"

    index, target = MemoryIndex(), _keys()
    KeptKeys(MemoryVault(), index=index, clock=HandClock()).keep_keys(Cloud.AWS, "dev", KEYS)
    source = KeptKeys(Another(), index=index, clock=HandClock())
    target.keep_keys(Cloud.AWS, "dev", replace(KEYS, access_key_id="AKIAOTHER"))

    (moved,) = move_keys(source, target)

    assert isinstance(moved.problem, KeysElsewhere)
    assert [kept.profile for kept in source.kept_keys()] == ["dev"]


def test_a_seed_that_rests_in_a_keyring_which_is_not_chosen_now_is_told() -> None:
    class Another(MemoryVault):
        def place(self) -> str:
            return "another keyring"

    index = MemoryIndex()
    KeptSeeds(MemoryVault(), index=index).keep_seed(PHONE, SEED)
    source = KeptSeeds(Another(), index=index)

    (moved,) = move_seeds(source, _seeds())

    assert str(moved.problem) == "it was kept in another keyring than the one that is chosen now"
    assert source.devices_with_seed() == [PHONE]


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

    assert moved.problem is not None
    assert moved.problem.message == "both places have the seed of Sofia, and they differ"
    assert f"`mfacli device test --device {PHONE.serial}` tells which is right" in moved.problem.hint
    assert source.find_seed(PHONE) == SEED


def test_different_keys_in_both_places_are_left_alone() -> None:
    source, target = _keys(), _keys()
    source.keep_keys(Cloud.AWS, "my dev", KEYS)
    target.keep_keys(Cloud.AWS, "my dev", replace(KEYS, access_key_id="AKIAOTHER"))

    (moved,) = move_keys(source, target)

    assert moved.problem is not None
    assert "`mfacli keys remove -p 'my dev'` removes the other" in moved.problem.hint
    assert source.find_keys(Cloud.AWS, "my dev") == KEYS


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


def test_what_never_stops_changing_is_left_where_it_changes() -> None:
    source = _keys()
    renewed = (replace(KEYS, access_key_id=f"AKIA{number}") for number in range(9))
    target = _keys(Stubborn(lambda _: source.keep_keys(Cloud.AWS, "dev", next(renewed))))
    source.keep_keys(Cloud.AWS, "dev", KEYS)

    (moved,) = move_keys(source, target)

    assert str(moved.problem) == "it changes while it is moved"
    assert source.find_keys(Cloud.AWS, "dev") is not None


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

    (moved,) = move_sessions(source, _sessions(Target(), index), now=NOW)

    assert str(moved.problem) == "the keyring is locked"
