"""The devices that cloud, keyring and profiles know, in one list; and what is in it where no cloud answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mfacli.commands.device_cloud import OwnDevices
from mfacli.commands.device_list import _in_the_cloud, _views
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Seed
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan, Request
from mfacli.domain.registered import RegisteredDevice, User
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CloudUnreachable,
    DeviceUnusable,
    KeyringLocked,
    KeysRejected,
    MfacliError,
    ProfileUnknown,
)
from tests.codes.stand_ins import Drawer, Ear

ACCOUNT = "111122223333"
MINE, OLD = f"arn:aws:iam::{ACCOUNT}:mfa/richard", f"arn:aws:iam::{ACCOUNT}:mfa/old"
ELSEWHERE = "arn:aws:iam::444455556666:mfa/richard"
SINCE = datetime(2026, 11, 20, 10, tzinfo=UTC)
CONFIG = f"""\
[default]
mfa_serial = {MINE}
[profile old]
mfa_serial = {OLD}
[profile elsewhere]
mfa_serial = {ELSEWHERE}
"""
ANYBODY = Request(wants_role=False, cloud=Cloud.AWS)


class Screen(Ear):
    """An `Ear` that nobody watches."""

    is_watched = False


class Answering:
    """The part of a registry that lists, or fails to."""

    def __init__(self, answer: Sequence[RegisteredDevice] | MfacliError) -> None:
        self.answer = answer

    def of_user(self, *, plan: Plan, keys: Keys) -> Sequence[RegisteredDevice]:
        if isinstance(self.answer, MfacliError):
            raise self.answer
        return self.answer


@pytest.fixture
def desk(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk with three profiles, and one device in IAM."""
    config = isolated_home / ".aws" / "config"
    config.parent.mkdir()
    config.write_text(CONFIG)
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "MFACLI_STATE_DIR": str(isolated_home / "state"),
        "MFACLI_STORE": "memory",
    }
    made = Desk(manners=Manners(), environment=environment)
    made.terminal = Screen()  # type: ignore[assignment]  # keeps what is said
    made.seeds = Drawer()
    registered = RegisteredDevice(serial=MINE, enabled_at=SINCE)
    made.registry = Answering([registered])  # type: ignore[assignment]  # the part that is asked
    richard = User(partition="aws", account_id=ACCOUNT, name="richard")
    monkeypatch.setattr(OwnDevices, "user", richard)
    return made


def heard(desk: Desk) -> str:
    assert isinstance(desk.terminal, Ear)
    return "\n".join([*desk.terminal.notes, *desk.terminal.warnings])


def test_each_device_is_shown_as_cloud_keyring_and_profiles_know_it(desk: Desk) -> None:
    for serial in (MINE, ELSEWHERE, "GAHT12345678"):
        desk.seeds.keep_seed(Device(serial=serial), Seed(key=Secret("GEZDGNBV" * 8)))

    views = _views(desk, _in_the_cloud(desk, ANYBODY))

    assert [(each.device.serial, each.in_cloud, each.has_seed, each.profiles) for each in views] == [
        (MINE, True, True, ("default",)),
        (ELSEWHERE, None, True, ("elsewhere",)),
        ("GAHT12345678", False, True, ()),
        (OLD, False, False, ("old",)),
    ]


def test_where_no_cloud_is_asked_the_devices_with_a_seed_stand_alone(desk: Desk) -> None:
    desk.seeds.keep_seed(Device(serial=MINE), Seed(key=Secret("GEZDGNBV" * 8)))

    views = _views(desk, None)

    assert [(each.device.serial, each.in_cloud) for each in views] == [(MINE, None)]


@pytest.mark.parametrize(
    "problem",
    [
        CloudUnreachable("`iam` cannot be reached"),
        KeysRejected("the keys are unknown"),
        CloudRefused("ListMFADevices was refused"),
        KeyringLocked("the keyring is locked"),
    ],
)
def test_a_cloud_that_does_not_answer_is_told_and_withholds_nothing(problem: MfacliError, desk: Desk) -> None:
    desk.registry = Answering(problem)  # type: ignore[assignment]  # the part that is asked

    assert _in_the_cloud(desk, ANYBODY) is None
    assert heard(desk) == f"only what is here: {problem.message}"


def test_keys_of_somebody_without_devices_are_told_and_withhold_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def roots(_: OwnDevices) -> User:
        raise DeviceUnusable("the keys are the root user's")

    monkeypatch.setattr(OwnDevices, "user", property(roots))

    assert _in_the_cloud(desk, ANYBODY) is None
    assert heard(desk) == "only what is here: the keys are the root user's"


def test_who_may_not_list_is_told_which_permission_is_missing(desk: Desk) -> None:
    desk.registry = Answering(AccessDenied("denied"))  # type: ignore[assignment]  # the part that is asked

    assert _in_the_cloud(desk, ANYBODY) is None
    assert "iam:ListMFADevices" in heard(desk)


def test_tencent_cloud_lists_none_and_that_is_said(desk: Desk) -> None:
    assert _in_the_cloud(desk, Request(wants_role=False, cloud=Cloud.TENCENT)) is None
    assert heard(desk) == "only what is here: Tencent Cloud lists no devices"


def test_a_profile_that_is_named_must_be_there(desk: Desk) -> None:
    with pytest.raises(ProfileUnknown):
        _in_the_cloud(desk, Request(wants_role=False, cloud=Cloud.AWS, profile="nobody"))


def test_a_profile_that_is_not_named_may_be_without_keys(desk: Desk) -> None:
    del desk.environment["AWS_ACCESS_KEY_ID"]  # type: ignore[attr-defined]  # a dictionary here

    assert _in_the_cloud(desk, ANYBODY) is None
    assert heard(desk).startswith("only what is here: ")
