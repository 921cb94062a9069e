"""The world's MFA devices: which there are, whose they are, and whether a code is theirs.

A code passes within one step on either side of the device's own time. It passes once, and with it every earlier code
of the device is spent. Ten wrong codes in a row lock a device for five minutes of world time; no answer tells a
locked device from a wrong code. A replayed code does not count towards the lock: whoever has it is not guessing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import RLock

from mfacli.domain.secret import Secret
from mfacli.emulator import totp
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.refusals import Refusal, own_error
from mfacli.emulator.world.memory import DeviceMemory, WorldMemory
from mfacli.emulator.world.model import DeviceKind, Tags

MOST_PER_USER = 8
WINDOW_STEPS = 1
# Codes may be typed into EnableMFADevice late; the device is then enabled with its clock taken for slow, as AWS does.
ENABLE_STEPS = 60
RESYNC_STEPS = 20
WRONG_CODES = 10
LOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as others see it. `owner_id` is the user it is enabled for, None while it lies in a drawer."""

    serial: str
    kind: DeviceKind
    account_id: str
    name: str
    owner_id: str | None = None
    enabled_at: datetime | None = None
    clock_off: timedelta = timedelta()
    tags: Tags = ()

    @property
    def gives_codes(self) -> bool:
        """Whether it shows codes at all: a security key does not, so STS cannot use it."""
        return self.kind is not DeviceKind.SECURITY_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a device shows: the code of this moment, until when, and the one after it.

    `is_spent` says whether STS has already taken this code or a later one.
    """

    serial: str
    code: Secret
    next_code: Secret
    step: int
    until: datetime
    is_spent: bool


@dataclass(slots=True, kw_only=True)
class _Lock:
    """Wrong codes in a row, and until when no code passes."""

    wrong: int = 0
    until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class _Held:
    device: Device
    seed: Secret
    last_step: int
    drift: int
    lock: _Lock

    @property
    def key(self) -> bytes:
        return base64.b32decode(self.seed.reveal())


class Devices:
    """All devices of a world. Safe among threads: of two requests with one code, one passes."""

    def __init__(self, clock: WorldClock, memory: WorldMemory) -> None:
        self._clock = clock
        self._memory = memory
        self._guard = RLock()
        self._held: dict[str, _Held] = {}

    def stock(self, devices: Iterable[tuple[Device, Secret]]) -> None:
        """Have exactly these devices and their seeds, with what is remembered of their used codes."""
        now = self._clock.world_now()
        with self._guard:
            self._held.clear()
            for device, seed in devices:
                known = self._memory.device(device.serial) or DeviceMemory(last_step=-1, drift=0)
                self._held[device.serial] = _Held(
                    device=replace(device, enabled_at=now if device.owner_id else None),
                    seed=seed,
                    last_step=known.last_step,
                    drift=known.drift,
                    lock=_Lock(),
                )

    def create(self, device: Device, seed: Secret) -> None:
        """Take a new virtual device; raises `Refusal` where its serial is taken."""
        with self._guard:
            if device.serial in self._held:
                raise own_error(
                    "EntityAlreadyExists", 409, "MFADevice entity at the same path and name already exists."
                )
            self._held[device.serial] = _Held(device=device, seed=seed, last_step=-1, drift=0, lock=_Lock())

    def find(self, serial: str) -> Device | None:
        """Return the device with this serial, or None."""
        with self._guard:
            held = self._held.get(serial)
            return held.device if held else None

    def of_user(self, user_id: str) -> Sequence[Device]:
        """Return the devices enabled for a user, in the order in which they were."""
        return sorted(
            (device for device in self._all() if device.owner_id == user_id),
            key=lambda device: (device.enabled_at is None, device.enabled_at, device.serial),
        )

    def virtual_in(self, account_id: str) -> Sequence[Device]:
        """Return an account's virtual devices by serial, enabled or not."""
        return sorted(
            (d for d in self._all() if d.account_id == account_id and d.kind is DeviceKind.VIRTUAL),
            key=lambda device: device.serial,
        )

    def passes(self, user_id: str, serial: str, code: str) -> bool:
        """Return whether `code` is good for this user's device now, and spend it if so."""
        with self._guard:
            held = self._held.get(serial)
            if held is None or held.device.owner_id != user_id or not held.device.gives_codes:
                return False
            return self._spend(held, code)

    def _spend(self, held: _Held, code: str) -> bool:
        now = self._clock.world_now()
        if held.lock.until is not None and now < held.lock.until:
            return False
        steps = totp.steps_of(held.key, code, around=totp.step_at(now) + held.drift, within=WINDOW_STEPS)
        if not steps:
            self._count_wrong(held.lock, now)
            return False
        if max(steps) <= held.last_step:
            return False
        self._set(held, last_step=max(steps), drift=held.drift)
        held.lock = _Lock()
        return True

    def _count_wrong(self, lock: _Lock, now: datetime) -> None:
        lock.wrong += 1
        if lock.wrong >= WRONG_CODES:
            lock.wrong, lock.until = 0, now + LOCK

    def enable(self, serial: str, account_id: str, user_id: str, codes: tuple[str, str]) -> None:
        """Give a device to a user who shows two successive codes of it; raises `Refusal`."""
        with self._guard:
            held = self._in_account(serial, account_id)
            if held.device.owner_id is not None:
                raise own_error("EntityAlreadyExists", 409, "MFA Device is already in use.")
            if len(self.of_user(user_id)) >= MOST_PER_USER:
                raise own_error("LimitExceeded", 409, f"Cannot exceed quota for MFADevicesPerUser: {MOST_PER_USER}")
            self._synchronise(held, codes, within=ENABLE_STEPS)
            held.device = replace(held.device, owner_id=user_id, enabled_at=self._clock.world_now())

    def resync(self, serial: str, user_id: str, codes: tuple[str, str]) -> None:
        """Set a user's device to the clock that two successive codes tell; raises `Refusal`."""
        with self._guard:
            self._synchronise(self._of_user(serial, user_id), codes, within=RESYNC_STEPS)

    def _synchronise(self, held: _Held, codes: tuple[str, str], *, within: int) -> None:
        now = totp.step_at(self._clock.world_now())
        later = totp.step_of_pair(held.key, *codes, around=now, within=within)
        if later is None or later <= held.last_step or not held.device.gives_codes:
            raise own_error("InvalidAuthenticationCode", 403, "Authentication code for device is not valid.")
        # Two codes typed in time are this step's and the next's, or the one before's and this one's: no drift.
        drift = 0 if abs(later - now) <= WINDOW_STEPS else later - now
        self._set(held, last_step=later, drift=drift)
        held.lock = _Lock()

    def deactivate(self, serial: str, user_id: str) -> None:
        """Take a device from a user; raises `Refusal`."""
        with self._guard:
            held = self._of_user(serial, user_id)
            held.device = replace(held.device, owner_id=None, enabled_at=None)

    def delete(self, serial: str, account_id: str) -> None:
        """Remove a virtual device that nobody has; raises `Refusal`."""
        with self._guard:
            held = self._in_account(serial, account_id)
            if held.device.kind is not DeviceKind.VIRTUAL:
                raise _no_such(serial)
            if held.device.owner_id is not None:
                raise own_error("DeleteConflict", 409, "MFA VirtualDevice in use. Must deactivate first.")
            del self._held[serial]

    def tag(self, serial: str, account_id: str, tags: Tags) -> None:
        """Replace a device's tags; raises `Refusal`."""
        with self._guard:
            held = self._in_account(serial, account_id)
            held.device = replace(held.device, tags=tags)

    def shown(self, serial: str) -> Shown | None:
        """Return what the device shows at this moment of world time; None for a security key, which shows nothing."""
        with self._guard:
            held = self._held.get(serial)
            if held is None or not held.device.gives_codes:
                return None
            step = totp.step_at(self._clock.world_now() + held.device.clock_off)
            return Shown(
                serial=serial,
                code=Secret(totp.hotp(held.key, step)),
                next_code=Secret(totp.hotp(held.key, step + 1)),
                step=step,
                until=totp.start_of(step + 1) - held.device.clock_off,
                is_spent=step <= held.last_step,
            )

    def wait_for_fresh(self, serial: str) -> None:
        """Move world time on to the first step whose code is not spent, where it is not there already."""
        with self._guard:
            held = self._held.get(serial)
            if held is None or not held.device.gives_codes:
                return
            begins = totp.start_of(held.last_step + 1) - held.device.clock_off
            missing = begins - self._clock.world_now()
            if missing > timedelta():
                self._clock.advance(missing)

    def _set(self, held: _Held, *, last_step: int, drift: int) -> None:
        self._memory.remember_device(held.device.serial, DeviceMemory(last_step=last_step, drift=drift))
        held.last_step, held.drift = last_step, drift

    def _all(self) -> Iterator[Device]:
        with self._guard:
            return iter([held.device for held in self._held.values()])

    def _in_account(self, serial: str, account_id: str) -> _Held:
        held = self._held.get(serial)
        if held is None or held.device.account_id != account_id:
            raise _no_such(serial)
        return held

    def _of_user(self, serial: str, user_id: str) -> _Held:
        held = self._held.get(serial)
        if held is None or held.device.owner_id != user_id:
            raise _no_such(serial)
        return held


def _no_such(serial: str) -> Refusal:
    return own_error("NoSuchEntity", 404, f"MFA Device with serial number {serial} does not exist.")
