"""What a rotation does step by step, and what becomes of it where a step fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import CloudKey, Keys
from mfacli.domain.plan import KeysFrom, KeySource, Plan
from mfacli.domain.rotation import Rotation
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CloudUnreachable,
    FileUnwritable,
    KeyringLocked,
    KeysRejected,
    MfacliError,
)
from mfacli.rotation.parts import RotationParts
from mfacli.rotation.rotate import Rotated, rotate
from tests.doubles import NOON
from tests.rotation.world import OLD, PHONE, Desk, World, new_desk, share


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def test_new_keys_take_the_place_of_the_old_ones(desk: Desk) -> None:
    rotated = desk.run()

    assert rotated == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True, place="the keyring")
    assert list(desk.world.keys) == ["AKIANEW1"]
    assert desk.world.current.access_key_id == "AKIANEW1"
    assert desk.world.works
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_the_new_keys_are_proved_before_they_are_stored_and_before_the_old_ones_go(desk: Desk) -> None:
    desk.run()

    changing = [call for call in desk.world.calls if call not in {"list", "last_use"}]
    expected = ["identity", "create", "identity", "identity", "deactivate", "identity", "delete"]
    assert changing == expected


def test_the_old_key_stays_inactive_where_that_is_wished(desk: Desk) -> None:
    rotated = desk.run(keeps_old=True)

    assert rotated.is_old_deleted is False
    assert desk.world.keys["AKIAOLD0"].is_active is False
    assert desk.world.works


def test_whatever_else_here_has_the_old_key_gets_the_new_one_before_the_old_is_switched_off(desk: Desk) -> None:
    share(desk)
    desk.world.elsewhere["[other] in a file"] = other = Keys(
        access_key_id="AKIAODD0", secret_access_key=Secret("odd")
    )

    rotated = desk.run()

    assert {place: keys.access_key_id for place, keys in desk.world.elsewhere.items()} == {
        "[ci] in a file": rotated.new_id,
        "the keyring, as profile old's": rotated.new_id,
        "[other] in a file": other.access_key_id,
    }
    assert "the same key was in [ci] in a file: replaced there too" in desk.talk.notes


def test_an_old_key_that_cannot_be_replaced_elsewhere_stays_active(desk: Desk) -> None:
    share(desk)
    desk.world.refusals["put elsewhere"] = [FileUnwritable("read-only")]

    with pytest.raises(FileUnwritable):
        desk.run()

    assert desk.world.works
    assert desk.world.keys["AKIAOLD0"].is_active
    assert "is in its place; the old one …OLD0 is still in the cloud: " in desk.talk.warnings[0]
    desk.run()
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_key_that_never_works_is_taken_back_after_a_minute(desk: Desk) -> None:
    desk.world.unknown_for = 10_000

    with pytest.raises(KeysRejected):
        desk.run()

    assert sum(desk.world.clock.waited, timedelta()) == timedelta(seconds=60)
    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.world.current == OLD
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_key_of_somebody_else_is_taken_back(desk: Desk) -> None:
    desk.world.foreign_id = "AKIANEW1"

    with pytest.raises(CloudRefused, match="…NEW1"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


@pytest.mark.parametrize("failure", [KeyringLocked("locked"), FileUnwritable("read-only")])
def test_keys_that_cannot_be_stored_are_taken_back(desk: Desk, failure: MfacliError) -> None:
    desk.world.refusals["put"] = [failure]

    with pytest.raises(type(failure)):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.world.works


def test_a_key_whose_answer_was_lost_is_taken_back(desk: Desk) -> None:
    desk.world.lost_answers = ["create"]

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_key_is_taken_back_even_where_the_cloud_does_not_list_it_yet(desk: Desk) -> None:
    desk.world.refusals["put"] = [KeyringLocked("locked")]
    desk.world.unlisted_for = 10

    with pytest.raises(KeyringLocked):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


def test_a_key_without_an_answer_that_is_not_listed_yet_goes_the_next_time(desk: Desk) -> None:
    desk.world.lost_answers = ["create"]
    desk.world.unlisted_for = 1

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert "a new one may be left in the cloud" in desk.talk.warnings[0]
    rotated = desk.run()
    assert list(desk.world.keys) == [rotated.new_id] == ["AKIANEW2"]


def test_whoever_breaks_it_off_learns_how_to_go_on(desk: Desk) -> None:
    desk.world.unknown_for = 10_000

    def broken_off(duration: timedelta) -> None:
        raise KeyboardInterrupt

    desk.world.clock.wait = broken_off  # type: ignore[method-assign]  # what Ctrl-C does to a wait

    with pytest.raises(KeyboardInterrupt):
        desk.run()

    assert "interrupted in the middle; the profile's keys work" in desk.talk.warnings[0]


def test_breaking_off_before_anything_was_begun_needs_no_words(desk: Desk) -> None:
    def broken_off(*, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        raise KeyboardInterrupt

    parts = replace(desk.parts(), maker=_Listing(desk.world, broken_off))

    with pytest.raises(KeyboardInterrupt):
        _run_with(desk, parts)

    assert desk.talk.warnings == []


def test_what_cannot_be_taken_back_now_is_said_and_taken_back_the_next_time(desk: Desk) -> None:
    desk.world.refusals["put"] = [KeyringLocked("locked")]
    desk.world.refusals["delete"] = [CloudUnreachable("the network went")]

    with pytest.raises(KeyringLocked):
        desk.run()

    assert desk.world.works
    assert "a new one, …NEW1, is left in the cloud (the network went)" in desk.talk.warnings[0]
    rotated = desk.run()
    assert list(desk.world.keys) == [rotated.new_id]
    assert "was interrupted before its new key …NEW1 was stored" in "".join(desk.talk.notes)


def test_an_old_key_that_cannot_be_deleted_is_said_and_goes_the_next_time(desk: Desk) -> None:
    desk.world.refusals["delete"] = [CloudUnreachable("the network went")]

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert desk.world.works
    assert (
        "the new key …NEW1 is in its place; the old one …OLD0 is still in the cloud, inactive: "
        in desk.talk.warnings[0]
    )
    assert desk.run() == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True)
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_an_old_key_is_active_again_where_the_new_one_fails_without_it(desk: Desk) -> None:
    switch = desk.world.switch_key

    def failing(access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        switch(access_key_id, is_active=is_active, plan=plan, keys=keys)
        desk.world.unknown_for = 0 if is_active else 10_000

    parts = desk.parts()
    world = _Switching(desk.world, failing)

    with pytest.raises(KeysRejected):
        _run_with(desk, replace(parts, maker=world))

    assert desk.world.keys["AKIAOLD0"].is_active
    assert desk.talk.warnings[0] == "the old key …OLD0 is active again"


class _Listing:
    """A cloud whose list of keys is another."""

    def __init__(self, world: World, list_keys: Callable[..., Sequence[CloudKey]]) -> None:
        self.list_keys, self.last_use = list_keys, world.last_use
        self.create_key, self.delete_key = world.create_key, world.delete_key
        self.switch_key = world.switch_key


class _Switching:
    """A cloud whose switching of keys is another."""

    def __init__(self, world: World, switch_key: Callable[..., None]) -> None:
        self.list_keys, self.last_use = world.list_keys, world.last_use
        self.create_key, self.delete_key = world.create_key, world.delete_key
        self.switch_key = switch_key


def _run_with(desk: Desk, parts: RotationParts) -> Rotated:
    source = KeySource(kind=KeysFrom.KEYRING, access_key_id=OLD.access_key_id, profile="dev")
    plan = Plan(cloud=Cloud.AWS, profile="dev", key_source=source, device=PHONE, steps=())
    return rotate(plan, OLD, parts)


def test_a_denial_of_making_keys_changes_nothing(desk: Desk) -> None:
    desk.world.refusals["create"] = [AccessDenied("create was denied"), AccessDenied("create was denied again")]

    with pytest.raises(AccessDenied, match=r"create was denied$"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_where_deleting_is_denied_the_old_key_may_stay_inactive(desk: Desk) -> None:
    desk.world.refusals["delete"] = [AccessDenied("denied"), AccessDenied("denied")]

    with pytest.raises(AccessDenied):
        desk.run()

    assert desk.talk.warnings[0].endswith("--keep-old with it leaves that as it is")
    assert desk.run(keeps_old=True).is_old_deleted is False
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_an_old_key_that_somebody_else_has_deleted_meanwhile_is_no_hindrance(desk: Desk) -> None:
    desk.world.refusals["delete"] = [AccessDenied("denied")] * 9
    with pytest.raises(AccessDenied):
        desk.run()
    del desk.world.keys["AKIAOLD0"]

    rotated = desk.run(keeps_old=True)

    assert rotated == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True)
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_rotation_that_others_have_overtaken_is_forgotten(desk: Desk) -> None:
    desk.log.write(
        Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAODD0", known_ids=(), began_at=NOON, new_id="AKIAODD1")
    )

    desk.run()

    assert "a rotation of …ODD0 was not ended here" in desk.talk.warnings[0]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_keys_that_are_not_among_the_users_are_refused(desk: Desk) -> None:
    desk.device = PHONE
    desk.world.keys = {}

    with pytest.raises(CloudRefused, match="does not list …OLD0"):
        desk.run()
