"""Wherever a rotation is killed, the profile's keys work, and running it again ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from tests.rotation.world import Killed, moments, new_desk, share


@pytest.mark.parametrize("moment", range(moments()))
def test_wherever_it_is_killed_the_profiles_keys_work_and_running_it_again_ends_it(moment: int) -> None:
    desk = new_desk()
    desk.fate.deadly = moment

    with pytest.raises(Killed):
        desk.run()

    assert desk.world.works
    assert sum(key.is_active for key in desk.world.keys.values()) >= 1
    desk.fate.deadly = None
    # The next run is hours later, and nobody is there to be asked.
    desk.world.clock.time += timedelta(hours=5)
    rotated = desk.run()
    assert desk.world.works
    assert list(desk.world.keys) == [rotated.new_id] == [desk.world.current.access_key_id]
    assert desk.world.current.access_key_id != "AKIAOLD0"
    assert desk.log.find(Cloud.AWS, "dev") is None


@pytest.mark.parametrize("moment", range(moments(share)))
def test_wherever_it_is_killed_no_profile_that_shares_the_key_is_left_without(moment: int) -> None:
    desk = new_desk()
    share(desk)
    desk.fate.deadly = moment

    with pytest.raises(Killed):
        desk.run()

    assert desk.world.works
    desk.fate.deadly = None
    rotated = desk.run()
    assert desk.world.works
    assert {keys.access_key_id for keys in desk.world.elsewhere.values()} == {rotated.new_id}


@pytest.mark.parametrize("second", range(0, moments(), 3))
@pytest.mark.parametrize("first", range(0, moments(), 2))
def test_killed_twice_it_still_ends(first: int, second: int) -> None:
    desk = new_desk()
    for moment in (first, second):
        desk.fate.deadly, desk.fate.moments = moment, 0
        try:
            desk.run()
        except Killed:
            assert desk.world.works
    desk.fate.deadly = None

    desk.run()

    assert desk.world.works
    assert list(desk.world.keys) == [desk.world.current.access_key_id]
