"""How a code gets into a plan that had none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.mfa import with_mfa
from mfacli.domain.plan import DeviceToFind, KeysFrom, KeySource, KnownDevice, Plan, RoleStep, SessionTokenStep

ROLE = RoleStep(role_arn="arn:aws:iam::1:role/R", role_session_name="me", duration=timedelta(hours=1))
PLAN = Plan(
    cloud=Cloud.AWS,
    profile="p",
    key_source=KeySource(kind=KeysFrom.ENVIRONMENT),
    device=DeviceToFind(is_required=False),
    steps=(ROLE,),
)
DEVICE = KnownDevice(device=Device(serial="arn:aws:iam::1:mfa/me"), origin="found")


def test_with_aws_an_mfa_session_goes_before_the_role() -> None:
    plan = with_mfa(PLAN, DEVICE)

    assert plan.device == DEVICE
    assert plan.steps == (SessionTokenStep(duration=timedelta(hours=12), with_code=True), ROLE)


def test_with_aws_the_code_goes_with_a_role_that_lives_longer_than_a_session_may_give() -> None:
    long = replace(ROLE, duration=timedelta(hours=2))

    assert with_mfa(replace(PLAN, steps=(long,)), DEVICE).steps == (replace(long, with_code=True),)


def test_in_tencent_cloud_the_code_goes_with_the_first_role() -> None:
    plan = with_mfa(replace(PLAN, cloud=Cloud.TENCENT, steps=(ROLE, ROLE)), DEVICE)

    assert plan.steps == (replace(ROLE, with_code=True), ROLE)
