"""What an interrupted rotation has left, and another key that is in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import LastUse
from mfacli.domain.rotation import Rotation
from mfacli.errors import (
    Cancelled,
    CloudRefused,
    InputNotAllowed,
)
from tests.doubles import NOON
from tests.rotation.world import Agreeing, Desk, new_desk


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def test_a_key_from_just_after_an_interruption_that_somebody_uses_is_asked_about(desk: Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(minutes=2))
    desk.world.uses = {"AKIAODD0": LastUse(at=NOON + timedelta(minutes=3))}
    desk.prompter = asked = Agreeing(agrees=False)

    with pytest.raises(Cancelled):
        desk.run()

    assert "is the key …ODD0 left by the rotation" in asked.questions[0]
    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_key_that_a_profile_has_here_is_nothing_that_was_left(desk: Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(minutes=2))
    desk.used_by = {"AKIAOLD0": "profile `dev` (the keyring)", "AKIAODD0": "profile `ci` (the keyring)"}

    with pytest.raises(CloudRefused, match=r"which profile `ci` \(the keyring\) has here"):
        desk.run(may_delete=True)

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def _with_other(desk: Desk, *, is_active: bool = False) -> None:
    desk.world.add("AKIAODD0", "odd", created_at=NOON - timedelta(days=300), is_active=is_active)


def test_a_second_key_in_the_way_is_described_and_deleted_where_the_person_agrees(desk: Desk) -> None:
    _with_other(desk)
    desk.world.uses = {"AKIAODD0": LastUse(at=NOON - timedelta(days=200), service="s3")}
    desk.prompter = asked = Agreeing(agrees=True)

    desk.run()

    (question,) = asked.questions
    assert question.startswith("the user has 2 keys already, and may have no more: the other is …ODD0 (")
    assert question.endswith(" (inactive, made 2026-01-25, last used 2026-05-05 for s3); delete it to make room?")
    assert list(desk.world.keys) == ["AKIANEW2"]


def test_a_second_key_stays_where_the_person_does_not_agree(desk: Desk) -> None:
    _with_other(desk, is_active=True)
    desk.world.uses = {"AKIAODD0": LastUse(at=None)}
    desk.prompter = Agreeing(agrees=False)

    with pytest.raises(Cancelled):
        desk.run()

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_second_key_stays_where_nobody_can_be_asked(desk: Desk) -> None:
    _with_other(desk)

    with pytest.raises(CloudRefused, match=r"…ODD0 \(inactive, made 2026-01-25\)") as refusal:
        desk.run()

    assert "--delete-other" in refusal.value.hint
    assert isinstance(refusal.value.__cause__, InputNotAllowed)
    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_second_key_goes_without_a_question_where_that_was_said(desk: Desk) -> None:
    _with_other(desk)

    desk.run(may_delete=True)

    assert list(desk.world.keys) == ["AKIANEW2"]


def test_a_second_key_that_another_profile_has_here_is_never_deleted(desk: Desk) -> None:
    _with_other(desk)
    desk.used_by = {"AKIAODD0": "profile `ci` (the keyring)"}

    with pytest.raises(CloudRefused, match=r"which profile `ci` \(the keyring\) has here"):
        desk.run(may_delete=True)

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


@pytest.mark.parametrize(("agrees", "left"), [(True, 1), (False, 2)])
def test_a_key_that_somebody_else_may_have_made_meanwhile_is_asked_about(desk: Desk, agrees: bool, left: int) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(days=1))
    desk.prompter = asked = Agreeing(agrees=agrees)

    if agrees:
        desk.run()
    else:
        with pytest.raises(Cancelled):
            desk.run()

    assert "is the key …ODD0 left by the rotation that was interrupted" in asked.questions[0]
    assert len(desk.world.keys) == left


def test_where_nobody_can_be_asked_a_doubtful_key_stays(desk: Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(days=1))

    with pytest.raises(CloudRefused):
        desk.run()

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}
