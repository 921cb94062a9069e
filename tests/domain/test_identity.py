from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.identity import Device, parse_arn, parse_device, parse_role
from mfacli.errors import DeviceUnusable, UsageWrong


@pytest.mark.parametrize(
    "serial",
    [
        "arn:aws:iam::123456789012:mfa/richard",
        "arn:aws:iam::123456789012:mfa/team/phones/richard",
        "arn:aws-cn:iam::123456789012:mfa/richard",
        "arn:aws-us-gov:iam::123456789012:mfa/richard@example.com",
        "GAHT12345678",
        "ABCD12345678",
    ],
)
def test_usable_serials_are_devices(serial: str) -> None:
    device = parse_device(f" {serial}\n")

    assert device == Device(serial=serial)
    assert device.is_virtual is serial.startswith("arn:")


@pytest.mark.parametrize(
    ("serial", "reason"),
    [
        ("arn:aws:iam::123456789012:u2f/user/richard/key", "security key or passkey"),
        ("arn:aws:iam::123456789012:user/richard", "is the user"),
        ("arn:aws:iam::123456789012:role/richard", "not an MFA device's ARN"),
        ("arn:aws:iam::123456789012:mfa/", "not an MFA device's ARN"),
        ("arn:aws:iam::1234:mfa/richard", "not an MFA device's ARN"),
        ("arn:aws:iam:eu-west-1:123456789012:mfa/richard", "not an MFA device's ARN"),
        ("arn:aws:sts::123456789012:mfa/richard", "not an MFA device's ARN"),
        ("arn:aws-moon:iam::123456789012:mfa/richard", "unknown partition"),
        ("arn:aws:iam::123456789012:mfa/ri chard", "not an MFA device's ARN"),
        ("arn:aws:iam", "not an MFA device's serial"),
        ("GAHT1234", "not an MFA device's serial"),
        ("GAHT 12345678", "not an MFA device's serial"),
        ("qcs::cam:uin/12345678::mfa/softToken", "not an MFA device's serial"),
        ("", "not an MFA device's serial"),
        ("A" * 257, "not an MFA device's serial"),
    ],
)
def test_unusable_serials_are_refused_with_the_reason(serial: str, reason: str) -> None:
    with pytest.raises(DeviceUnusable) as refusal:
        parse_device(serial)

    assert reason in refusal.value.message
    assert refusal.value.hint


def test_user_arn_is_answered_with_the_likely_device() -> None:
    with pytest.raises(DeviceUnusable) as refusal:
        parse_device("arn:aws:iam::123456789012:user/richard")

    assert "arn:aws:iam::123456789012:mfa/richard" in refusal.value.hint


def test_device_names_are_short() -> None:
    assert parse_device("arn:aws:iam::123456789012:mfa/team/richard").name == "richard"
    assert parse_device("GAHT12345678").name == "GAHT12345678"


def test_account_is_known_of_virtual_devices_only() -> None:
    assert parse_device("arn:aws:iam::123456789012:mfa/richard").account_id == "123456789012"
    assert parse_device("GAHT12345678").account_id is None


@pytest.mark.parametrize(
    "text", ["arn:aws:iam::123456789012:role/CrossAccountRole", "arn:aws-cn:iam::123456789012:role/a/b/Deep"]
)
def test_roles_are_parsed_and_written_back(text: str) -> None:
    role = parse_role(text)

    assert str(role) == text
    assert role.name == text.rsplit("/", 1)[-1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CrossAccountRole", "is not an ARN"),
        ("arn:aws:iam::123456789012:user/x", "does not name an IAM role"),
        ("arn:aws:sts::123456789012:assumed-role/x/y", "does not name an IAM role"),
        ("arn:aws:iam::12345678901:role/x", "no 12-digit account id"),
        ("arn:aws-moon:iam::123456789012:role/x", "unknown partition"),
        ("arn:aws:iam::123456789012:role/", "no valid role name"),
        ("arn:aws:iam::123456789012:role/a b", "no valid role name"),
    ],
)
def test_what_is_no_role_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UsageWrong, match=reason):
        parse_role(text)


@given(st.text())
def test_any_text_is_a_device_or_refused(text: str) -> None:
    try:
        device = parse_device(text)
    except DeviceUnusable:
        return

    assert device.serial == text.strip()


def test_arns_keep_colons_in_their_resource() -> None:
    arn = parse_arn("arn:aws:sns:eu-west-1:123456789012:topic:sub")

    assert arn is not None
    assert arn.resource == "topic:sub"
    assert str(arn) == "arn:aws:sns:eu-west-1:123456789012:topic:sub"


def test_other_texts_are_no_arns() -> None:
    assert parse_arn("arn:aws:iam") is None
    assert parse_arn("urn:aws:iam::1:x") is None
