from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator import totp
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.devices import LOCK, WRONG_CODES, Device, Devices
from mfacli.emulator.refusals import Refusal
from mfacli.emulator.world.memory import WorldMemory
from mfacli.emulator.world.model import DeviceKind
from mfacli.errors import EmulatorProblem
from tests.doubles import NOON

ACCOUNT = "111122223333"
SOFIA = "AIDASOFIA"
MATEO = "AIDAMATEO"
KEY = b"12345678901234567890"
SEED = Secret(base64.b32encode(KEY).decode())
VIRTUAL = Device(
    serial=f"arn:aws:iam::{ACCOUNT}:mfa/Sofia", kind=DeviceKind.VIRTUAL, account_id=ACCOUNT, name="Sofia"
)
NOW = totp.step_at(NOON)


@pytest.fixture
def clock() -> EmulatorClock:
    return EmulatorClock(lambda: NOON)


@pytest.fixture
def memory() -> WorldMemory:
    return WorldMemory()


@pytest.fixture
def devices(clock: EmulatorClock, memory: WorldMemory) -> Devices:
    """Sofia's virtual device, a hardware device in a drawer, and Mateo's security key."""
    made = Devices(clock, memory)
    made.stock([(_of(SOFIA), SEED), (_hardware(), SEED), (_security_key(), SEED)])
    return made


def _of(owner: str | None) -> Device:
    return Device(serial=VIRTUAL.serial, kind=DeviceKind.VIRTUAL, account_id=ACCOUNT, name="Sofia", owner_id=owner)


def _hardware() -> Device:
    return Device(serial="GAHT12345678", kind=DeviceKind.HARDWARE, account_id=ACCOUNT, name="GAHT12345678")


def _security_key() -> Device:
    serial = f"arn:aws:iam::{ACCOUNT}:u2f/user/Mateo"
    return Device(serial=serial, kind=DeviceKind.SECURITY_KEY, account_id=ACCOUNT, name="Mateo", owner_id=MATEO)


def code_of(step: int) -> str:
    return totp.hotp(KEY, step)


def code_of_pair(step: int) -> tuple[str, str]:
    return code_of(step), code_of(step + 1)


@pytest.mark.parametrize(("offset", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_passes_within_one_step_either_side(devices: Devices, offset: int, passes: bool) -> None:
    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + offset)) is passes


def test_a_code_passes_once(devices: Devices) -> None:
    first = devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))
    second = devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))

    assert (first, second) == (True, False)


def test_of_many_requests_with_one_code_one_passes(devices: Devices) -> None:
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda _: devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW)), range(64)))

    assert passed.count(True) == 1


def test_a_used_code_spends_the_earlier_ones(devices: Devices) -> None:
    devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))

    assert not devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW - 1))
    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))


def test_a_code_is_good_for_its_owner_only(devices: Devices) -> None:
    foreign = devices.passes(MATEO, VIRTUAL.serial, code_of(NOW))

    assert not foreign
    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))


@pytest.mark.parametrize("serial", ["GAHT12345678", "GAHT00000000", _security_key().serial])
def test_devices_that_are_loose_unknown_or_without_codes_pass_nothing(devices: Devices, serial: str) -> None:
    assert not devices.passes(MATEO, serial, code_of(NOW))


def test_many_wrong_codes_lock_a_device_even_for_the_right_one(devices: Devices, clock: EmulatorClock) -> None:
    wrong = _wrong_code()
    for _ in range(WRONG_CODES):
        devices.passes(SOFIA, VIRTUAL.serial, wrong)

    locked = devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))
    clock.advance(LOCK)
    later = devices.passes(SOFIA, VIRTUAL.serial, code_of(totp.step_at(clock.world_now())))

    assert (locked, later) == (False, True)


def test_one_wrong_code_less_does_not_lock(devices: Devices) -> None:
    for _ in range(WRONG_CODES - 1):
        devices.passes(SOFIA, VIRTUAL.serial, _wrong_code())

    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))


def test_a_right_code_ends_the_row_of_wrong_ones(devices: Devices) -> None:
    for offset in (-1, 0):
        for _ in range(WRONG_CODES - 1):
            devices.passes(SOFIA, VIRTUAL.serial, _wrong_code())
        assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + offset))


def test_replays_do_not_count_towards_the_lock(devices: Devices) -> None:
    for _ in range(WRONG_CODES + 1):
        devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))

    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))


def test_enabling_takes_two_successive_codes_and_spends_them(devices: Devices) -> None:
    devices.enable("GAHT12345678", ACCOUNT, SOFIA, code_of_pair(NOW - 1))

    assert not devices.passes(SOFIA, "GAHT12345678", code_of(NOW))
    assert devices.passes(SOFIA, "GAHT12345678", code_of(NOW + 1))


@pytest.mark.parametrize(
    "pair", [("000000", "000000"), (code_of(NOW), code_of(NOW)), (code_of(NOW + 1), code_of(NOW))]
)
def test_enabling_refuses_anything_else(devices: Devices, pair: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        devices.enable("GAHT12345678", ACCOUNT, SOFIA, pair)

    assert (caught.value.code, caught.value.status) == ("InvalidAuthenticationCode", 403)
    assert caught.value.message == "Authentication code for device is not valid."


def test_a_device_enabled_late_is_enabled_but_out_of_step(devices: Devices, clock: EmulatorClock) -> None:
    devices.enable("GAHT12345678", ACCOUNT, SOFIA, code_of_pair(NOW - 20))
    too_late = devices.passes(SOFIA, "GAHT12345678", code_of(NOW))

    devices.resync("GAHT12345678", SOFIA, code_of_pair(NOW))
    clock.advance(timedelta(seconds=60))
    in_step = devices.passes(SOFIA, "GAHT12345678", code_of(NOW + 2))

    assert (too_late, in_step) == (False, True)


def test_a_device_with_a_slow_clock_passes_after_resynchronising(clock: EmulatorClock, memory: WorldMemory) -> None:
    slow = Device(
        serial="GAHT87654321",
        kind=DeviceKind.HARDWARE,
        account_id=ACCOUNT,
        name="GAHT87654321",
        owner_id=SOFIA,
        clock_off=timedelta(minutes=-6),
    )
    devices = Devices(clock, memory)
    devices.stock([(slow, SEED)])
    shown = devices.shown(slow.serial)
    assert shown is not None

    before = devices.passes(SOFIA, slow.serial, shown.code.reveal())
    devices.resync(slow.serial, SOFIA, (shown.code.reveal(), shown.next_code.reveal()))
    clock.advance(timedelta(seconds=60))
    after = devices.shown(slow.serial)

    assert not before
    assert after is not None
    assert devices.passes(SOFIA, slow.serial, after.code.reveal())


def test_resynchronising_takes_no_codes_that_are_spent_or_too_far_off(devices: Devices) -> None:
    devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))

    for step in (NOW, NOW - 60, NOW + 60):
        with pytest.raises(Refusal, match="not valid"):
            devices.resync(VIRTUAL.serial, SOFIA, code_of_pair(step))


def test_resynchronising_opens_a_lock(devices: Devices) -> None:
    for _ in range(WRONG_CODES):
        devices.passes(SOFIA, VIRTUAL.serial, _wrong_code())

    devices.resync(VIRTUAL.serial, SOFIA, code_of_pair(NOW - 1))

    assert devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))


def test_a_security_key_can_be_neither_enabled_nor_resynchronised_by_codes(devices: Devices) -> None:
    with pytest.raises(Refusal, match="not valid"):
        devices.resync(_security_key().serial, MATEO, code_of_pair(NOW))


def test_a_device_in_use_is_nobody_elses(devices: Devices) -> None:
    with pytest.raises(Refusal) as caught:
        devices.enable(VIRTUAL.serial, ACCOUNT, MATEO, code_of_pair(NOW))

    assert (caught.value.code, caught.value.status, caught.value.message) == (
        "EntityAlreadyExists",
        409,
        "MFA Device is already in use.",
    )


def test_a_ninth_device_is_refused(clock: EmulatorClock, memory: WorldMemory) -> None:
    owned = [
        Device(serial=f"GAHT0000000{n}", kind=DeviceKind.HARDWARE, account_id=ACCOUNT, name=str(n), owner_id=SOFIA)
        for n in range(8)
    ]
    devices = Devices(clock, memory)
    devices.stock([(device, SEED) for device in (*owned, _hardware())])

    with pytest.raises(Refusal) as caught:
        devices.enable("GAHT12345678", ACCOUNT, SOFIA, code_of_pair(NOW))

    assert (caught.value.code, caught.value.message) == (
        "LimitExceeded",
        "Cannot exceed quota for MFADevicesPerUser: 8",
    )


def test_a_deactivated_device_passes_nothing_until_it_is_enabled_again(devices: Devices) -> None:
    devices.deactivate(VIRTUAL.serial, SOFIA)

    assert not devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW - 1))

    devices.enable(VIRTUAL.serial, ACCOUNT, MATEO, code_of_pair(NOW - 1))

    assert devices.passes(MATEO, VIRTUAL.serial, code_of(NOW + 1))


def test_deleting_wants_a_virtual_device_that_nobody_has(devices: Devices) -> None:
    with pytest.raises(Refusal) as in_use:
        devices.delete(VIRTUAL.serial, ACCOUNT)
    with pytest.raises(Refusal) as hardware:
        devices.delete("GAHT12345678", ACCOUNT)
    devices.deactivate(VIRTUAL.serial, SOFIA)
    devices.delete(VIRTUAL.serial, ACCOUNT)

    assert (in_use.value.code, in_use.value.status) == ("DeleteConflict", 409)
    assert (hardware.value.code, hardware.value.status) == ("NoSuchEntity", 404)
    assert devices.find(VIRTUAL.serial) is None


@pytest.mark.parametrize("account", ["444455556666", "000000000000"])
def test_devices_of_another_account_do_not_exist(devices: Devices, account: str) -> None:
    with pytest.raises(Refusal) as caught:
        devices.enable("GAHT12345678", account, MATEO, code_of_pair(NOW))

    assert caught.value.code == "NoSuchEntity"


def test_somebody_elses_device_is_neither_deactivated_nor_resynchronised(devices: Devices) -> None:
    with pytest.raises(Refusal) as deactivating:
        devices.deactivate(VIRTUAL.serial, MATEO)
    with pytest.raises(Refusal) as resynchronising:
        devices.resync(VIRTUAL.serial, MATEO, code_of_pair(NOW))

    assert {deactivating.value.code, resynchronising.value.code} == {"NoSuchEntity"}


def test_a_serial_exists_once(devices: Devices) -> None:
    with pytest.raises(Refusal) as caught:
        devices.create(_of(None), SEED)

    assert caught.value.message == "MFADevice entity at the same path and name already exists."


def test_a_used_code_stays_used_across_a_restart(clock: EmulatorClock, tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    before = Devices(clock, WorldMemory(path))
    before.stock([(_of(SOFIA), SEED)])
    before.passes(SOFIA, VIRTUAL.serial, code_of(NOW))

    after = Devices(clock, WorldMemory(path))
    after.stock([(_of(SOFIA), SEED)])

    assert not after.passes(SOFIA, VIRTUAL.serial, code_of(NOW))
    assert after.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))


def test_a_code_whose_use_cannot_be_remembered_does_not_count(clock: EmulatorClock, tmp_path: Path) -> None:
    path = tmp_path / "gone" / "memory.json"
    devices = Devices(clock, WorldMemory(path))
    devices.stock([(_of(SOFIA), SEED)])

    with pytest.raises(EmulatorProblem, match="cannot be written"):
        devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW))


def test_a_device_shows_the_code_of_the_moment_until_the_step_ends(devices: Devices) -> None:
    shown = devices.shown(VIRTUAL.serial)

    assert shown is not None
    assert (shown.code.reveal(), shown.next_code.reveal()) == code_of_pair(NOW)
    assert shown.until == NOON + timedelta(seconds=30)
    assert not shown.is_spent


def test_a_security_key_shows_nothing(devices: Devices) -> None:
    assert devices.shown(_security_key().serial) is None
    assert devices.shown("GAHT00000000") is None


def test_time_moves_to_the_first_unspent_step_and_no_further(devices: Devices, clock: EmulatorClock) -> None:
    devices.wait_for_fresh(VIRTUAL.serial)
    unmoved = clock.world_now()
    devices.passes(SOFIA, VIRTUAL.serial, code_of(NOW + 1))
    devices.wait_for_fresh(VIRTUAL.serial)

    assert unmoved == NOON
    assert clock.world_now() == totp.start_of(NOW + 2)
    shown = devices.shown(VIRTUAL.serial)
    assert shown is not None
    assert not shown.is_spent


def test_time_does_not_move_for_a_device_without_codes(devices: Devices, clock: EmulatorClock) -> None:
    devices.wait_for_fresh(_security_key().serial)
    devices.wait_for_fresh("GAHT00000000")

    assert clock.world_now() == NOON


def test_no_seed_shows_in_a_representation(devices: Devices) -> None:
    shown = devices.shown(VIRTUAL.serial)

    assert SEED.reveal() not in repr(devices) + repr(vars(devices))
    assert code_of(NOW) not in repr(shown)


def _wrong_code() -> str:
    near = {code_of(NOW + offset) for offset in range(-3, 4)}
    return next(code for n in range(10) if (code := str(n) * 6) not in near)
