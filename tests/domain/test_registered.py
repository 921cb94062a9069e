"""Devices as the cloud lists and makes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfacli.domain.registered import RegisteredDevice, User
from mfacli.errors import DeviceUnusable

RICHARD = User(partition="aws-cn", account_id="111122223333", name="richard")
SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_users_device_is_of_the_users_partition_and_account() -> None:
    assert RICHARD.device_named("phone-2").serial == "arn:aws-cn:iam::111122223333:mfa/phone-2"


@pytest.mark.parametrize("name", ["", "a/b", "a b", "é", "a:b", "x" * 201])
def test_a_name_that_iam_would_refuse_is_refused_here(name: str) -> None:
    with pytest.raises(DeviceUnusable, match="cannot be a device's name"):
        RICHARD.device_named(name)


@pytest.mark.parametrize(
    ("serial", "is_usable"),
    [
        ("arn:aws:iam::111122223333:mfa/richard", True),
        ("GAHT12345678", True),
        ("arn:aws:iam::111122223333:u2f/user/richard/key", False),
    ],
)
def test_security_keys_are_listed_and_not_usable(serial: str, is_usable: bool) -> None:
    assert RegisteredDevice(serial=serial, enabled_at=SINCE).is_usable is is_usable
