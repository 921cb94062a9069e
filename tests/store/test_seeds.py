from __future__ import annotations

import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, KeyringFull, KeyringMissing, SeedMalformed
from mfacli.interfaces import SeedStore
from mfacli.store.index import FileIndex
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryVault
from mfacli.store.payload import checksum
from mfacli.store.seeds import KeptSeeds, parse_seed, render_seed
from tests.store.contracts import SeedStoreContract
from tests.store.standins import RecordingTalk

SOFIA = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQ"), algorithm="SHA256", digits=8, period=60)


class TestKeptSeeds(SeedStoreContract):
    @pytest.fixture
    def seeds(self, tmp_path: Path) -> SeedStore:
        return KeptSeeds(MemoryVault(), index=_index(tmp_path))


class _Refusing(MemoryVault):
    def place(self) -> str:
        raise KeyringMissing("this machine offers no keyring that can be used")

    def read(self, name: str) -> str | None:
        raise KeyringMissing("this machine offers no keyring that can be used")


def _index(directory: Path) -> FileIndex:
    return FileIndex(directory / "devices.json", locks=FileLocks([directory / "locks"]), talk=RecordingTalk())


def test_a_seed_rests_as_four_lines() -> None:
    assert render_seed(SOFIA, SEED).split("\n")[:3] == ["mfacli-seed 1 SHA256 8 60", SOFIA.serial, "GEZDGNBVGY3TQOJQ"]
    assert parse_seed(render_seed(SOFIA, SEED), SOFIA) == SEED


def test_no_keyring_is_opened_for_a_device_that_has_no_seed(tmp_path: Path) -> None:
    assert KeptSeeds(_Refusing(), index=_index(tmp_path)).find_seed(SOFIA) is None


def test_a_keyring_that_cannot_be_asked_for_a_known_seed_is_told(tmp_path: Path) -> None:
    KeptSeeds(MemoryVault(), index=_index(tmp_path)).keep_seed(SOFIA, SEED)

    with pytest.raises(KeyringMissing):
        KeptSeeds(_Refusing(), index=_index(tmp_path)).find_seed(SOFIA)


def test_a_keyring_that_could_take_no_seed_is_told_before_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(KeyringMissing):
        KeptSeeds(_Refusing(), index=_index(tmp_path)).make_ready(SOFIA)


def test_nothing_is_listed_where_no_keyring_takes_the_seed(tmp_path: Path) -> None:
    seeds = KeptSeeds(_Refusing(), index=_index(tmp_path))

    with pytest.raises(KeyringMissing):
        seeds.keep_seed(SOFIA, SEED)

    assert list(seeds.devices_with_seed()) == []


def test_no_seed_is_kept_that_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    vault = MemoryVault()

    with pytest.raises(FileUnwritable):
        KeptSeeds(vault, index=_index(tmp_path / "file")).keep_seed(SOFIA, SEED)

    assert vault.read(SOFIA.serial) is None


def test_a_device_whose_seed_has_gone_leaves_the_list(tmp_path: Path) -> None:
    vault = MemoryVault()
    seeds = KeptSeeds(vault, index=_index(tmp_path))
    seeds.keep_seed(SOFIA, SEED)
    vault.delete(SOFIA.serial)

    assert seeds.find_seed(SOFIA) is None
    assert list(seeds.devices_with_seed()) == []


def test_a_seed_that_was_kept_in_another_keyring_stays_listed(tmp_path: Path) -> None:
    class Another(MemoryVault):
        def place(self) -> str:
            return "another keyring"

    vault, index = MemoryVault(), _index(tmp_path)
    KeptSeeds(vault, index=index).keep_seed(SOFIA, SEED)

    found = KeptSeeds(Another(), index=index).find_seed(SOFIA)

    assert found is None
    assert KeptSeeds(vault, index=index).find_seed(SOFIA) == SEED


def test_a_seed_that_another_keyring_does_not_take_is_still_found_where_it_is(tmp_path: Path) -> None:
    class Full(MemoryVault):
        def place(self) -> str:
            return "another keyring"

        def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
            raise KeyringFull("no room is left")

    vault, index = MemoryVault(), _index(tmp_path)
    KeptSeeds(vault, index=index).keep_seed(SOFIA, SEED)
    with pytest.raises(KeyringFull):
        KeptSeeds(Full(), index=index).keep_seed(SOFIA, SEED)
    KeptSeeds(Full(), index=index).find_seed(SOFIA)

    assert KeptSeeds(vault, index=index).find_seed(SOFIA) == SEED


def test_a_seed_that_could_not_be_written_is_not_listed(tmp_path: Path) -> None:
    class Full(MemoryVault):
        def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
            raise KeyringFull("no room is left")

    seeds = KeptSeeds(Full(), index=_index(tmp_path))

    with pytest.raises(KeyringFull):
        seeds.keep_seed(SOFIA, SEED)

    assert list(seeds.devices_with_seed()) == []


def test_a_seed_whose_file_was_away_and_is_back_is_found_and_listed(tmp_path: Path) -> None:
    class Away(MemoryVault):
        is_away = False

        def read(self, name: str) -> str | None:
            return None if self.is_away else super().read(name)

        def has(self, name: str) -> bool:
            return not self.is_away and bool(super().has(name))

    vault = Away()
    seeds = KeptSeeds(vault, index=_index(tmp_path))
    seeds.keep_seed(SOFIA, SEED)
    vault.is_away = True
    missed = seeds.find_seed(SOFIA)
    vault.is_away = False

    assert (missed, seeds.find_seed(SOFIA)) == (None, SEED)
    assert list(seeds.devices_with_seed()) == [SOFIA]


def test_a_list_that_cannot_be_mended_withholds_no_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = MemoryVault()
    index = _index(tmp_path)
    KeptSeeds(vault, index=index).keep_seed(SOFIA, SEED)
    (tmp_path / "devices.json").write_text("damaged")
    index.read()

    def refuse(*_: object) -> None:
        raise FileUnwritable("the disk is full")

    monkeypatch.setattr(index, "change", refuse)

    assert KeptSeeds(vault, index=index).find_seed(SOFIA) == SEED


def test_a_seed_is_found_and_listed_again_after_the_list_was_damaged(tmp_path: Path) -> None:
    seeds = KeptSeeds(MemoryVault(), index=_index(tmp_path))
    seeds.keep_seed(SOFIA, SEED)
    (tmp_path / "devices.json").write_text("damaged")

    found = seeds.find_seed(SOFIA)

    assert found == SEED
    assert list(seeds.devices_with_seed()) == [SOFIA]
    assert seeds.find_seed(Device(serial="GAHT12345678")) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mfacli-seed 1", "mfacli-seed 2"),
        ("SHA256 8 60", "SHA256 eight 60"),
        ("SHA256 8 60", "SHA256 8"),
        ("mfa/Sofia", "mfa/Anaya"),
        ("GEZDGNBVGY3TQOJQ", ""),
        ("GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ\n"),
        ("GEZDGNBVGY3TQOJQ", "GEZDGNBVGY\\3TQOJQ"),
    ],
)
def test_a_seed_that_is_not_ours_is_malformed_and_does_not_show(old: str, new: str) -> None:
    body = render_seed(SOFIA, SEED)[:-8].replace(old, new)

    with pytest.raises(SeedMalformed, match="device `Sofia`") as caught:
        parse_seed(body + checksum(body), SOFIA)

    assert "mfacli device import" in caught.value.hint
    assert "GEZDGNBVGY" not in "".join(traceback.format_exception(caught.value))


def test_a_seed_that_lost_any_character_is_malformed() -> None:
    text = render_seed(SOFIA, SEED)

    for cut in range(len(text)):
        with pytest.raises(SeedMalformed):
            parse_seed(text[:cut] + text[cut + 1 :], SOFIA)
