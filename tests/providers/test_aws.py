"""AWS as mfacli calls it: what goes over the wire, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import SessionTokenStep
from mfacli.domain.secret import Secret
from mfacli.errors import KeysRejected, ProfileBroken
from mfacli.interfaces import Identity, IdentityProvider, SessionProvider
from tests.doubles import NOON
from tests.providers.local_cloud import IAM, IDENTITY, ROLE, SESSION, LocalCloud, Reply, refusal, success
from tests.providers.plans import (
    CODE,
    DEVICE,
    KEYS,
    ROLE_STEP,
    SESSION_KEYS,
    STEP,
    assume_role,
    open_session,
    plan_for,
    provider_with,
)


def test_a_code_buys_a_session() -> None:
    with LocalCloud(SESSION) as cloud:
        session = open_session(cloud.url)

    assert session == Session(
        cloud=Cloud.AWS,
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        secret_access_key=Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"),
        session_token=Secret("AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT"),
        issued_at=NOON,
        expires_at=datetime(2026, 11, 22, tzinfo=UTC),
        mfa_at=NOON,
        account_id="111122223333",
        principal=None,
        device=DEVICE.serial,
        region="eu-central-1",
    )


def test_get_session_token_is_asked_with_duration_serial_and_code() -> None:
    with LocalCloud(SESSION) as cloud:
        open_session(cloud.url)

    assert [asked.method for asked in cloud.asked] == ["POST"]
    assert cloud.asked[0].parameters == {
        "Action": "GetSessionToken",
        "Version": "2011-06-15",
        "DurationSeconds": "43200",
        "SerialNumber": DEVICE.serial,
        "TokenCode": "314159",
    }


def test_without_a_code_no_serial_goes_along_and_there_was_no_mfa() -> None:
    step = SessionTokenStep(duration=timedelta(minutes=15), with_code=False)
    with LocalCloud(SESSION) as cloud:
        session = provider_with().session_for(step, plan=plan_for(cloud.url), keys=KEYS, device=DEVICE, code=None)

    assert cloud.asked[0].parameters == {
        "Action": "GetSessionToken",
        "Version": "2011-06-15",
        "DurationSeconds": "900",
    }
    assert session.mfa_at is None
    assert session.device is None


def test_the_account_of_a_hardware_device_is_not_guessed() -> None:
    hardware = Device(serial="GAHT12345678")
    with LocalCloud(SESSION) as cloud:
        session = provider_with().session_for(STEP, plan=plan_for(cloud.url), keys=KEYS, device=hardware, code=CODE)

    assert session.account_id is None
    assert session.device == "GAHT12345678"


def test_a_role_is_assumed_with_every_option() -> None:
    step = replace(
        ROLE_STEP,
        with_code=True,
        external_id="x-1",
        source_identity="richard",
        tags=(("team", "blue"), ("cost", "")),
        transitive_tags=("team",),
        policy='{"Version":"2012-10-17"}',
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
    )
    with LocalCloud(ROLE) as cloud:
        provider_with().session_for(step, plan=plan_for(cloud.url), keys=KEYS, device=DEVICE, code=CODE)

    assert cloud.asked[0].parameters == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::444455556666:role/CrossAccountRole",
        "RoleSessionName": "richard",
        "DurationSeconds": "3600",
        "SerialNumber": DEVICE.serial,
        "TokenCode": "314159",
        "ExternalId": "x-1",
        "SourceIdentity": "richard",
        "Policy": '{"Version":"2012-10-17"}',
        "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "blue",
        "Tags.member.2.Key": "cost",
        "Tags.member.2.Value": "",
        "TransitiveTagKeys.member.1": "team",
    }


def test_a_role_session_knows_its_account_and_principal() -> None:
    with LocalCloud(ROLE) as cloud:
        session = assume_role(cloud.url, keys=SESSION_KEYS)

    assert session.principal == "arn:aws:sts::444455556666:assumed-role/CrossAccountRole/richard"
    assert session.account_id == "444455556666"
    assert session.expires_at == datetime(2026, 11, 21, 13, tzinfo=UTC)
    assert session.mfa_at is None
    assert session.device is None


def test_options_that_were_not_given_are_not_sent() -> None:
    with LocalCloud(ROLE) as cloud:
        assume_role(cloud.url)

    assert set(cloud.asked[0].parameters) == {"Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"}


def test_a_sessions_keys_send_their_token() -> None:
    with LocalCloud(ROLE, SESSION) as cloud:
        assume_role(cloud.url, keys=SESSION_KEYS)
        open_session(cloud.url)

    assert cloud.asked[0].headers["x-amz-security-token"] == "AQoDYXdzEJr1K0+example/token=="
    assert "x-amz-security-token" not in cloud.asked[1].headers


def test_who_the_keys_are_is_asked() -> None:
    with LocalCloud(IDENTITY) as cloud:
        identity = provider_with().identity_of(plan=plan_for(cloud.url), keys=KEYS)

    assert identity == Identity(
        account_id="111122223333", arn="arn:aws:iam::111122223333:user/richard", user_id="AIDAEXAMPLE"
    )
    assert cloud.asked[0].parameters["Action"] == "GetCallerIdentity"


def devices_page(*serials: str, marker: str = "") -> Reply:
    members = "".join(
        f"<member><UserName>richard</UserName><SerialNumber>{serial}</SerialNumber>"
        "<EnableDate>2026-01-01T00:00:00Z</EnableDate></member>"
        for serial in serials
    )
    more = (
        f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else "<IsTruncated>false</IsTruncated>"
    )
    body = success("ListMFADevices", f"<MFADevices>{members}</MFADevices>{more}", namespace=IAM)
    return Reply(body=body)


def test_the_callers_devices_are_listed_page_by_page() -> None:
    pages = [devices_page(DEVICE.serial, marker="next"), devices_page("GAHT12345678")]
    with LocalCloud(*pages) as cloud:
        devices = provider_with().devices_of_caller(plan=plan_for(cloud.url), keys=KEYS)

    assert devices == [DEVICE, Device(serial="GAHT12345678")]
    assert [asked.parameters.get("Marker") for asked in cloud.asked] == [None, "next"]
    assert "UserName" not in cloud.asked[0].parameters


def test_security_keys_are_not_among_the_devices() -> None:
    page = devices_page("arn:aws:iam::111122223333:u2f/user/richard/key-ABC", DEVICE.serial)
    with LocalCloud(page) as cloud:
        devices = provider_with().devices_of_caller(plan=plan_for(cloud.url), keys=KEYS)

    assert devices == [DEVICE]


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "AccessDenied", "User: … is not authorized to perform: iam:ListMFADevices"),
        (400, "ValidationError", "Must specify userName when calling with non-User credentials"),
    ],
)
def test_devices_that_may_not_be_listed_are_none(status: int, code: str, message: str) -> None:
    with LocalCloud(Reply(status=status, body=refusal(code, message, namespace=IAM))) as cloud:
        devices = provider_with().devices_of_caller(plan=plan_for(cloud.url), keys=KEYS)

    assert devices is None


def test_listing_devices_with_wrong_keys_is_an_error() -> None:
    reply = Reply(status=403, body=refusal("InvalidClientTokenId", "The security token … is invalid", namespace=IAM))
    with LocalCloud(reply) as cloud, pytest.raises(KeysRejected):
        provider_with().devices_of_caller(plan=plan_for(cloud.url), keys=KEYS)


def test_what_is_wrong_while_warming_up_is_said_by_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", " ")
    provider = provider_with()

    provider.warm_up()

    with pytest.raises(ProfileBroken) as caught:
        open_session("http://127.0.0.1:1", provider)
    assert "Invalid CA bundle" in caught.value.message


def test_a_bug_while_the_call_is_prepared_is_not_dressed_up_either() -> None:
    with pytest.raises(KeyError, match="aws-moon"):
        provider_with().identity_of(plan=plan_for(partition="aws-moon"), keys=KEYS)


def test_a_provider_keeps_its_promises() -> None:
    provider: SessionProvider = provider_with()
    asker: IdentityProvider = provider_with()

    assert callable(provider.session_for)
    assert callable(asker.identity_of)
