"""What the calls of a rotation are signed with, and how long a new key is waited for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import DeviceToFind
from mfacli.errors import (
    AccessDenied,
    CloudUnreachable,
    KeysRejected,
)
from tests.rotation.world import Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def test_one_session_signs_everything(desk: Desk) -> None:
    desk.world.demands_mfa = True

    desk.run()

    assert desk.opened == ["AKIAOLD0"]
    assert set(desk.world.signed_with) == {"ASIASESS"}


def test_a_key_that_the_cloud_does_not_know_at_once_is_waited_for(desk: Desk) -> None:
    desk.world.unknown_for = 4

    desk.run()

    assert desk.world.clock.waited == [timedelta(seconds=seconds) for seconds in (1, 2, 3, 4)]
    assert desk.talk.notes.count("waiting until the cloud knows the new key everywhere") == 1


def test_a_key_that_iam_does_not_know_at_once_is_waited_for(desk: Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.unknown_to_iam_for = 3

    desk.run()

    assert desk.world.clock.waited == [timedelta(seconds=seconds) for seconds in (1, 2, 3)]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_key_that_was_stored_a_moment_ago_is_waited_for_when_it_goes_on(desk: Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.refusals["deactivate"] = [CloudUnreachable("the network went")]
    with pytest.raises(CloudUnreachable):
        desk.run()
    desk.world.unknown_to_iam_for = 2

    desk.run()

    assert len(desk.world.clock.waited) == 2
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_key_that_was_stored_long_ago_and_is_refused_is_not_waited_for(desk: Desk) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), False
    desk.world.refusals["deactivate"] = [CloudUnreachable("the network went")]
    with pytest.raises(CloudUnreachable):
        desk.run()
    desk.world.clock.time += timedelta(hours=1)
    desk.world.unknown_to_iam_for = 1

    with pytest.raises(KeysRejected):
        desk.run()

    assert desk.world.clock.waited == []


def test_without_a_named_device_mfa_is_tried_only_where_it_is_demanded(desk: Desk) -> None:
    desk.device = DeviceToFind(is_required=True)

    desk.run()

    assert desk.opened == []
    assert desk.world.signed_with[-1] == "AKIANEW1"


def test_where_mfa_is_demanded_the_users_own_device_is_found(desk: Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.demands_mfa = True

    desk.run()

    assert desk.opened == ["AKIAOLD0"]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_denial_stays_where_there_is_no_device(desk: Desk) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), False
    desk.world.demands_mfa = True

    with pytest.raises(AccessDenied, match="list was denied"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


@pytest.mark.parametrize("has_device", [True, False])
def test_a_denial_of_making_keys_is_the_answer_whatever_else_could_sign(desk: Desk, has_device: bool) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), has_device
    desk.world.refusals["create"] = [AccessDenied(f"denied {number}") for number in (1, 2, 3)]

    with pytest.raises(AccessDenied, match="denied 1"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_denial_of_deactivating_leaves_two_good_keys_and_asks_for_no_second_session(desk: Desk) -> None:
    desk.world.demands_mfa = True
    desk.world.refusals["deactivate"] = [AccessDenied(f"denied {number}") for number in range(9)]

    with pytest.raises(AccessDenied, match="denied 0"):
        desk.run()

    assert desk.world.works
    assert desk.opened == ["AKIAOLD0"]
    assert "the old one …OLD0 is still in the cloud, active: `mfacli keys rotate`" in desk.talk.warnings[0]


def test_where_the_session_goes_with_the_old_key_the_new_ones_sign(desk: Desk) -> None:
    desk.world.is_deaf_to_sessions = True

    desk.run()

    assert list(desk.world.keys) == ["AKIANEW1"]
    assert desk.world.signed_with[-1] == "AKIANEW1"
