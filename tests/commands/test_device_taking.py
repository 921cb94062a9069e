"""Which device is meant, whose code opens the way, and a device taken away: what IAM says no to, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mfacli.commands.device_beginning import Wish, begin
from mfacli.commands.device_cloud import OwnDevices, is_known_to_be_enabled, not_enabled, own_device
from mfacli.commands.device_remove import remove_from_cloud
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan, Request, Step
from mfacli.domain.secret import Secret
from mfacli.errors import AccessDenied, DeviceUnusable, EntityExists, EntityMissing, InputNotAllowed
from mfacli.interfaces import Identity
from mfacli.terminal import SilentPrompter
from tests.codes.stand_ins import Person
from tests.commands.device_desk import DEVICE, RICHARD, SEED, Book, desk_in, heard

OTHER = Device(serial="arn:aws:iam::111122223333:mfa/other")
DENIED = AccessDenied("denied", hint="ask an administrator")


@dataclass
class Sts:
    """A `SessionProvider` that opens sessions with whatever code, for a user with `devices`."""

    desk: Desk
    devices: Sequence[Device] | None = (DEVICE,)
    asked_for: list[str] = field(default_factory=list)

    def warm_up(self) -> None:
        """Need nothing."""

    def session_for(self, step: Step, *, plan: Plan, keys: Keys, device: Device | None, code: Code | None) -> Session:
        assert device is not None
        self.asked_for.append(device.serial)
        now = self.desk.clock.now()
        return Session(
            cloud=plan.cloud,
            access_key_id="ASIAIOSFODNN7EXAMPLE",
            secret_access_key=Secret("s"),
            session_token=Secret("t"),
            issued_at=now,
            expires_at=now + step.duration,
            mfa_at=now,
        )

    def own_device(self, device: Device, *, plan: Plan, keys: Keys) -> Device:
        return device

    def devices_of_caller(self, *, plan: Plan, keys: Keys) -> Sequence[Device] | None:
        return self.devices

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        return Identity(account_id="111122223333", arn="arn:aws:iam::111122223333:user/team/richard", user_id="AIDA")


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose clock, screen and drawer of seeds are the test's own."""
    return desk_in(isolated_home)


def own_at(desk: Desk, book: Book, *, named: Device | None = DEVICE, meant: Device | None = None) -> OwnDevices:
    """Return the devices of a user whose profile names one."""
    desk.registry = book
    own = OwnDevices(desk, desk.plan(Request(wants_role=False, device=named.serial if named else None)), meant=meant)
    own.user = RICHARD
    return own


def served(desk: Desk, *devices: Device) -> Sts:
    sts = Sts(desk=desk, devices=devices)
    desk.provider_for = lambda plan: sts  # type: ignore[method-assign,assignment,return-value]  # opens at once
    return sts


def with_devices(*devices: Device, **fails: Sequence[AccessDenied | EntityExists | EntityMissing | None]) -> Book:
    book = Book(**fails)
    book.enabled |= {each.serial for each in devices}
    book.made |= book.enabled
    return book


def test_the_user_is_who_sts_says_without_the_path(desk: Desk) -> None:
    served(desk, DEVICE)

    own = OwnDevices(desk, desk.plan(Request(wants_role=False)))

    assert (own.user.name, own.user.account_id) == ("richard", "111122223333")


def test_a_removed_device_is_gone_everywhere(desk: Desk) -> None:
    book = with_devices(DEVICE)
    desk.seeds.keep_seed(DEVICE, SEED)

    was_any = remove_from_cloud(desk, own_at(desk, book), DEVICE)

    assert was_any
    assert (book.made, list(desk.seeds.devices_with_seed())) == (set(), [])


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_has_been_done_before_is_gone_on_with(is_deleted: bool, desk: Desk) -> None:
    book = Book()
    book.made |= set() if is_deleted else {DEVICE.serial}
    desk.seeds.keep_seed(DEVICE, SEED)

    was_any = remove_from_cloud(desk, own_at(desk, book), DEVICE)

    assert was_any
    assert (book.made, list(desk.seeds.devices_with_seed())) == (set(), [])


def test_a_hardware_device_is_not_deleted(desk: Desk) -> None:
    hardware = Device(serial="GAHT12345678")
    book = with_devices(hardware)

    was_any = remove_from_cloud(desk, own_at(desk, book), hardware)

    assert was_any
    assert book.calls["delete"] == 0


def test_a_device_just_freed_is_deleted_once_that_is_known_everywhere(desk: Desk) -> None:
    book = with_devices(DEVICE, delete=[EntityExists("in use"), EntityExists("in use"), None])

    remove_from_cloud(desk, own_at(desk, book), DEVICE)

    assert book.calls["delete"] == 3
    assert book.made == set()


def test_a_device_that_stays_in_use_is_told_in_the_clouds_words(desk: Desk) -> None:
    book = with_devices(DEVICE, delete=[EntityExists("in use")] * 5)

    with pytest.raises(EntityExists, match="in use"):
        remove_from_cloud(desk, own_at(desk, book), DEVICE)


def test_another_users_device_is_told_with_who_may_take_it(desk: Desk) -> None:
    book = with_devices(DEVICE, deactivate=[EntityMissing("not yours")])

    with pytest.raises(DeviceUnusable, match="is enabled for another user than richard") as caught:
        remove_from_cloud(desk, own_at(desk, book), DEVICE)

    assert f"--user-name NAME --serial-number {DEVICE.serial}" in caught.value.hint


@pytest.mark.parametrize("has_seed", [True, False])
def test_a_device_that_may_not_be_deleted_keeps_its_seed_and_is_told_of(has_seed: bool, desk: Desk) -> None:
    book = with_devices(DEVICE, delete=[DENIED, DENIED])
    if has_seed:
        desk.seeds.keep_seed(DEVICE, SEED)
    served(desk)

    with pytest.raises(AccessDenied):
        remove_from_cloud(desk, own_at(desk, book), DEVICE)

    assert f"device `{DEVICE.serial}` is left, enabled for nobody" in heard(desk)
    assert ("its seed stays here" in heard(desk)) is has_seed
    assert (desk.seeds.find_seed(DEVICE) is not None) is has_seed


def test_where_there_was_nothing_to_do_that_is_known(desk: Desk) -> None:
    assert remove_from_cloud(desk, own_at(desk, Book()), DEVICE) is False


def test_the_code_for_it_is_the_profiles_devices_and_not_the_lost_ones(desk: Desk) -> None:
    sts = served(desk, DEVICE, OTHER)
    desk.prompter = Person("123456")
    book = with_devices(DEVICE, OTHER, deactivate=[DENIED, None])

    own_at(desk, book, meant=OTHER).deactivate(OTHER)

    assert sts.asked_for == [DEVICE.serial]
    assert book.enabled == {DEVICE.serial}


def test_where_the_profiles_own_device_goes_the_person_chooses(desk: Desk) -> None:
    sts = served(desk, DEVICE, OTHER)
    desk.prompter = Person(OTHER.serial, "123456")
    book = with_devices(DEVICE, OTHER, deactivate=[DENIED, None])

    own_at(desk, book).deactivate(DEVICE)

    assert sts.asked_for == [OTHER.serial]


def test_a_device_with_a_kept_seed_gives_the_code_for_its_own_going(desk: Desk) -> None:
    sts = served(desk, DEVICE, OTHER)
    desk.seeds.keep_seed(DEVICE, SEED)
    book = with_devices(DEVICE, OTHER, deactivate=[DENIED, None])

    own_at(desk, book).deactivate(DEVICE)

    assert sts.asked_for == [DEVICE.serial]


def test_a_profile_that_names_a_device_that_is_gone_does_not_stop_another(desk: Desk) -> None:
    sts = served(desk, OTHER)
    desk.prompter = Person("123456")
    book = with_devices(OTHER, deactivate=[DENIED, None])

    own_at(desk, book).deactivate(OTHER)

    assert sts.asked_for == [OTHER.serial]


def test_without_anybody_to_ask_a_session_is_to_be_opened_first(desk: Desk) -> None:
    served(desk, DEVICE)
    desk.prompter = SilentPrompter()
    book = with_devices(DEVICE, deactivate=[DENIED])

    with pytest.raises(InputNotAllowed) as caught:
        own_at(desk, book).deactivate(DEVICE)

    assert caught.value.hint == "open a session first, which is then taken: `mfacli session`"


def test_a_session_that_is_kept_is_taken_and_nobody_asked(desk: Desk) -> None:
    sts = served(desk, DEVICE)
    desk.prompter = Person("123456")
    desk.obtain(own_at(desk, Book()).plan)
    book = with_devices(DEVICE, deactivate=[DENIED, None])

    own_at(desk, book).deactivate(DEVICE)

    assert sts.asked_for == [DEVICE.serial]
    assert book.enabled == set()


def test_the_device_meant_is_the_one_named_then_the_profiles_then_the_only_one(desk: Desk) -> None:
    book = with_devices(OTHER)

    meant = [
        own_device(desk, own_at(desk, book, meant=OTHER)),
        own_device(desk, own_at(desk, book)),
        own_device(desk, own_at(desk, book, named=None)),
    ]

    assert meant == [OTHER, DEVICE, OTHER]


def test_of_several_devices_the_person_chooses(desk: Desk) -> None:
    desk.prompter = Person(OTHER.serial)

    assert own_device(desk, own_at(desk, with_devices(DEVICE, OTHER), named=None)) == OTHER


@pytest.mark.parametrize(
    ("book", "hint"),
    [(Book(), "`mfacli device enroll` makes one"), (Book(of_user=[DENIED]), "name one with --device SERIAL")],
)
def test_where_there_is_no_device_the_next_step_is_named(book: Book, hint: str, desk: Desk) -> None:
    with pytest.raises(DeviceUnusable) as caught:
        own_device(desk, own_at(desk, book, named=None))

    assert caught.value.hint == hint


def test_whether_a_device_is_enabled_is_known_where_they_may_be_listed(desk: Desk) -> None:
    own = own_at(desk, with_devices(DEVICE))
    desk.registry = Book(of_user=[DENIED])
    unlisted = is_known_to_be_enabled(own, DEVICE)
    desk.registry = with_devices(DEVICE)

    assert not unlisted
    assert is_known_to_be_enabled(own, DEVICE)


@pytest.mark.parametrize(
    ("book", "hint"),
    [(with_devices(OTHER), f"enabled are: {OTHER.serial}"), (Book(), "`mfacli device list` shows which are")],
)
def test_a_device_that_is_not_enabled_is_told_with_those_that_are(book: Book, hint: str, desk: Desk) -> None:
    own = own_at(desk, book)

    with pytest.raises(DeviceUnusable) as caught:
        is_known_to_be_enabled(own, DEVICE)

    assert caught.value.message == not_enabled(own, DEVICE).message
    assert caught.value.hint == hint


def wish(*, keeps_seed: bool, is_agreed: bool = False) -> Wish:
    return Wish(device=DEVICE, keeps_seed=keeps_seed, draws=not keeps_seed, png=None, is_agreed=is_agreed)


@pytest.mark.parametrize("book", [Book(), Book(unassigned=[DENIED])], ids=["listed", "unlisted"])
def test_a_device_begun_before_is_gone_on_with_by_the_app_that_has_it(book: Book, desk: Desk) -> None:
    book.made.add(DEVICE.serial)
    desk.prompter = Person("an authenticator app has it already: type its codes")

    begun = begin(desk, own_at(desk, book), wish(keeps_seed=False))

    assert (begun.seed, begun.is_new) == (None, False)
    assert book.calls["delete"] == 0


def test_a_device_begun_before_that_may_not_be_deleted_leaves_another_name(desk: Desk) -> None:
    book = Book(delete=[DENIED])
    book.made.add(DEVICE.serial)
    served(desk)

    with pytest.raises(AccessDenied):
        begin(desk, own_at(desk, book), wish(keeps_seed=True, is_agreed=True))

    assert "another name does: `mfacli device enroll --name richard-2`" in heard(desk)


def test_a_name_that_is_never_free_again_ends_it(desk: Desk) -> None:
    book = Book(create=[EntityExists("there")] * 6)
    book.made.add(DEVICE.serial)

    with pytest.raises(EntityExists):
        begin(desk, own_at(desk, book), wish(keeps_seed=True, is_agreed=True))

    assert book.calls["create"] == 6
