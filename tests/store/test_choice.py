from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keyring
import keyring.core
import pytest

from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import KeyringMissing, ProfileBroken
from mfacli.interfaces import SessionStore
from mfacli.store.choice import StoreSetting, choose_vaults, open_seed_store, open_session_store, parse_store_setting
from mfacli.store.kernel_keys import kernel_is_usable
from mfacli.store.locks import FileLocks
from mfacli.store.places import Places
from mfacli.store.vaults import VaultKind
from tests.doubles import HandClock
from tests.store.standins import MemoryKeyring, RecordingTalk, session_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, StoreSetting.AUTO),
        ("", StoreSetting.AUTO),
        ("auto", StoreSetting.AUTO),
        ("kernel", StoreSetting.KERNEL),
        ("Keyring", StoreSetting.KEYRING),
        (" memory ", StoreSetting.MEMORY),
    ],
)
def test_the_setting_is_read(text: str | None, expected: StoreSetting) -> None:
    assert parse_store_setting(text) is expected


def test_an_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(ProfileBroken, match="MFACLI_STORE is `disk`") as caught:
        parse_store_setting("disk")

    assert caught.value.hint == "it can be auto, kernel, keyring, file, memory"


@pytest.mark.parametrize(
    ("setting", "kernel_is_usable", "expected"),
    [
        (StoreSetting.AUTO, True, (VaultKind.KERNEL, VaultKind.KEYRING)),
        (StoreSetting.AUTO, False, (VaultKind.KEYRING,)),
        (StoreSetting.KERNEL, True, (VaultKind.KERNEL,)),
        (StoreSetting.KERNEL, False, (VaultKind.KERNEL,)),
        (StoreSetting.KEYRING, True, (VaultKind.KEYRING,)),
        (StoreSetting.MEMORY, True, (VaultKind.MEMORY,)),
    ],
)
def test_the_vaults_follow_from_the_setting_and_the_kernel(
    setting: StoreSetting, kernel_is_usable: bool, expected: tuple[VaultKind, ...]
) -> None:
    assert choose_vaults(setting, kernel_is_usable=kernel_is_usable) == expected


def _open(state: Path, *kinds: VaultKind) -> SessionStore:
    places = Places(state=state, runtime=state / "run")
    locks = FileLocks(places.lock_directories)
    return open_session_store(kinds, places=places, locks=locks, clock=HandClock(), talk=RecordingTalk())


def test_the_memory_store_touches_no_disk(tmp_path: Path) -> None:
    store = _open(tmp_path / "state", VaultKind.MEMORY)

    place = store.keep("f1", session_of(issued_at=HandClock().now()), profile="dev", kind="session")

    assert place == "this process's memory"
    assert store.find("f1") is not None
    assert len(store.entries()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_keyring_store_keeps_an_index_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    session = session_of("FwoGZXIvYXdz", issued_at=HandClock().now())

    _open(tmp_path, VaultKind.KEYRING).keep("f1", session, profile="dev", kind="session")
    index = (tmp_path / "sessions.json").read_text()

    assert [service for service, _ in backend.entries] == ["mfacli-session"]
    assert "FwoGZXIvYXdz" not in index
    assert session.secret_access_key.reveal() not in index


def test_two_state_directories_do_not_share_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", MemoryKeyring())
    session = session_of(issued_at=HandClock().now())
    _open(tmp_path / "a", VaultKind.KEYRING).keep("f1", session, profile="dev", kind="session")

    assert _open(tmp_path / "a", VaultKind.KEYRING).find("f1") == session
    assert _open(tmp_path / "b", VaultKind.KEYRING).find("f1") is None


def test_a_kernel_that_was_asked_for_and_refuses_says_so_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mfacli.store import kernel_keys

    def refuse() -> None:
        raise KeyringMissing("the kernel keyring cannot be used here: Operation not permitted")

    monkeypatch.setattr(kernel_keys, "open_kernel_keys", refuse)
    store = _open(tmp_path, VaultKind.KERNEL)

    with pytest.raises(KeyringMissing, match="cannot be used here"):
        store.find("f1")
    with pytest.raises(KeyringMissing, match="cannot be used here"):
        store.keep("f1", session_of(), profile="dev", kind="session")
    assert list(store.entries()) == []


LOOK_INTO_THE_KERNEL = """
import sys
from pathlib import Path
from mfacli.store.choice import open_session_store
from mfacli.store.kernel_keys import kernel_is_usable
from mfacli.store.locks import FileLocks
from mfacli.store.places import Places
from mfacli.store.vaults import VaultKind
from tests.doubles import HandClock
state = Path(sys.argv[1])
places = Places(state=state, runtime=state)
kinds = (VaultKind.KERNEL, VaultKind.KEYRING)
open_session_store(kinds, places=places, locks=FileLocks([state]), clock=HandClock(), talk=None).find("f1")
print(sorted({"keyring", "filelock", "platformdirs", "click"} & set(sys.modules)))
"""


@pytest.mark.real
@pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service")
def test_looking_into_the_kernel_does_not_import_the_keyring_library(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent

    told = subprocess.run(
        [sys.executable, "-c", LOOK_INTO_THE_KERNEL, str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "[]\n"


def test_seeds_rest_in_the_keyring_whatever_sessions_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    places = Places(state=tmp_path, runtime=tmp_path / "run")
    device = Device(serial="GAHT12345678")

    seeds = open_seed_store(places=places, locks=FileLocks(places.lock_directories), talk=RecordingTalk())
    seeds.keep_seed(device, Seed(key=Secret("GEZDGNBVGY3TQOJQ")))

    assert list(backend.entries) == [("mfacli-seed", f"{places.namespace}:GAHT12345678")]
    assert "GEZDGNBVGY3TQOJQ" not in (tmp_path / "devices.json").read_text()
