"""Runs in a D-Bus session of its own beside an unlocked gnome-keyring, and tells as JSON what the stores did."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import secretstorage

from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import KeyringUnusable
from mfacli.interfaces import SessionStore
from mfacli.store.backends import keyring_backend
from mfacli.store.choice import crypt_file_path, open_seed_store, open_session_store
from mfacli.store.crypt_file import CryptFile
from mfacli.store.locks import FileLocks
from mfacli.store.moving import move_seeds
from mfacli.store.places import Places, places_from
from mfacli.store.vaults import VaultKind
from tests.doubles import HandClock
from tests.store.crypt_files import Given
from tests.store.standins import RecordingTalk, session_of

DEVICE = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
TABLET = Device(serial="arn:aws:iam::111122223333:mfa/Tablet")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQ"))


def main() -> None:
    """Go through a session's and a seed's life, lock the collection in the middle, and print what happened."""
    places = places_from(os.environ)
    locks = FileLocks(places.lock_directories)
    seeds = open_seed_store(places=places, locks=locks, talk=RecordingTalk())
    session = session_of("FwoGZXIvYXdz" * 400, issued_at=HandClock().now())
    store = _store(places)
    told: dict[str, object] = {
        "place": store.keep("f1", session, profile="dev", kind="session"),
        "found": store.find("f1") == session,
        "seed place": seeds.keep_seed(DEVICE, SEED),
        "seed found": seeds.find_seed(DEVICE) == SEED,
        "read by another program": _look_up("mfacli-session", f"{places.namespace}:f1").split(" ")[0],
    }
    seeds.keep_seed(TABLET, SEED)
    file = CryptFile(crypt_file_path(places), source=Given())
    in_file = open_seed_store(places=places, locks=locks, talk=RecordingTalk(), file=file)
    moving = move_seeds(seeds, in_file)
    told["moved before it was locked"] = next(moving).place
    told["locked at first"] = keyring_backend(locks=locks).is_locked
    _lock_collection()
    told["locked then"] = keyring_backend(locks=locks).is_locked
    told["moved after it was locked"] = str(next(moving).problem)
    told["seeds in the file"] = [device.name for device in in_file.devices_with_seed()]
    told["seeds in the keyring"] = [device.name for device in seeds.devices_with_seed()]
    started = time.monotonic()
    told["find when locked"] = _refusal(lambda: _store(places).find("f1"))
    told["keep when locked"] = _refusal(lambda: _store(places).keep("f1", session, profile="dev", kind="session"))
    told["seconds when locked"] = time.monotonic() - started
    told["entries when locked"] = [entry.fingerprint for entry in _store(places).entries()]
    told["auto when locked"] = _refusal(lambda: _store(places, VaultKind.KERNEL, VaultKind.KEYRING).find("f2"))
    print(json.dumps(told))


def _store(places: Places, *kinds: VaultKind) -> SessionStore:
    return open_session_store(
        kinds or (VaultKind.KEYRING,),
        places=places,
        locks=FileLocks(places.lock_directories),
        clock=HandClock(),
        talk=RecordingTalk(),
    )


def _look_up(service: str, username: str) -> str:
    command = ["secret-tool", "lookup", "service", service, "username", username]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=timedelta(seconds=20).total_seconds()
    ).stdout


def _lock_collection() -> None:
    with closing(secretstorage.dbus_init()) as connection:
        secretstorage.get_default_collection(connection).lock()


def _refusal(call: Callable[[], object]) -> str:
    try:
        return f"answered {call()}"
    except KeyringUnusable as refusal:
        return f"{type(refusal).__name__}: {refusal.message}"


if __name__ == "__main__":
    main()
