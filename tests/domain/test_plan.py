from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import (
    DeviceToFind,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Plan,
    RoleStep,
    SessionTokenStep,
    Step,
)

RICHARDS = Device(serial="arn:aws:iam::222222222222:mfa/richard")
OPENING = SessionTokenStep(duration=timedelta(hours=12), with_code=True)
ROLE = RoleStep(
    role_arn="arn:aws:iam::111111111111:role/CrossAccountRole",
    role_session_name="mfacli-richard",
    duration=timedelta(hours=1),
)
PLAN = Plan(
    cloud=Cloud.AWS,
    profile="dev",
    key_source=KeySource(kind=KeysFrom.FILE, access_key_id="AKIAEXAMPLE", path="credentials", section="dev"),
    device=KnownDevice(device=RICHARDS, origin="--device"),
    steps=(OPENING, ROLE),
    region="eu-west-1",
)


def test_a_fingerprint_is_the_same_for_the_same_facts() -> None:
    assert PLAN.fingerprint == replace(PLAN).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"cloud": Cloud.TENCENT},
        {"key_source": replace(PLAN.key_source, access_key_id="AKIAOTHER")},
        {"key_source": KeySource(kind=KeysFrom.INSTANCE)},
        {"device": KnownDevice(device=Device(serial="GAHT12345678"), origin="--device")},
        {"device": DeviceToFind(is_required=True)},
        {"device": NoDevice()},
        {"steps": (OPENING,)},
        {"steps": (replace(OPENING, duration=timedelta(hours=1)), ROLE)},
        {"steps": (OPENING, replace(ROLE, role_arn="arn:aws:iam::111111111111:role/Other"))},
        {"steps": (OPENING, replace(ROLE, role_session_name="other"))},
        {"steps": (OPENING, replace(ROLE, duration=timedelta(minutes=30)))},
        {"steps": (OPENING, replace(ROLE, external_id="x"))},
        {"steps": (OPENING, replace(ROLE, source_identity="x"))},
        {"steps": (OPENING, replace(ROLE, tags=(("a", "b"),)))},
        {"steps": (OPENING, replace(ROLE, transitive_tags=("a",)))},
        {"steps": (OPENING, replace(ROLE, policy="{}"))},
        {"steps": (OPENING, replace(ROLE, policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",)))},
        {"sts_region": "eu-west-1"},
        {"endpoint_url": "http://127.0.0.1:4599"},
        {"partition": "aws-cn"},
    ],
)
def test_whatever_changes_the_session_changes_the_fingerprint(change: dict[str, object]) -> None:
    changed = replace(PLAN, **change)  # type: ignore[arg-type]  # the cases above carry the fields' own types

    assert changed.fingerprint != PLAN.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "another name for the same"},
        {"region": "us-east-1"},
        {"key_source": replace(PLAN.key_source, path="moved", section="renamed")},
        {"key_source": KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIAEXAMPLE")},
        {"is_duration_named": True},
        {"device": KnownDevice(device=RICHARDS, origin="AWS_MFA_SERIAL")},
    ],
)
def test_names_and_places_do_not_change_the_fingerprint(change: dict[str, object]) -> None:
    changed = replace(PLAN, **change)  # type: ignore[arg-type]  # the cases above carry the fields' own types

    assert changed.fingerprint == PLAN.fingerprint


@pytest.mark.parametrize(
    "steps",
    [
        (replace(OPENING, duration=timedelta(hours=1)), ROLE),
        (OPENING, replace(ROLE, duration=timedelta(minutes=30))),
        (replace(ROLE, duration=timedelta(hours=8), with_code=True),),
    ],
)
def test_durations_and_the_way_to_a_role_do_not_change_the_family(steps: tuple[Step, ...]) -> None:
    changed = replace(PLAN, steps=steps)

    assert changed.family == PLAN.family
    assert changed.fingerprint != PLAN.fingerprint
    assert changed.fingerprint.startswith(PLAN.family)


@pytest.mark.parametrize(
    "change",
    [
        {"key_source": replace(PLAN.key_source, access_key_id="AKIAOTHER")},
        {"device": KnownDevice(device=Device(serial="GAHT12345678"), origin="--device")},
        {"steps": (OPENING,)},
        {"steps": (ROLE,)},
        {"steps": (OPENING, replace(ROLE, external_id="x"))},
        {"endpoint_url": "http://127.0.0.1:4599"},
    ],
)
def test_whatever_changes_as_whom_the_session_acts_changes_the_family(change: dict[str, object]) -> None:
    changed = replace(PLAN, **change)  # type: ignore[arg-type]  # the cases above carry the fields' own types

    assert changed.family != PLAN.family


def test_in_tencent_cloud_one_session_serves_whichever_region_sts_is_asked_in() -> None:
    plan = replace(PLAN, cloud=Cloud.TENCENT, partition="", sts_region="ap-guangzhou")

    elsewhere = replace(plan, sts_region="ap-beijing")

    assert elsewhere.fingerprint == plan.fingerprint
    assert replace(plan, endpoint_url="https://sts.ap-shanghai-fsi.tencentcloudapi.com").family != plan.family


def test_a_duration_is_named_for_the_last_step_only() -> None:
    named = replace(PLAN, is_duration_named=True)

    assert named.up_to(2).is_duration_named
    assert not named.up_to(1).is_duration_named


def test_roles_share_the_mfa_session_before_them() -> None:
    other_role = replace(ROLE, role_arn="arn:aws:iam::333333333333:role/Other")
    other = replace(PLAN, profile="other", steps=(OPENING, other_role))

    assert PLAN.up_to(1).fingerprint == other.up_to(1).fingerprint
    assert PLAN.fingerprint != other.fingerprint


def test_the_device_does_not_matter_where_no_code_is_sent() -> None:
    bare = replace(PLAN, steps=(ROLE,))

    assert not bare.needs_code
    assert bare.fingerprint == replace(bare, device=NoDevice()).fingerprint


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (KeySource(kind=KeysFrom.FILE, path="~/.aws/credentials", section="dev"), "[dev] in ~/.aws/credentials"),
        (KeySource(kind=KeysFrom.ENVIRONMENT), "the environment"),
        (KeySource(kind=KeysFrom.INSTANCE), "the instance's metadata"),
        (KeySource(kind=KeysFrom.CONTAINER), "the container's endpoint"),
    ],
)
def test_key_sources_are_named_for_people(source: KeySource, shown: str) -> None:
    assert str(source) == shown
