"""What -v says of a plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import DeviceChoice, DeviceToFind, KnownDevice, NoDevice, RoleStep, SessionTokenStep
from mfacli.profiles.notes import calls, device_note

ROLE = "arn:aws:iam::111111111111:role/R"


@pytest.mark.parametrize(
    ("device", "note"),
    [
        (KnownDevice(device=Device(serial="GAHT12345678"), origin="--device"), "device GAHT12345678 from --device"),
        (DeviceToFind(is_required=True), "no device is named: IAM is asked for the user's own"),
        (
            DeviceToFind(is_required=False),
            "no device is named: IAM is asked for the user's own where the role demands MFA",
        ),
        (NoDevice(), "no device: the keys are a session's"),
    ],
)
def test_the_device_is_told_with_what_named_it(device: DeviceChoice, note: str) -> None:
    assert device_note(device) == note


@pytest.mark.parametrize(
    ("is_required", "note"),
    [
        (True, "no device is named: STS is asked whose the keys are, and with it the device"),
        (
            False,
            "no device is named: STS is asked whose the keys are, and with it the device where the role demands MFA",
        ),
    ],
)
def test_in_tencent_cloud_sts_is_asked_for_the_device(is_required: bool, note: str) -> None:
    assert device_note(DeviceToFind(is_required=is_required), Cloud.TENCENT) == note


def test_the_calls_are_told_in_their_order() -> None:
    opening = SessionTokenStep(duration=timedelta(hours=12), with_code=True)
    role = RoleStep(role_arn=ROLE, role_session_name="x", duration=timedelta(hours=1))

    assert calls([opening, role]) == [
        "call 1: GetSessionToken for 12h, with a code",
        f"call 2: AssumeRole {ROLE} for 1h",
    ]
