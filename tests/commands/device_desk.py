"""What commands about devices are tried with: IAM's book of devices in memory, a screen, and a desk with both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mfacli.codes.derived import derive_code
from mfacli.commands.device_beginning import Wish
from mfacli.commands.device_cloud import OwnDevices
from mfacli.commands.device_enrolling import enrol
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Code, Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan, Request
from mfacli.domain.registered import NewDevice, RegisteredDevice, User
from mfacli.domain.secret import Secret
from mfacli.errors import EntityExists, EntityMissing, KeyringLocked, MfacliError
from tests.codes.stand_ins import Drawer, Ear, Person
from tests.doubles import HandClock

DEVICE = Device(serial="arn:aws:iam::111122223333:mfa/richard")
SEED = Seed(key=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
RICHARD = User(partition="aws", account_id="111122223333", name="richard")
SINCE = datetime(2026, 11, 20, 10, tzinfo=UTC)


class Book:
    """A `DeviceRegistry` in memory. `fails` are what the next calls of an operation end in, None for a success."""

    def __init__(self, **fails: Sequence[MfacliError | None]) -> None:
        self.fails = {name: list(failures) for name, failures in fails.items()}
        self.calls = Counter[str]()
        self.codes: list[tuple[str, str]] = []
        self.made: set[str] = set()
        self.enabled: set[str] = set()

    def _called(self, name: str) -> None:
        self.calls[name] += 1
        failure = self.fails[name].pop(0) if self.fails.get(name) else None
        if failure is not None:
            raise failure

    def create(self, device: Device, *, plan: Plan, keys: Keys) -> NewDevice:
        self._called("create")
        if device.serial in self.made:
            raise EntityExists("there already")
        self.made.add(device.serial)
        return NewDevice(device=device, seed=SEED)

    def enable(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        self.codes.append((codes[0].digits.reveal(), codes[1].digits.reveal()))
        self._called("enable")
        self.made.add(device.serial)
        self.enabled.add(device.serial)

    def resync(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        self._called("resync")

    def deactivate(self, device: Device, *, user: str, plan: Plan, keys: Keys) -> None:
        self._called("deactivate")
        if device.serial not in self.enabled:
            raise EntityMissing("not enabled")
        self.enabled.discard(device.serial)

    def delete(self, device: Device, *, plan: Plan, keys: Keys) -> None:
        self._called("delete")
        if device.serial in self.enabled:
            raise EntityExists("in use")
        if device.serial not in self.made:
            raise EntityMissing("not there")
        self.made.discard(device.serial)

    def of_user(self, *, plan: Plan, keys: Keys) -> Sequence[RegisteredDevice]:
        self._called("of_user")
        return [RegisteredDevice(serial=serial, enabled_at=SINCE) for serial in sorted(self.enabled)]

    def unassigned(self, *, plan: Plan, keys: Keys) -> Sequence[str]:
        self._called("unassigned")
        return sorted(self.made - self.enabled)


class Screen(Ear):
    """An `Ear` with a terminal to be shown things on, or without."""

    def __init__(self, *, is_there: bool = True, columns: int = 100) -> None:
        super().__init__()
        self.is_there = is_there
        self.columns = columns
        self.paints = self.is_watched = False
        self.shown = ""

    def show(self, text: str) -> bool:
        self.shown += text if self.is_there else ""
        return self.is_there


def desk_in(home: Path) -> Desk:
    """Return a desk whose clock, screen and drawer of seeds are the test's own."""
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "MFACLI_STATE_DIR": str(home / "state"),
        "MFACLI_STORE": "memory",
    }
    made = Desk(manners=Manners(), environment=environment)
    made.clock = HandClock()  # type: ignore[assignment]  # waits pass at once
    made.terminal = Screen()  # type: ignore[assignment]  # keeps what is said
    made.prompter = Person()
    made.seeds = Drawer()
    return made


def heard(desk: Desk) -> str:
    """Return all that was said at the desk."""
    assert isinstance(desk.terminal, Screen)
    return desk.terminal.heard


class Locked(Drawer):
    """A drawer that takes nothing, although it looked as if it did."""

    def keep_seed(self, device: Device, seed: Seed) -> str:
        raise KeyringLocked("the keyring is locked")


def enrolled(desk: Desk, book: Book, wish: Wish, *, profile: str = "default") -> None:
    """Have `DEVICE` enrolled for Richard, as is wished."""
    desk.registry = book
    own = OwnDevices(desk, replace(desk.plan(Request(wants_role=False, device=DEVICE.serial)), profile=profile))
    own.user = RICHARD
    enrol(desk, own, wish)


def wish(*, keeps_seed: bool = True, draws: bool = False, png: Path | None = None, is_agreed: bool = True) -> Wish:
    """Return the wish for `DEVICE`; nothing is asked, and its seed is kept."""
    return Wish(device=DEVICE, keeps_seed=keeps_seed, draws=draws, png=png, is_agreed=is_agreed)


def codes_at(desk: Desk, *steps: int) -> tuple[str, ...]:
    """Return the codes of `SEED` so many steps from now."""
    now = SEED.step_at(desk.clock.cloud_now())
    return tuple(derive_code(SEED, now + step).digits.reveal() for step in steps)
