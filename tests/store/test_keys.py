from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import KeptKey, Keys
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, KeyringLocked, KeyringMissing, KeyringUnusable, KeysElsewhere, KeysMalformed
from mfacli.interfaces import KeyStore
from mfacli.store.index import FileIndex, Record
from mfacli.store.keys import KeptKeys, parse_keys, render_keys
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex, MemoryVault
from mfacli.store.payload import checksum
from tests.doubles import NOON, HandClock
from tests.store.contracts import KeyStoreContract
from tests.store.standins import RecordingTalk

OLD = Keys(access_key_id="AKIAOLD", secret_access_key=Secret("old/secret+1"))
NEW = Keys(access_key_id="AKIANEW", secret_access_key=Secret("new/secret+2"))


class TestKeptKeys(KeyStoreContract):
    @pytest.fixture
    def keys(self, tmp_path: Path) -> KeyStore:
        return _store(tmp_path, MemoryVault())


def _index(directory: Path) -> FileIndex:
    return FileIndex(directory / "keys.json", locks=FileLocks([directory / "locks"]), talk=RecordingTalk())


def _store(directory: Path, vault: MemoryVault) -> KeptKeys:
    return KeptKeys(vault, index=_index(directory), clock=HandClock())


class _Killed(BaseException):
    """Stands for the end of the process."""


class _KilledVault(MemoryVault):
    """A vault whose process is killed before its `steps`th operation."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps_left = steps

    def _step(self) -> None:
        if self.steps_left == 0:
            raise _Killed
        self.steps_left -= 1

    def read(self, name: str) -> str | None:
        self._step()
        return super().read(name)

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        self._step()
        super().write(name, text, lifetime=lifetime)

    def delete(self, name: str) -> bool:
        self._step()
        return super().delete(name)


class _Refusing(MemoryVault):
    def place(self) -> str:
        raise KeyringMissing("this machine offers no keyring that can be used")

    def read(self, name: str) -> str | None:
        raise KeyringMissing("this machine offers no keyring that can be used")


class _Forgetful(MemoryVault):
    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        """Take it, and lose it."""


class _Undeleting(MemoryVault):
    def delete(self, name: str) -> bool:
        raise KeyringLocked("the keyring was locked just now")


def test_keys_rest_as_five_lines() -> None:
    text = render_keys(Cloud.AWS, "dev", OLD)

    assert text.split("\n")[:4] == ["mfacli-keys 1", "aws:dev", "AKIAOLD", "old/secret+1"]
    assert parse_keys(text, Cloud.AWS, "dev") == OLD


def test_keys_that_were_kept_in_another_keyring_are_told_with_which(tmp_path: Path) -> None:
    class Another(MemoryVault):
        def place(self) -> str:
            return "another keyring"

    vault = MemoryVault()
    _store(tmp_path, vault).keep_keys(Cloud.AWS, "dev", OLD)

    with pytest.raises(KeysElsewhere) as refusal:
        _store(tmp_path, Another()).find_keys(Cloud.AWS, "dev")

    assert refusal.value.message == (
        "the keys of profile `dev` were kept in this process's memory, and the keyring is another keyring now"
    )
    assert _store(tmp_path, vault).find_keys(Cloud.AWS, "dev") == OLD


def test_the_index_holds_no_secret(tmp_path: Path) -> None:
    _store(tmp_path, MemoryVault()).keep_keys(Cloud.AWS, "dev", OLD)

    content = (tmp_path / "keys.json").read_text()
    assert "AKIAOLD" in content
    assert "secret" not in content
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("steps", range(3))
def test_wherever_keeping_is_killed_the_keys_before_or_the_new_ones_are_found(tmp_path: Path, steps: int) -> None:
    vault = _KilledVault(100)
    store = _store(tmp_path, vault)
    store.keep_keys(Cloud.AWS, "dev", OLD)
    vault.steps_left = steps

    with pytest.raises(_Killed):
        store.keep_keys(Cloud.AWS, "dev", NEW)

    vault.steps_left = 100
    listed = store.kept_keys()[0].access_key_id
    assert store.find_keys(Cloud.AWS, "dev") == (NEW if listed == "AKIANEW" else OLD)
    assert (listed == "AKIANEW") is (steps == 2)


def test_after_it_was_killed_keeping_again_leaves_one(tmp_path: Path) -> None:
    vault = _KilledVault(100)
    store = _store(tmp_path, vault)
    store.keep_keys(Cloud.AWS, "dev", OLD)
    vault.steps_left = 2
    with pytest.raises(_Killed):
        store.keep_keys(Cloud.AWS, "dev", NEW)
    vault.steps_left = 100

    store.keep_keys(Cloud.AWS, "dev", NEW)

    texts = [text for slot in "ab" if (text := vault.read(f"aws:dev:{slot}")) is not None]
    assert len(texts) == 1
    assert store.find_keys(Cloud.AWS, "dev") == NEW


def test_a_keyring_that_loses_what_it_takes_is_told_before_anything_changes(tmp_path: Path) -> None:
    store = _store(tmp_path, _Forgetful())

    with pytest.raises(KeyringUnusable, match=r"does not give the keys …AOLD back"):
        store.keep_keys(Cloud.AWS, "dev", OLD)

    assert list(store.kept_keys()) == []


def test_keys_before_that_cannot_be_removed_do_not_make_the_new_ones_fail(tmp_path: Path) -> None:
    store = _store(tmp_path, _Undeleting())
    store.keep_keys(Cloud.AWS, "dev", OLD)

    store.keep_keys(Cloud.AWS, "dev", NEW)

    assert store.find_keys(Cloud.AWS, "dev") == NEW


def test_no_keyring_is_opened_for_a_profile_that_has_no_keys_in_it(tmp_path: Path) -> None:
    assert _store(tmp_path, _Refusing()).find_keys(Cloud.AWS, "dev") is None


def test_nothing_is_listed_where_no_keyring_takes_the_keys(tmp_path: Path) -> None:
    store = _store(tmp_path, _Refusing())

    with pytest.raises(KeyringMissing):
        store.keep_keys(Cloud.AWS, "dev", OLD)

    assert list(store.kept_keys()) == []


class _Full(FileIndex):
    """An index on a disk that is full."""

    def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
        raise FileUnwritable("no space left on device")


def test_keys_that_cannot_be_listed_are_said_and_those_before_stay(tmp_path: Path) -> None:
    vault = MemoryVault()
    _store(tmp_path, vault).keep_keys(Cloud.AWS, "dev", OLD)
    index = _Full(tmp_path / "keys.json", locks=FileLocks([tmp_path / "locks"]), talk=RecordingTalk())

    with pytest.raises(FileUnwritable) as problem:
        KeptKeys(vault, index=index, clock=HandClock()).keep_keys(Cloud.AWS, "dev", NEW)

    assert "no command finds the keys" in problem.value.hint
    assert [vault.read(f"aws:dev:{slot}") is None for slot in "ab"] == [False, True]
    assert _store(tmp_path, vault).find_keys(Cloud.AWS, "dev") == OLD


def test_keys_whose_list_was_lost_are_still_to_be_had(tmp_path: Path) -> None:
    vault = MemoryVault()
    store = _store(tmp_path, vault)
    store.keep_keys(Cloud.AWS, "dev", OLD)
    store.keep_keys(Cloud.AWS, "dev", NEW)
    store.keep_keys(Cloud.AWS, "other", OLD)
    listed = store.unlisted_keys(Cloud.AWS, "dev")

    (tmp_path / "keys.json").write_text("{")

    assert listed == []
    assert store.unlisted_keys(Cloud.AWS, "dev") == [NEW]
    assert store.unlisted_keys(Cloud.AWS, "nobody") == []


def test_what_is_damaged_is_not_given_as_keys_of_a_lost_list(tmp_path: Path) -> None:
    vault = MemoryVault()
    vault.write("aws:dev:a", "what is this", lifetime=None)
    vault.write("aws:dev:b", render_keys(Cloud.AWS, "dev", NEW), lifetime=None)

    assert _store(tmp_path, vault).unlisted_keys(Cloud.AWS, "dev") == [NEW]


def test_keys_that_left_the_keyring_by_themselves_are_said(tmp_path: Path) -> None:
    vault = MemoryVault()
    store = _store(tmp_path, vault)
    store.keep_keys(Cloud.AWS, "my dev", OLD)
    vault.delete("aws:my dev:a")

    with pytest.raises(KeysMalformed, match="has no keys of profile `my dev` any more") as problem:
        store.find_keys(Cloud.AWS, "my dev")

    assert "`mfacli keys add -p 'my dev'` keeps them again" in problem.value.hint


def test_a_sessions_keys_are_never_kept(tmp_path: Path) -> None:
    session = Keys(access_key_id="ASIA1", secret_access_key=Secret("s"), session_token=Secret("t"))

    with pytest.raises(ValueError, match="session"):
        _store(tmp_path, MemoryVault()).keep_keys(Cloud.AWS, "dev", session)


def _resealed(text: str) -> str:
    body = text.rpartition("\n")[0] + "\n"
    return body + checksum(body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is this",
        render_keys(Cloud.AWS, "dev", OLD)[:-1],
        render_keys(Cloud.AWS, "dev", OLD).replace("AKIAOLD", "AKIAODD"),
        render_keys(Cloud.AWS, "other", OLD),
        render_keys(Cloud.TENCENT, "dev", OLD),
        _resealed(render_keys(Cloud.AWS, "dev", OLD).replace("mfacli-keys 1", "mfacli-keys 2")),
        _resealed(render_keys(Cloud.AWS, "dev", OLD).replace("old/secret+1", "")),
        _resealed(render_keys(Cloud.AWS, "dev", OLD).replace("AKIAOLD", "AKIA\\")),
    ],
)
def test_what_is_not_the_profiles_keys_is_said_without_quoting_it(text: str) -> None:
    with pytest.raises(KeysMalformed) as problem:
        parse_keys(text, Cloud.AWS, "dev")

    told = "".join(traceback.format_exception(problem.value))
    assert "old/secret" not in told


@pytest.mark.parametrize(
    "change", [{"cloud": "azure"}, {"since": "noon"}, {"access_key_id": None}, {"profile": None}]
)
def test_a_line_of_the_index_that_is_not_ours_is_passed_over(change: dict[str, str | None]) -> None:
    index = MemoryIndex()
    store = KeptKeys(MemoryVault(), index=index, clock=HandClock())
    store.keep_keys(Cloud.AWS, "dev", OLD)
    store.keep_keys(Cloud.AWS, "prod", NEW)
    index.change(lambda records: records.update({"aws:dev": {**records["aws:dev"], **change}}))

    assert list(store.kept_keys()) == [KeptKey(cloud=Cloud.AWS, profile="prod", access_key_id="AKIANEW", since=NOON)]
