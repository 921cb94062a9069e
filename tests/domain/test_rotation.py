from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import CloudKey
from mfacli.domain.rotation import Rotation, Standing, standing_of, strays_of
from tests.doubles import NOON

BEGUN = Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD", known_ids=("AKIAOLD",), began_at=NOON)
OLD = CloudKey(access_key_id="AKIAOLD", is_active=True, created_at=NOON - timedelta(days=90))
NEW = CloudKey(access_key_id="AKIANEW", is_active=True, created_at=NOON)


@pytest.mark.parametrize(
    ("new_id", "current_id", "standing"),
    [
        ("", "AKIAOLD", Standing.NOT_STORED),
        ("AKIANEW", "AKIAOLD", Standing.NOT_STORED),
        ("AKIANEW", "AKIANEW", Standing.STORED),
        ("AKIANEW", "AKIAODD", Standing.OVERTAKEN),
        ("", "AKIANEW", Standing.OVERTAKEN),
    ],
)
def test_the_profiles_keys_tell_how_far_it_came(new_id: str, current_id: str, standing: Standing) -> None:
    assert standing_of(replace(BEGUN, new_id=new_id), current_id) is standing


@pytest.mark.parametrize(
    ("after", "is_sure"),
    [
        (timedelta(seconds=-6), False),
        (timedelta(seconds=-5), True),
        (timedelta(), True),
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
    ],
)
def test_a_key_made_right_after_it_began_is_surely_its_own(after: timedelta, is_sure: bool) -> None:
    made = replace(NEW, created_at=NOON + after)

    strays = strays_of(BEGUN, [OLD, made])

    assert (strays.sure, strays.doubtful) == (((made,), ()) if is_sure else ((), (made,)))


def test_a_key_of_unknown_age_is_doubtful() -> None:
    assert strays_of(BEGUN, [OLD, replace(NEW, created_at=None)]).sure == ()


def test_a_key_whose_id_was_written_down_is_sure_whenever_it_was_made_and_no_other_is() -> None:
    other = replace(NEW, access_key_id="AKIAODD")
    made = replace(NEW, created_at=NOON + timedelta(days=1))

    strays = strays_of(replace(BEGUN, new_id="AKIANEW"), [OLD, made, other])

    assert (strays.sure, strays.doubtful) == ((made,), (other,))


def test_keys_from_before_are_never_strays() -> None:
    assert strays_of(replace(BEGUN, known_ids=("AKIAOLD", "AKIANEW")), [OLD, NEW]).sure == ()
