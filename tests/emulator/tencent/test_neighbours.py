from __future__ import annotations

import json

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.emulator.subjects import Subjects
from mfacli.emulator.tencent.neighbours import TencentNeighbours, tencent_summary
from mfacli.emulator.tencent.town.entities import User
from mfacli.errors import EmulatorProblem
from tests.doubles import NOON
from tests.emulator.tencent.quarter import HAO, MEI, OWNER, PARTNER, SERIAL, Quarter, quarter


@pytest.fixture
def q() -> Quarter:
    return quarter()


@pytest.mark.parametrize(
    "text",
    ["Mei", "Owner:Mei", f"{OWNER}:Mei", f"qcs::cam::uin/{OWNER}:uin/{MEI}", f"qcs::cam:{OWNER}:uin/{MEI}"],
)
def test_a_user_goes_by_several_names(q: Quarter, text: str) -> None:
    subject = Subjects(TencentNeighbours(q.town)).find(text)

    assert (subject.cloud, subject.name, subject.account_id, subject.region) == (
        Cloud.TENCENT,
        f"qcs::cam::uin/{OWNER}:uin/{MEI}",
        OWNER,
        "ap-guangzhou",
    )
    assert subject.key is not None
    assert subject.key[0] == q.keys(MEI).secret_id


@pytest.mark.parametrize(
    "text", ["root", "Owner:root", f"qcs::cam::uin/{OWNER}:root", f"qcs::cam::uin/{OWNER}:uin/{OWNER}"]
)
def test_the_account_itself_is_root(q: Quarter, text: str) -> None:
    subject = Subjects(TencentNeighbours(q.town)).find(text)

    assert (subject.name, subject.device_owner) == (f"qcs::cam::uin/{OWNER}:root", OWNER)


@pytest.mark.parametrize("text", ["Partner:root", f"qcs::cam::uin/{OWNER}:uin/100000000999", "qcs::cam::uin/1:root"])
def test_who_is_not_there_is_told(q: Quarter, text: str) -> None:
    with pytest.raises(EmulatorProblem, match="the world has no"):
        Subjects(TencentNeighbours(q.town)).find(text)


def test_a_uin_is_nobodys_in_another_account(q: Quarter) -> None:
    q.town.users.put(User(owner_uin=PARTNER, uin="100000000777", name="Mei", created_at=NOON))

    with pytest.raises(EmulatorProblem, match="the world has no user"):
        Subjects(TencentNeighbours(q.town)).find(f"qcs::cam::uin/{PARTNER}:uin/{MEI}")


def test_a_serial_is_told_without_its_user(q: Quarter) -> None:
    subject = Subjects(TencentNeighbours(q.town)).find("Mei")

    device = q.devices.of_user(MEI)[0]

    assert device.serial == f"{SERIAL}#{MEI}"
    assert subject.serial_of(device.serial) == SERIAL


def test_who_has_no_key_is_still_found(q: Quarter) -> None:
    q.town.users.remove_key(q.keys(HAO).secret_id)

    assert Subjects(TencentNeighbours(q.town)).find("Hao").key is None


def test_the_world_is_shown_without_any_secret(q: Quarter) -> None:
    shown = tencent_summary(q.town, q.devices)

    text = json.dumps(shown)
    assert shown[0]["users"] == [
        {"name": name, "uin": uin, "qcs": f"qcs::cam::uin/{OWNER}:uin/{uin}", "has_key": True, "has_device": bound}
        for name, uin, bound in (("Mei", MEI, True), ("Hao", HAO, False), ("Lan", "100000000103", True))
    ]
    assert (shown[0]["has_root_device"], shown[1]["has_root_device"]) == (True, False)
    assert shown[1]["roles"] == ["qcs::cam::uin/87654321:roleName/TestRole"]
    assert q.keys(MEI).secret_id not in text
    assert q.keys(MEI).secret_key.reveal() not in text
