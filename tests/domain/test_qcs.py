"""Tencent Cloud's names: parsed once, refused with a reason."""

from __future__ import annotations

import pytest

from mfacli.domain.identity import Device
from mfacli.domain.qcs import parse_qcs, parse_tencent_device, parse_tencent_role, serial_of
from mfacli.errors import DeviceUnusable, UsageWrong


@pytest.mark.parametrize(
    ("text", "owner", "name", "is_id"),
    [
        ("qcs::cam::uin/12345678:role/TestRole", "12345678", "TestRole", True),
        ("qcs::cam::uin/12345678:role/4611686018427000001", "12345678", "4611686018427000001", True),
        ("qcs::cam::uin/12345678:roleName/TestRole", "12345678", "TestRole", False),
        ("qcs::cam::uin/1:role/tencentcloudServiceRole/46116860", "1", "46116860", True),
        ("qcs::cam::uin/1:roleName/tencentcloudServiceRoleName/CVM_QCSRole", "1", "CVM_QCSRole", False),
    ],
)
def test_every_documented_form_of_a_role_is_taken(text: str, owner: str, name: str, *, is_id: bool) -> None:
    role = parse_tencent_role(text)

    assert (role.owner_uin, role.name, role.is_id, str(role)) == (owner, name, is_id, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("TestRole", "is not a qcs name"),
        ("arn:aws:iam::111122223333:role/X", "is not a qcs name"),
        ("qcs::cvm::uin/1:role/X", "does not name a CAM role"),
        ("qcs::cam::uin/1:uin/2", "does not name a CAM role"),
        ("qcs::cam::uin/1:role/", "does not name a CAM role"),
        ("qcs::cam::uin/1:role/a b", "does not name a CAM role"),
        ("qcs::cam:ap-guangzhou:uin/1:role/X", "does not name a CAM role"),
        ("qcs::cam:::role/X", "does not say whose role it is"),
        ("qcs::cam::uid/1:role/X", "does not say whose role it is"),
    ],
)
def test_what_is_no_role_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UsageWrong, match=message):
        parse_tencent_role(text)


def test_the_serial_of_the_document_is_a_device() -> None:
    device = parse_tencent_device(" qcs::cam:uin/12345678::mfa/softToken ")

    assert device == Device(serial="qcs::cam:uin/12345678::mfa/softToken")
    assert (device.account_id, device.name, device.is_virtual) == ("12345678", "softToken", True)
    assert serial_of("12345678") == device.serial


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not an MFA device's serial"),
        ("qcs::cam::uin/12345678:mfa/softToken", "is not an MFA device's serial"),
        ("qcs::cam::uin/12345678:uin/9", "is a user, not an MFA device"),
        ("qcs::cam:uin/12345678::mfa/wechat", "is no virtual MFA device"),
        ("arn:aws:iam::111122223333:mfa/Sofia", "is not an MFA device's serial"),
    ],
)
def test_what_is_no_serial_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(DeviceUnusable, match=message):
        parse_tencent_device(text)


def test_two_users_of_one_serial_are_two_devices() -> None:
    serial = serial_of("12345678")

    anna, ben = Device(serial=serial, user="9"), Device(serial=serial, user="10")

    assert anna.key != ben.key
    assert anna.name == "softToken of 9"
    assert Device(serial=serial).key == serial


@pytest.mark.parametrize("text", ["", "qcs", "qcs:::::", "qcs::cvm:r:a:", "x::cvm:r:a:b"])
def test_what_has_not_six_segments_is_no_name(text: str) -> None:
    assert parse_qcs(text) is None


def test_a_name_is_written_as_it_was_read() -> None:
    text = "qcs::cvm:ap-guangzhou:uin/1:instance/ins-1:x"

    assert str(parse_qcs(text)) == text
