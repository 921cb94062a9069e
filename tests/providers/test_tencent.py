"""Tencent Cloud as mfacli calls it: what goes over the wire, and what becomes of the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret
from mfacli.errors import CloudUnreachable, DeviceRejected, DurationOutOfRange, KeysRejected, UsageWrong
from mfacli.interfaces import Identity
from mfacli.providers.tencent import TencentProvider
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import (
    TENCENT_SESSION,
    LocalCloud,
    tencent,
    tencent_caller,
    tencent_refusal,
)
from tests.providers.plans import CODE, Ear
from tests.providers.sides import OWNER, SUB_USER, TENCENT_DEVICE, TENCENT_KEYS, TENCENT_SIDE

SERIAL = f"qcs::cam:uin/{OWNER}::mfa/softToken"
SESSION_KEYS = TENCENT_SIDE.session_keys
ROLE_STEP = TENCENT_SIDE.role_step


def provider() -> TencentProvider:
    return TencentProvider(clock=HandClock(), talk=Ear())


def plan_at(url: str, *, duration: timedelta = timedelta(hours=2)) -> Plan:
    step = TENCENT_SIDE.plan.steps[0]
    return replace(TENCENT_SIDE.plan, endpoint_url=url, steps=(replace(step, duration=duration),))


def test_a_code_buys_a_session() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        session = TENCENT_SIDE.open_session(cloud.url)

    assert session == Session(
        cloud=Cloud.TENCENT,
        access_key_id="AKIDtemporary-EXAMPLE",
        secret_access_key=Secret("temporary-secret-key-EXAMPLE"),
        session_token=Secret("qcloud-session-token-EXAMPLE"),
        issued_at=NOON,
        expires_at=datetime(2026, 11, 21, 14, tzinfo=UTC),
        mfa_at=NOON,
        account_id=OWNER,
        principal=None,
        device=SERIAL,
        region="ap-shanghai",
    )


def test_get_session_token_is_asked_with_duration_serial_and_code() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.open_session(cloud.url)

    asked = cloud.asked[0]
    assert (asked.method, asked.path) == ("POST", "/")
    assert asked.document == {"DurationSeconds": 7200, "SerialNumber": SERIAL, "TokenCode": "314159"}
    assert asked.headers["x-tc-action"] == "GetSessionToken"
    assert asked.headers["x-tc-version"] == "2018-08-13"
    assert asked.headers["x-tc-region"] == "ap-shanghai"
    assert asked.headers["x-tc-language"] == "en-US"
    assert asked.headers["content-type"] == "application/json"


def test_a_role_is_assumed_with_every_option() -> None:
    step = replace(
        ROLE_STEP,
        with_code=True,
        external_id="x-1",
        source_identity="100000000002",
        tags=(("team", "blue"), ("cost", "")),
        policy='{"version": "2.0"}',
    )
    with LocalCloud(TENCENT_SESSION) as cloud:
        provider().session_for(step, plan=plan_at(cloud.url), keys=TENCENT_KEYS, device=TENCENT_DEVICE, code=CODE)

    assert cloud.asked[0].headers["x-tc-action"] == "AssumeRole"
    assert cloud.asked[0].document == {
        "RoleArn": "qcs::cam::uin/100000000009:roleName/TestRole",
        "RoleSessionName": "richard",
        "DurationSeconds": 3600,
        "SerialNumber": SERIAL,
        "TokenCode": "314159",
        "ExternalId": "x-1",
        "SourceIdentity": "100000000002",
        "Policy": "%7B%22version%22%3A%20%222.0%22%7D",
        "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": ""}],
    }


def test_options_that_were_not_given_are_not_sent() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.assume_role(cloud.url)

    assert set(json.loads(cloud.asked[0].body)) == {"RoleArn", "RoleSessionName", "DurationSeconds"}


@pytest.mark.parametrize(
    ("option", "step"),
    [
        ("--policy-arn", replace(ROLE_STEP, policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))),
        ("--transitive-tag", replace(ROLE_STEP, transitive_tags=("team",))),
    ],
)
def test_what_only_the_other_cloud_takes_is_refused_and_not_left_out(option: str, step: object) -> None:
    assert isinstance(step, type(ROLE_STEP))
    with LocalCloud(TENCENT_SESSION) as cloud, pytest.raises(UsageWrong, match=option):
        provider().session_for(step, plan=plan_at(cloud.url), keys=TENCENT_KEYS, device=None, code=None)

    assert cloud.asked == []


def test_a_role_session_knows_its_account_and_role() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        session = TENCENT_SIDE.assume_role(cloud.url, keys=SESSION_KEYS)

    assert session.principal == ROLE_STEP.role_arn
    assert session.account_id == "100000000009"
    assert session.mfa_at is None
    assert session.device is None


def test_a_sessions_keys_send_their_token() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.assume_role(cloud.url, keys=SESSION_KEYS)
        TENCENT_SIDE.open_session(cloud.url)

    assert cloud.asked[0].headers["x-tc-token"] == "tencent-token==EXAMPLE"
    assert "x-tc-token" not in cloud.asked[1].headers


@pytest.mark.parametrize("expires", ["1795269600", 10**20, -(10**30), None])
def test_an_expiry_that_is_none_is_not_the_clouds(expires: object) -> None:
    credentials = {"Token": "t", "TmpSecretId": "i", "TmpSecretKey": "k"}
    reply = tencent({"Credentials": credentials, "ExpiredTime": expires})
    with LocalCloud(reply) as cloud, pytest.raises(CloudUnreachable, match="not STS's"):
        TENCENT_SIDE.open_session(cloud.url)


def test_whose_device_is_meant_is_asked_once() -> None:
    asker = provider()
    with LocalCloud(tencent_caller()) as cloud:
        identity = asker.identity_of(plan=plan_at(cloud.url), keys=TENCENT_KEYS)
        own = [asker.own_device(Device(serial=SERIAL), plan=plan_at(cloud.url), keys=TENCENT_KEYS) for _ in range(2)]

    assert len(cloud.asked) == 1
    assert cloud.asked[0].headers["x-tc-action"] == "GetCallerIdentity"
    assert own == [TENCENT_DEVICE, TENCENT_DEVICE]
    assert identity == Identity(
        account_id=OWNER, arn=f"qcs::cam:{OWNER}:uin/{SUB_USER}", user_id=SUB_USER, caller_type="CAMUser"
    )


def test_who_the_keys_are_is_asked_each_time() -> None:
    asker = provider()
    with LocalCloud(tencent_caller(), tencent_caller()) as cloud:
        for _ in range(2):
            asker.identity_of(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert len(cloud.asked) == 2


def test_other_keys_are_asked_about_anew() -> None:
    asker = provider()
    other = replace(TENCENT_KEYS, access_key_id="AKIDother")
    with LocalCloud(tencent_caller(), tencent_caller("100000000003")) as cloud:
        users = [asker.identity_of(plan=plan_at(cloud.url), keys=keys).user_id for keys in (TENCENT_KEYS, other)]

    assert users == [SUB_USER, "100000000003"]


def test_a_serial_of_another_account_is_refused_with_the_right_one() -> None:
    named = Device(serial="qcs::cam:uin/100000000002::mfa/softToken")
    with LocalCloud(tencent_caller()) as cloud, pytest.raises(DeviceRejected) as caught:
        provider().own_device(named, plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert caught.value.message == (
        f"`{named.serial}` is a device in account 100000000002, and these keys are of account {OWNER}"
    )
    assert SERIAL in caught.value.hint


def test_where_nobody_may_know_who_calls_the_key_tells_devices_apart() -> None:
    with LocalCloud(tencent_refusal("UnauthorizedOperation")) as cloud:
        own = provider().own_device(Device(serial=SERIAL), plan=plan_at(cloud.url), keys=TENCENT_KEYS)
        listed = provider().devices_of_caller(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert own == Device(serial=SERIAL, user=TENCENT_KEYS.access_key_id)
    assert listed is None


def test_wrong_keys_are_told_before_a_code_is_asked_for() -> None:
    with LocalCloud(tencent_refusal("AuthFailure.SecretIdNotFound")) as cloud, pytest.raises(KeysRejected):
        provider().own_device(TENCENT_DEVICE, plan=plan_at(cloud.url), keys=TENCENT_KEYS)


def test_a_sessions_keys_are_refused_before_a_code_is_asked_for() -> None:
    with LocalCloud(tencent_caller()) as cloud, pytest.raises(KeysRejected) as caught:
        provider().own_device(TENCENT_DEVICE, plan=plan_at(cloud.url), keys=SESSION_KEYS)

    assert cloud.asked == []
    assert "are a session's, and GetSessionToken takes long-term keys only" in caught.value.message
    assert "unset TENCENTCLOUD_SECRET_ID" in caught.value.hint


def test_a_role_may_be_assumed_with_a_code_and_a_sessions_keys() -> None:
    with LocalCloud(tencent_caller()) as cloud:
        plan = replace(plan_at(cloud.url), steps=(replace(ROLE_STEP, with_code=True),))
        own = provider().own_device(TENCENT_DEVICE, plan=plan, keys=SESSION_KEYS)

    assert own.user == SUB_USER


def test_a_root_account_is_told_its_limit_before_a_code_is_asked_for() -> None:
    with LocalCloud(tencent_caller(OWNER)) as cloud:
        with pytest.raises(DurationOutOfRange) as caught:
            provider().own_device(
                TENCENT_DEVICE, plan=plan_at(cloud.url, duration=timedelta(seconds=7201)), keys=TENCENT_KEYS
            )
        allowed = provider().own_device(TENCENT_DEVICE, plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert "lives 2h at most" in caught.value.message
    assert "sub-user" in caught.value.hint
    assert allowed.user == OWNER


def test_a_sub_user_may_have_a_longer_session() -> None:
    with LocalCloud(tencent_caller()) as cloud:
        plan = plan_at(cloud.url, duration=timedelta(hours=36))
        own = provider().own_device(TENCENT_DEVICE, plan=plan, keys=TENCENT_KEYS)

    assert own.user == SUB_USER


def test_the_device_of_a_user_follows_from_the_account() -> None:
    with LocalCloud(tencent_caller()) as cloud:
        devices = provider().devices_of_caller(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert devices == [TENCENT_DEVICE]


@pytest.mark.parametrize("user_id", ["4611686018427397919:session", "100000000001:someone"])
def test_roles_and_federated_callers_have_no_device(user_id: str) -> None:
    with LocalCloud(tencent_caller(user_id, kind="CAMRole")) as cloud:
        devices = provider().devices_of_caller(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert devices is None


def test_a_caller_without_a_type_is_still_a_caller() -> None:
    reply = tencent({"Arn": "qcs::cam::uin/1:root", "AccountId": "1", "UserId": "1"})
    with LocalCloud(reply) as cloud:
        identity = provider().identity_of(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert identity.caller_type == ""


def test_a_caller_without_a_name_is_not_the_clouds() -> None:
    with LocalCloud(tencent({"AccountId": "1"})) as cloud, pytest.raises(CloudUnreachable, match="not STS's"):
        provider().identity_of(plan=plan_at(cloud.url), keys=TENCENT_KEYS)
