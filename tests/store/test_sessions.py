from __future__ import annotations

import resource
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import keyring
import keyring.core
import pytest

from mfacli.domain.credentials import Session
from mfacli.errors import FileUnwritable, KeyringFull, KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.interfaces import SessionStore
from mfacli.store.index import FileIndex, Index, Record
from mfacli.store.kernel_keys import KernelKeys, KernelVault, kernel_is_usable
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.locks import FileLocks
from mfacli.store.memory import MemoryIndex, MemoryVault
from mfacli.store.sessions import KeptSessions
from mfacli.store.vaults import Vault, VaultKind
from tests.doubles import NOON, HandClock
from tests.real import run_in_child, run_in_children
from tests.store.contracts import LONG, SessionStoreContract
from tests.store.standins import DirectoryKeyring, PretendKernel, RecordingTalk, SmallKeyring, session_of


class RealClock(HandClock):
    """A clock that cannot be set."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def cloud_now(self) -> datetime:
        return datetime.now(UTC)


class DialogueVault(MemoryVault):
    """A vault behind a dialogue, which refuses with `refusal` where one is set, and counts what it is asked."""

    kind = VaultKind.KEYRING
    may_prompt = True

    def __init__(self, refusal: KeyringUnusable | None = None) -> None:
        super().__init__()
        self.refusal = refusal
        self.asked = 0

    def place(self) -> str:
        self._open()
        return "Secret Service"

    def read(self, name: str) -> str | None:
        self._open()
        return super().read(name)

    def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
        self._open()
        super().write(name, text, lifetime=lifetime)

    def delete(self, name: str) -> bool:
        self._open()
        return super().delete(name)

    def has(self, name: str) -> bool | None:
        return None

    def _open(self) -> None:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal


def _kernel(kernel: PretendKernel) -> KernelVault:
    return KernelVault(namespace="ns", open_keys=lambda: KernelKeys(kernel, pause=kernel.settle))


def _index(directory: Path) -> FileIndex:
    return FileIndex(directory / "sessions.json", locks=FileLocks([directory / "locks"]), talk=RecordingTalk())


@pytest.fixture
def talk() -> RecordingTalk:
    return RecordingTalk()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


Open = Callable[..., KeptSessions]


@pytest.fixture
def open_store(talk: RecordingTalk, clock: HandClock) -> Open:
    def open_(*vaults: Vault, index: Index) -> KeptSessions:
        return KeptSessions(vaults, index=index, clock=clock, talk=talk)

    return open_


class TestMemoryStore(SessionStoreContract):
    @pytest.fixture
    def store(self) -> SessionStore:
        return KeptSessions([MemoryVault()], index=MemoryIndex(), clock=RealClock(), talk=RecordingTalk())


class TestKeyringStore(SessionStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionStore:
        monkeypatch.setattr(keyring.core, "_keyring_backend", SmallKeyring())
        vault = KeyringVault("mfacli-test", namespace="ns", locks=FileLocks([tmp_path / "locks"]))
        return KeptSessions([vault], index=_index(tmp_path), clock=RealClock(), talk=RecordingTalk())


class TestKernelStoreWithoutBigKeys(SessionStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> SessionStore:
        vaults: list[Vault] = [_kernel(PretendKernel()), DialogueVault()]
        return KeptSessions(vaults, index=_index(tmp_path), clock=RealClock(), talk=RecordingTalk())


@pytest.mark.real
class TestKernelStore(SessionStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SessionStore]:
        if not kernel_is_usable():
            pytest.skip("the kernel refuses: a container, or no key retention service")
        vault = KernelVault(namespace=f"test-{secrets.token_hex(6)}")
        yield KeptSessions([vault], index=_index(tmp_path), clock=RealClock(), talk=RecordingTalk())
        vault.delete("f1")
        vault.delete("f2")


SESSION = session_of(issued_at=NOON)


def _keep(store: SessionStore, fingerprint: str = "f1", session: Session = SESSION) -> str:
    return store.keep(fingerprint, session, profile="dev", kind="session")


def test_the_first_vault_is_the_one_that_is_used(open_store: Open) -> None:
    behind = DialogueVault()
    store = open_store(_kernel(PretendKernel()), behind, index=MemoryIndex())

    place = _keep(store)

    assert place == "kernel keyring"
    assert store.find("f1") == SESSION
    assert store.forget("f1") is True
    assert behind.asked == 0


def test_the_kernel_is_told_when_the_session_ends(open_store: Open, clock: HandClock) -> None:
    kernel = PretendKernel()
    clock.learn_offset(timedelta(minutes=10))

    _keep(open_store(_kernel(kernel), index=MemoryIndex()))

    assert list(kernel.expiries.values()) == [50 * 60]


def test_a_full_kernel_keyring_falls_back_to_the_next_vault(open_store: Open) -> None:
    store = open_store(_kernel(PretendKernel(quota=100)), DialogueVault(), index=MemoryIndex())

    place = _keep(store)

    assert place == "Secret Service"
    assert store.find("f1") == SESSION
    assert [entry.place for entry in store.entries()] == ["Secret Service"]
    assert store.forget("f1") is True
    assert store.find("f1") is None


def test_falling_back_leaves_no_older_session_in_front(open_store: Open) -> None:
    kernel = PretendKernel()
    store = open_store(_kernel(kernel), DialogueVault(), index=MemoryIndex())
    _keep(store)
    kernel._can_add = False
    newer = session_of("newer", issued_at=NOON)

    place = _keep(store, session=newer)

    assert place == "Secret Service"
    assert store.find("f1") == newer
    assert len(store.entries()) == 1


def test_a_newer_session_in_front_hides_an_older_one_behind(open_store: Open) -> None:
    kernel = PretendKernel(can_add=False)
    store = open_store(_kernel(kernel), DialogueVault(), index=MemoryIndex())
    _keep(store)
    kernel._can_add = True
    newer = session_of("newer", issued_at=NOON)

    place = _keep(store, session=newer)

    assert place == "kernel keyring"
    assert store.find("f1") == newer
    assert [entry.place for entry in store.entries()] == ["kernel keyring"]
    assert store.forget("f1") is True
    assert store.find("f1") is None


def test_where_nothing_takes_it_all_reasons_are_told(open_store: Open) -> None:
    behind = DialogueVault(KeyringMissing("this machine offers no keyring", hint="install one"))
    store = open_store(_kernel(PretendKernel(quota=100)), behind, index=MemoryIndex())

    with pytest.raises(KeyringMissing) as caught:
        _keep(store)

    assert caught.value.message == "the kernel keyring is full; this machine offers no keyring"
    assert caught.value.hint == "install one"
    assert list(store.entries()) == []


def test_a_refusal_leaves_the_line_of_what_was_kept_before(open_store: Open) -> None:
    behind = DialogueVault()
    store = open_store(behind, index=MemoryIndex())
    _keep(store)

    class Full(KeyringFull):
        pass

    def refuse(name: str, text: str, *, lifetime: timedelta | None) -> None:
        raise Full("no room")

    behind.write = refuse  # type: ignore[method-assign]  # from now on it is full
    with pytest.raises(Full):
        _keep(store, session=session_of("newer", issued_at=NOON, lives=timedelta(hours=2)))

    assert [entry.expires_at for entry in store.entries()] == [SESSION.expires_at]


def test_nobody_is_asked_to_unlock_a_keyring_in_which_nothing_is(open_store: Open) -> None:
    behind = DialogueVault(KeyringLocked("the keyring is locked"))
    store = open_store(_kernel(PretendKernel()), behind, index=MemoryIndex())

    assert store.find("f1") is None
    assert store.forget("f1") is False
    assert behind.asked == 0


def test_a_locked_keyring_in_which_the_session_is_says_so(open_store: Open) -> None:
    behind = DialogueVault()
    store = open_store(_kernel(PretendKernel(can_add=False)), behind, index=MemoryIndex())
    _keep(store)
    behind.refusal = KeyringLocked("the keyring is locked")

    with pytest.raises(KeyringLocked):
        store.find("f1")
    with pytest.raises(KeyringLocked):
        store.forget("f1")
    assert [entry.fingerprint for entry in store.entries()] == ["f1"]


def test_a_keyring_that_is_the_only_one_is_asked_whatever_the_index_says(open_store: Open) -> None:
    vault = DialogueVault()
    _keep(open_store(vault, index=MemoryIndex()))

    assert open_store(vault, index=MemoryIndex()).find("f1") == SESSION


def test_after_the_index_was_lost_every_vault_is_asked(open_store: Open, tmp_path: Path) -> None:
    behind = DialogueVault()
    index = _index(tmp_path)
    store = open_store(_kernel(PretendKernel(can_add=False)), behind, index=index)
    _keep(store)
    (tmp_path / "sessions.json").write_text("damaged")

    assert store.find("f1") == SESSION
    assert list(store.entries()) == []


@pytest.mark.parametrize("damage", ["", "mfacli-session 2 later", "somebody else's", "\0", LONG])
def test_a_damaged_entry_counts_as_none_and_is_written_over(
    open_store: Open, talk: RecordingTalk, damage: str
) -> None:
    vault = MemoryVault()
    store = open_store(vault, index=MemoryIndex())
    _keep(store)
    vault.write("f1", damage, lifetime=None)

    assert store.find("f1") is None
    assert "damaged or of another version" in talk.details[0]
    _keep(store)
    assert store.find("f1") == SESSION


def test_an_entry_moved_under_another_fingerprint_counts_as_none(open_store: Open) -> None:
    vault = MemoryVault()
    store = open_store(vault, index=MemoryIndex())
    _keep(store)
    vault.write("f2", vault.read("f1") or "", lifetime=None)

    assert store.find("f2") is None


def test_a_session_is_expired_by_the_clouds_clock(open_store: Open, clock: HandClock) -> None:
    store = open_store(MemoryVault(), index=MemoryIndex())
    _keep(store)

    clock.learn_offset(timedelta(minutes=59))
    before = store.find("f1")
    clock.learn_offset(timedelta(minutes=60))

    assert (before, store.find("f1")) == (SESSION, None)


def test_lines_whose_value_is_gone_leave_the_index(open_store: Open) -> None:
    kernel, index = PretendKernel(), MemoryIndex()
    store = open_store(_kernel(kernel), DialogueVault(), index=index)
    _keep(store, "f1")
    _keep(store, "f2")
    kernel.let_expire()

    assert store.find("f1") is None
    assert list(index.read().records) == ["kernel:f2"]
    assert list(store.entries()) == []
    assert list(index.read().records) == []


def test_lines_stay_where_it_cannot_be_told(open_store: Open) -> None:
    kernel, index = PretendKernel(), MemoryIndex()
    store = open_store(_kernel(kernel), index=index)
    _keep(store)
    kernel._refuses_with = 1

    assert [entry.fingerprint for entry in store.entries()] == ["f1"]
    with pytest.raises(KeyringMissing):
        store.find("f1")


def test_a_line_noticed_too_early_is_written_again(open_store: Open) -> None:
    index = MemoryIndex()

    class Noticed(MemoryVault):
        def write(self, name: str, text: str, *, lifetime: timedelta | None) -> None:
            assert list(index.read().records) == ["memory:f1"]
            assert reader.find("f1") is None
            super().write(name, text, lifetime=lifetime)

    vault = Noticed()
    reader = open_store(vault, index=index)

    _keep(open_store(vault, index=index))

    assert [entry.fingerprint for entry in reader.entries()] == ["f1"]


def test_lines_of_other_vaults_and_versions_are_left_alone(open_store: Open) -> None:
    index = MemoryIndex()
    _keep(open_store(DialogueVault(), index=index))
    strange: dict[str, Record] = {"memory:f9": {"place": "here"}, "moon:f1": {}}
    index.change(lambda records: records.update(strange))
    vault = MemoryVault()
    vault.write("f9", "something", lifetime=None)
    store = open_store(vault, index=index)

    _keep(store, "f2")

    assert [entry.fingerprint for entry in store.entries()] == ["f2"]
    assert sorted(index.read().records) == ["keyring:f1", "memory:f2", "memory:f9", "moon:f1"]


def test_expired_sessions_are_removed_when_the_next_is_kept(open_store: Open, clock: HandClock) -> None:
    vault, index = DialogueVault(), MemoryIndex()
    store = open_store(vault, index=index)
    _keep(store, "f1")
    clock.wait(timedelta(hours=1))

    _keep(store, "f2", session_of(issued_at=clock.now()))

    assert vault.read("f1") is None
    assert list(index.read().records) == ["keyring:f2"]


def test_expired_sessions_that_cannot_be_removed_are_no_obstacle(
    open_store: Open, clock: HandClock, talk: RecordingTalk
) -> None:
    class Stubborn(DialogueVault):
        def delete(self, name: str) -> bool:
            raise KeyringUnusable("the keyring refused: not supported")

    store = open_store(Stubborn(), index=MemoryIndex())
    _keep(store, "f1")
    clock.wait(timedelta(hours=1))

    assert _keep(store, "f2", session_of(issued_at=clock.now())) == "Secret Service"
    assert talk.details == ["expired sessions stay where they are: the keyring refused: not supported"]


def test_an_older_session_that_cannot_be_removed_is_told(open_store: Open, talk: RecordingTalk) -> None:
    kernel = PretendKernel()
    store = open_store(_kernel(kernel), DialogueVault(), index=MemoryIndex())
    kernel._refuses_with = 1

    assert _keep(store) == "Secret Service"
    assert "an older session may stay in the kernel keyring" in talk.details[0]


@pytest.mark.parametrize("limit", [0, 200])
def test_a_full_disk_costs_the_line_and_not_the_session(tmp_path: Path, limit: int) -> None:
    def keep_and_find() -> object:
        talk = RecordingTalk()
        store = KeptSessions([MemoryVault()], index=_index(tmp_path), clock=HandClock(), talk=talk)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        _keep(store)
        return [store.find("f1") == SESSION, talk.warnings]

    told = run_in_child(keep_and_find).result()

    assert told == [
        True,
        [
            f"the index `{tmp_path / 'sessions.json'}` could not be written: File too large",
            "without it `mfacli status` and `mfacli forget --all` do not know of what is kept",
        ],
    ]


@pytest.mark.parametrize(("hint", "said"), [("", 1), ("make room", 2)])
def test_an_index_that_refuses_every_change_is_told_once_and_no_obstacle(
    open_store: Open, talk: RecordingTalk, hint: str, said: int
) -> None:
    class Full(MemoryIndex):
        def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
            raise FileUnwritable("the index could not be written", hint=hint)

    store = open_store(MemoryVault(), index=Full())

    assert _keep(store) == "this process's memory"
    assert store.find("f1") == SESSION
    assert store.forget("f1") is True
    assert talk.warnings == ["the index could not be written", hint][:said]


@pytest.mark.parametrize("opened_with", ["AKIAIOSFODNN7EXAMPLE", ""])
def test_an_entry_says_which_key_the_chain_began_with(open_store: Open, opened_with: str) -> None:
    store = open_store(MemoryVault(), index=MemoryIndex())
    store.keep("f1", SESSION, profile="dev", kind="session", opened_with=opened_with)

    assert [entry.opened_with for entry in store.entries()] == [opened_with]


def test_an_entry_that_can_no_longer_be_read_keeps_its_line(open_store: Open) -> None:
    class Closing(MemoryVault):
        def read(self, name: str) -> str | None:
            raise KeyringMissing("the kernel keyring cannot be used here")

        def has(self, name: str) -> bool | None:
            return False

    index = MemoryIndex()
    store = open_store(Closing(), index=index)
    _keep(store)

    assert list(store.entries()) == []
    assert list(index.read().records) == ["memory:f1"]


def test_twenty_processes_keep_their_sessions_at_once(tmp_path: Path) -> None:
    directory = tmp_path / "kept"
    directory.mkdir()

    children = run_in_children([partial(_keep_in_directory, tmp_path, f"f{number}") for number in range(20)])
    store = _directory_store(tmp_path)

    assert [child.result() for child in children] == ["Windows Credential Manager"] * 20
    assert [store.find(f"f{number}") for number in range(20)] == [SESSION] * 20
    assert len(store.entries()) == 20


@pytest.mark.parametrize("dies_at", range(11))
def test_a_process_killed_while_keeping_leaves_a_store_that_works(tmp_path: Path, dies_at: int) -> None:
    (tmp_path / "kept").mkdir()
    older = session_of("x" * 2000, issued_at=NOON)
    newer = session_of("y" * 2000, issued_at=NOON)
    _keep(_directory_store(tmp_path), session=older)

    child = run_in_child(partial(_keep_in_directory, tmp_path, "f1", newer, dies_at))
    store = _directory_store(tmp_path)

    assert child.failure == "killed before it answered"
    assert store.find("f1") in (older, newer)
    assert [entry.fingerprint for entry in store.entries()] == ["f1"]
    _keep(store, session=newer)
    assert store.find("f1") == newer
    assert store.forget("f1") is True
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_process_killed_before_anything_was_kept_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()

    run_in_child(partial(_keep_in_directory, tmp_path, "f1", SESSION, 1))
    store = _directory_store(tmp_path)

    assert store.find("f1") is None
    assert list(store.entries()) == []


def _directory_store(directory: Path, dies_at: int | None = None) -> KeptSessions:
    keyring.set_keyring(DirectoryKeyring(directory / "kept", dies_at=dies_at))
    vault = KeyringVault("mfacli-test", namespace="ns", locks=FileLocks([directory / "locks"]))
    return KeptSessions([vault], index=_index(directory), clock=HandClock(), talk=RecordingTalk())


def _keep_in_directory(
    directory: Path, fingerprint: str, session: Session = SESSION, dies_at: int | None = None
) -> object:
    return _keep(_directory_store(directory, dies_at), fingerprint, session)


@pytest.fixture(autouse=True)
def _forget_the_chosen_keyring() -> Iterator[None]:
    yield
    keyring.core._keyring_backend = None
