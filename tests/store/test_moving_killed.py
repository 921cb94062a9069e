"""A move that is killed, wherever that is, loses nothing, and the next one leaves nothing behind."""

from __future__ import annotations

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import KeysGone
from mfacli.store.index import FileIndex, Record
from mfacli.store.keyring_store import KeyringVault
from mfacli.store.keys import KeptKeys
from mfacli.store.locks import FileLocks
from mfacli.store.moving import Moved, move_keys, move_seeds, move_sessions
from mfacli.store.seeds import KeptSeeds
from mfacli.store.sessions import KeptSessions
from mfacli.store.vaults import VaultKind
from tests.doubles import HandClock
from tests.real import run_in_child
from tests.store.standins import DirectoryKeyring, RecordingTalk, session_of

PHONE = Device(serial="arn:aws:iam::111122223333:mfa/Sofia")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQ"))
KEYS = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("wJalrXUtnFEMI"))
SESSION = session_of(issued_at=HandClock().now())
# As many as the longest of them has, of looks and changes, in keyring and index.
POINTS = 12


class Countdown:
    """Kills the process at the step `left`; None: never."""

    def __init__(self, left: int | None) -> None:
        self._left = left

    def step(self) -> None:
        """Count a step that is about to be taken."""
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._left is not None:
            self._left -= 1


class CountedKeyring(DirectoryKeyring):
    """A keyring in a directory whose operations are steps."""

    def __init__(self, directory: Path, countdown: Countdown) -> None:
        super().__init__(directory)
        self._countdown = countdown

    def _step(self) -> None:
        self._countdown.step()


class CountedIndex(FileIndex):
    """An index whose changes are steps."""

    countdown = Countdown(None)

    def change(self, edit: Callable[[dict[str, Record]], None]) -> Mapping[str, Record]:
        """Count, and change it."""
        self.countdown.step()
        return super().change(edit)


class OneBackend(KeyringVault):
    """A vault in the backend that it is given."""

    backend: KeyringBackend

    def _backend(self) -> KeyringBackend:
        return self.backend


class Elsewhere(OneBackend):
    """Another place."""

    kind = VaultKind.FILE


class Carrier(ABC):
    """Two places below `root`, with one thing to be carried from the first to the second."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.locks = FileLocks([root / "locks"])
        for name in ("source", "target"):
            (root / name).mkdir(mode=0o700)

    def vaults(self, countdown: Countdown) -> tuple[OneBackend, OneBackend]:
        """Return both places as a new process opens them."""
        found = []
        for name, made in (("source", OneBackend), ("target", Elsewhere)):
            vault = made(name, namespace="ns", locks=self.locks, lasts=True)
            vault.backend = CountedKeyring(self.root / name, countdown)
            found.append(vault)
        source, target = found
        return source, target

    def index(self, name: str, countdown: Countdown) -> FileIndex:
        """Return a list as a new process opens it."""
        index = CountedIndex(self.root / name, locks=self.locks, talk=RecordingTalk())
        index.countdown = countdown
        return index

    def entries(self) -> tuple[int, int]:
        """Return how many entries there are in each place."""
        source, target = (len(list((self.root / name).iterdir())) for name in ("source", "target"))
        return source, target

    @abstractmethod
    def keep(self) -> None:
        """Keep the thing in the first place."""

    @abstractmethod
    def move(self, countdown: Countdown) -> Iterable[Moved]:
        """Move it."""

    @abstractmethod
    def found(self) -> tuple[bool, bool]:
        """Return whether each place gives it back, asked as a command asks."""

    @abstractmethod
    def listed(self) -> tuple[int, int]:
        """Return how many things each list knows."""


class Seeds(Carrier):
    """A seed."""

    def stores(self, countdown: Countdown) -> tuple[KeptSeeds, KeptSeeds]:
        """Return both."""
        source, target = self.vaults(countdown)
        return (
            KeptSeeds(source, index=self.index("devices.json", countdown)),
            KeptSeeds(target, index=self.index("file-devices.json", countdown)),
        )

    def keep(self) -> None:
        """Keep it."""
        self.stores(Countdown(None))[0].keep_seed(PHONE, SEED)

    def move(self, countdown: Countdown) -> Iterable[Moved]:
        """Move it."""
        return list(move_seeds(*self.stores(countdown)))

    def found(self) -> tuple[bool, bool]:
        """Look it up."""
        source, target = self.stores(Countdown(None))
        return source.find_seed(PHONE) == SEED, target.find_seed(PHONE) == SEED

    def listed(self) -> tuple[int, int]:
        """Count it."""
        source, target = self.stores(Countdown(None))
        return len(source.devices_with_seed()), len(target.devices_with_seed())


class LongTermKeys(Carrier):
    """Keys of a profile."""

    def stores(self, countdown: Countdown) -> tuple[KeptKeys, KeptKeys]:
        """Return both."""
        source, target = self.vaults(countdown)
        return (
            KeptKeys(source, index=self.index("keys.json", countdown), clock=HandClock()),
            KeptKeys(target, index=self.index("file-keys.json", countdown), clock=HandClock()),
        )

    def keep(self) -> None:
        """Keep them, in the second of their two slots."""
        for _ in range(2):
            self.stores(Countdown(None))[0].keep_keys(Cloud.AWS, "dev", KEYS)

    def move(self, countdown: Countdown) -> Iterable[Moved]:
        """Move them."""
        return list(move_keys(*self.stores(countdown)))

    def found(self) -> tuple[bool, bool]:
        """Look them up."""
        source, target = (_keys_in(store) == KEYS for store in self.stores(Countdown(None)))
        return source, target

    def listed(self) -> tuple[int, int]:
        """Count them."""
        source, target = self.stores(Countdown(None))
        return len(source.kept_keys()), len(target.kept_keys())


class Sessions(Carrier):
    """A session; both places share a list."""

    def stores(self, countdown: Countdown) -> tuple[KeptSessions, KeptSessions]:
        """Return both."""
        index = self.index("sessions.json", countdown)
        source, target = (
            KeptSessions([vault], index=index, clock=HandClock(), talk=RecordingTalk())
            for vault in self.vaults(countdown)
        )
        return source, target

    def keep(self) -> None:
        """Keep it."""
        self.stores(Countdown(None))[0].keep("f1", SESSION, profile="dev", kind="session")

    def move(self, countdown: Countdown) -> Iterable[Moved]:
        """Move it."""
        return list(move_sessions(*self.stores(countdown), now=HandClock().now()))

    def found(self) -> tuple[bool, bool]:
        """Look it up."""
        source, target = (store.find("f1") == SESSION for store in self.stores(Countdown(None)))
        return source, target

    def listed(self) -> tuple[int, int]:
        """Count it."""
        source, target = (len(store.entries()) for store in self.stores(Countdown(None)))
        return source, target


@pytest.mark.parametrize("point", range(POINTS))
@pytest.mark.parametrize("made", [Seeds, LongTermKeys, Sessions])
def test_a_kill_at_any_point_loses_nothing_and_leaves_nothing(
    tmp_path: Path, point: int, made: Callable[[Path], Carrier]
) -> None:
    carrier = made(tmp_path)
    carrier.keep()

    run_in_child(lambda: bool(carrier.move(Countdown(point))))
    listed, found = carrier.listed(), carrier.found()
    moved = carrier.move(Countdown(None))

    assert any(is_found and count for is_found, count in zip(found, listed, strict=True))
    assert [each.problem for each in moved if each.problem is not None] == []
    assert (carrier.found(), carrier.listed(), carrier.entries()) == ((False, True), (0, 1), (0, 1))


@pytest.mark.parametrize("made", [Seeds, LongTermKeys, Sessions])
def test_the_points_go_beyond_the_end(tmp_path: Path, made: Callable[[Path], Carrier]) -> None:
    carrier = made(tmp_path)
    carrier.keep()

    child = run_in_child(lambda: bool(carrier.move(Countdown(POINTS))))

    assert child.result() is True


def _keys_in(store: KeptKeys) -> Keys | None:
    try:
        return store.find_keys(Cloud.AWS, "dev")
    except KeysGone:
        return None
