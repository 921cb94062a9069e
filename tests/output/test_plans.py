from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import (
    DeviceChoice,
    DeviceToFind,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Plan,
    RoleStep,
    SessionTokenStep,
)
from mfacli.output.plans import plan_document, plan_text

PLAN = Plan(
    cloud=Cloud.AWS,
    profile="prod",
    key_source=KeySource(kind=KeysFrom.FILE, access_key_id="AKIAEXAMPLE", path="~/.aws/credentials", section="base"),
    device=KnownDevice(device=Device(serial="GAHT12345678"), origin="--device"),
    steps=(
        SessionTokenStep(duration=timedelta(hours=12), with_code=True),
        RoleStep(
            role_arn="arn:aws:iam::111111111111:role/Prod",
            role_session_name="mfacli-anaya",
            duration=timedelta(hours=1),
            external_id="4711",
            tags=(("Team", "blue"),),
            policy="{}",
        ),
    ),
    region="us-west-2",
    sts_region="eu-central-1",
)


def test_a_plan_is_told_call_by_call() -> None:
    assert plan_text(PLAN) == (
        "profile   prod\n"
        "keys      [base] in ~/.aws/credentials (…MPLE)\n"
        "device    GAHT12345678 (--device)\n"
        "step 1    GetSessionToken for 12h, with a code\n"
        "step 2    AssumeRole arn:aws:iam::111111111111:role/Prod for 1h\n"
        "          named mfacli-anaya\n"
        "          external id 4711\n"
        "          tags Team=blue\n"
        "          session policy of 2 characters\n"
        "STS       eu-central-1, aws\n"
        "region    us-west-2\n"
        f"kept as   {PLAN.fingerprint}\n"
    )


@pytest.mark.parametrize(
    ("device", "line"),
    [
        (DeviceToFind(is_required=True), "device    the user's own, asked of IAM\n"),
        (
            DeviceToFind(is_required=False),
            "device    none; the user's own is asked of IAM where the role demands MFA\n",
        ),
        (NoDevice(), "device    none\n"),
    ],
)
def test_a_device_that_is_not_named_is_told(device: DeviceChoice, line: str) -> None:
    assert line in plan_text(replace(PLAN, device=device))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sts_region": None}, "STS       global, aws\n"),
        ({"sts_region": None, "partition": "aws-cn"}, "STS       home region, aws-cn\n"),
        ({"endpoint_url": "http://127.0.0.1:1"}, "STS       eu-central-1, aws, at http://127.0.0.1:1\n"),
        ({"region": None}, "region    not named\n"),
        ({"code_program": "pass otp aws"}, "code from pass otp aws\n"),
        ({"key_source": KeySource(kind=KeysFrom.INSTANCE)}, "keys      the instance's metadata\n"),
        ({"profile": "a\x1b[2J"}, "profile   a\ufffd[2J\n"),
    ],
)
def test_each_fact_has_its_line(change: dict[str, object], line: str) -> None:
    assert line in plan_text(replace(PLAN, **change))  # type: ignore[arg-type]  # the cases carry the fields' own types


def test_a_plan_of_tencent_cloud_says_whose_it_is() -> None:
    plan = replace(
        PLAN,
        cloud=Cloud.TENCENT,
        key_source=KeySource(kind=KeysFrom.FILE, access_key_id="AKIDEXAMPLE", path="~/.tccli/prod.credential"),
        device=DeviceToFind(is_required=True),
        steps=(SessionTokenStep(duration=timedelta(hours=2), with_code=True),),
        region=None,
        sts_region="ap-guangzhou",
        partition="",
    )

    assert plan_text(plan) == (
        "cloud     Tencent Cloud\n"
        "profile   prod\n"
        "keys      ~/.tccli/prod.credential (…MPLE)\n"
        "device    the user's own, asked of STS\n"
        "step 1    GetSessionToken for 2h, with a code\n"
        "STS       ap-guangzhou\n"
        "region    not named\n"
        f"kept as   {plan.fingerprint}\n"
    )


def test_a_plan_is_one_document() -> None:
    document = json.loads(plan_document(replace(PLAN, notes=("region us-west-2 from --region",))))

    assert document["version"] == 1
    assert document["fingerprint"] == PLAN.fingerprint
    assert document["keys"] == {
        "from": "file", "access_key_ends": "MPLE", "path": "~/.aws/credentials", "section": "base",
    }  # fmt: skip
    assert document["device"] == {"serial": "GAHT12345678", "origin": "--device"}
    assert document["steps"][0] == {"call": "GetSessionToken", "duration_seconds": 43_200, "with_code": True}
    assert document["steps"][1]["tags"] == [{"key": "Team", "value": "blue"}]
    assert document["notes"] == ["region us-west-2 from --region"]


@pytest.mark.parametrize(
    ("device", "expected"),
    [(DeviceToFind(is_required=False), {"serial": None, "is_required": False}), (NoDevice(), None)],
)
def test_a_plan_without_a_named_device_says_so(device: DeviceToFind | NoDevice, expected: object) -> None:
    assert json.loads(plan_document(replace(PLAN, device=device)))["device"] == expected


def test_keys_that_are_nowhere_yet_have_no_ending() -> None:
    plan = replace(PLAN, key_source=KeySource(kind=KeysFrom.INSTANCE))

    assert json.loads(plan_document(plan))["keys"]["access_key_ends"] is None
