"""The emulator on its port, as Tencent Cloud's own SDK and the control surface see it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sts.v20180813 import models
from tencentcloud.sts.v20180813.sts_client import StsClient

from mfacli.domain.cloud import Cloud
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.memory import WorldMemory
from mfacli.errors import EmulatorProblem
from tests.emulator.tencent.quarter import MEI, OWNER, SERIAL, TEST_ROLE
from tests.emulator.town import Town
from tests.emulator.town import town as towns

SIGNATURES = ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]
_ROLE = {"RoleArn": TEST_ROLE, "RoleSessionName": "test"}


def _client(
    town: Town,
    who: str | models.Credentials,
    *,
    method: str = "POST",
    signature: str = SIGNATURES[0],
    language: str = "en-US",
    has_scheme: bool = False,
) -> StsClient:
    endpoint = town.url if has_scheme else town.url.removeprefix("http://")
    if isinstance(who, str):
        found = town.control.environment_of(who)
        credential = Credential(found.access_key_id, found.secret_access_key.reveal())
    else:
        credential = Credential(who.TmpSecretId, who.TmpSecretKey, who.Token)
    http_profile = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method)
    profile = ClientProfile(signMethod=signature, language=language, httpProfile=http_profile)
    return StsClient(credential, "ap-guangzhou", profile)


def _session(town: Town, **asked: object) -> models.Credentials:
    request = models.GetSessionTokenRequest()
    request.SerialNumber, request.TokenCode = SERIAL, town.control.code("Mei", fresh=True)
    request.DurationSeconds = asked.get("duration")
    return _client(town, "Mei").GetSessionToken(request).Credentials


def _refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(TencentCloudSDKException) as caught:
        call()
    return caught.value.get_code(), caught.value.get_message()


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_sdk_signs_in_every_way_it_has(town: Town, signature: str, method: str) -> None:
    client = _client(town, "Mei", method=method, signature=signature)

    assert client.GetCallerIdentity(models.GetCallerIdentityRequest()).UserId == MEI


def test_an_endpoint_may_have_a_scheme(town: Town) -> None:
    client = _client(town, "Mei", has_scheme=True)

    assert client.GetCallerIdentity(models.GetCallerIdentityRequest()).AccountId == OWNER


def test_a_session_signs_with_its_token_in_every_way(town: Town) -> None:
    session = _session(town)

    told = [
        _client(town, session, signature=signature).GetCallerIdentity(models.GetCallerIdentityRequest())
        for signature in SIGNATURES
    ]

    assert [one.UserId for one in told] == [MEI] * 3


def test_a_role_is_taken_with_a_code_and_not_without(town: Town) -> None:
    client = _client(town, "Mei")
    code, message = _refusal(lambda: client.call_json("AssumeRole", dict(_ROLE)))

    request = models.AssumeRoleRequest()
    request.RoleArn, request.RoleSessionName, request.DurationSeconds = TEST_ROLE, "test", 7200
    request.SerialNumber, request.TokenCode = SERIAL, town.control.code("Mei", fresh=True)
    request.Tags = []
    taken = client.AssumeRole(request).Credentials

    assert code == "AuthFailure.UnauthorizedOperation"
    assert f"resource ({TEST_ROLE}) has no permission" in message
    assert _client(town, taken).GetCallerIdentity(models.GetCallerIdentityRequest()).Type == "CAMRole"


def test_numbers_may_come_as_texts_of_a_form(town: Town) -> None:
    client = _client(town, "Mei", method="GET", signature="HmacSHA256")
    request = models.GetSessionTokenRequest()
    request.SerialNumber, request.TokenCode = SERIAL, town.control.code("Mei", fresh=True)
    request.DurationSeconds = 900

    answer = client.GetSessionToken(request)

    assert abs(answer.ExpiredTime - (town.control.world_time() + timedelta(seconds=900)).timestamp()) < 5


def test_messages_are_in_the_sdks_language(town: Town) -> None:
    asked = {"SerialNumber": SERIAL, "TokenCode": "000000"}

    clients = [_client(town, "Hao", language=language) for language in ("en-US", "zh-CN")]
    told = [_refusal(partial(client.call_json, "GetSessionToken", dict(asked))) for client in clients]

    assert told == [
        ("FailedOperation.CheckMFAError", "MFA verification failed."),
        ("FailedOperation.CheckMFAError", "MFA 校验失败。"),
    ]


def test_a_session_ends_in_world_time(town: Town) -> None:
    session = _session(town, duration=900)
    town.control.advance(timedelta(minutes=15))

    code, _ = _refusal(lambda: _client(town, session).GetCallerIdentity(models.GetCallerIdentityRequest()))

    assert code == "AuthFailure.TokenFailure"


def test_a_wrong_clock_is_told(town: Town) -> None:
    town.control.set_skew(timedelta(minutes=10))
    code, _ = _refusal(lambda: _client(town, "Mei").GetCallerIdentity(models.GetCallerIdentityRequest()))
    town.control.set_skew(timedelta())

    assert code == "AuthFailure.SignatureExpire"


def test_the_control_surface_knows_both_clouds(town: Town) -> None:
    found, world = town.control.environment_of("Mei"), json.dumps(town.control.world())

    assert (found.cloud, found.device, found.region) == (Cloud.TENCENT, SERIAL, "ap-guangzhou")
    assert town.control.environment_of("Sofia").cloud is Cloud.AWS
    assert town.control.environment_of("Hao").device is None
    assert f"qcs::cam::uin/{OWNER}:uin/{MEI}" in world
    assert found.access_key_id not in world


def test_who_has_no_device_shows_no_code(town: Town) -> None:
    with pytest.raises(EmulatorProblem, match="`Hao` has no MFA device") as caught:
        town.control.code("Hao")

    assert "world file" in caught.value.hint


def test_the_log_and_the_counts_are_of_both_clouds(town: Town) -> None:
    before = town.control.counts().get("sts:GetCallerIdentity", 0)
    town.sts("Sofia").get_caller_identity()
    _client(town, "Mei").GetCallerIdentity(models.GetCallerIdentityRequest())

    record = town.control.log()[-1]

    assert town.control.counts()["sts:GetCallerIdentity"] == before + 2
    assert (record["caller"], record["service"]) == (f"qcs::cam::uin/{OWNER}:uin/{MEI}", "sts")


def test_sessions_and_used_codes_outlive_a_restart() -> None:
    key, memory = WorldKey.ephemeral(), WorldMemory()
    with towns(key=key, memory=memory) as first:
        code = first.control.code("Mei", fresh=True)
        asked = {"SerialNumber": SERIAL, "TokenCode": code}
        answer = _client(first, "Mei").call_json("GetSessionToken", dict(asked))
        session = models.Credentials()
        session._deserialize(answer["Response"]["Credentials"])

    with towns(key=key, memory=memory) as second:
        told = _client(second, session).GetCallerIdentity(models.GetCallerIdentityRequest())
        refused, _ = _refusal(lambda: _client(second, "Mei").call_json("GetSessionToken", dict(asked)))

    assert (told.UserId, refused) == (MEI, "FailedOperation.CheckMFAError")


def test_a_reset_makes_no_code_good_twice() -> None:
    with towns() as made:
        asked = {"SerialNumber": SERIAL, "TokenCode": made.control.code("Mei", fresh=True)}
        _client(made, "Mei").call_json("GetSessionToken", dict(asked))

        made.control.reset()

        assert _refusal(lambda: _client(made, "Mei").call_json("GetSessionToken", dict(asked)))[0].endswith(
            "MFAError"
        )


@pytest.mark.parametrize(
    ("target", "host", "is_taken"),
    [
        ("/", "example-1250000000.cos.ap-guangzhou.myqcloud.com", True),
        ("/", "service.cos.myqcloud.com:80", True),
        ("http://example-1250000000.cos.ap-guangzhou.myqcloud.com/a", None, True),
        ("/", "evil.example", False),
        ("/", "myqcloud.com.evil.example", False),
        ("http://evil.example/", None, False),
        ("http://127.0.0.1/", None, True),
    ],
)
def test_only_the_clouds_own_names_are_taken_beside_this_machines(
    town: Town, target: str, host: str | None, is_taken: bool
) -> None:
    told = _answer_to(town, target, host or urlsplit(target).netloc, {"x-cos-acl": "private"})

    assert ("x-cos-request-id" in told) == is_taken


def test_the_apis_own_name_is_taken_too(town: Town) -> None:
    told = _answer_to(town, "/", "sts.tencentcloudapi.com", {"X-TC-Action": "GetCallerIdentity"})

    assert told["content-type"] == "application/json"


def _answer_to(town: Town, target: str, host: str, headers: dict[str, str]) -> dict[str, str]:
    """Return the headers of the answer to an unsigned request."""
    parts = urlsplit(town.url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)) as connection:
        connection.putrequest("GET", target, skip_host=True)
        connection.putheader("Host", host)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return {name.lower(): value for name, value in connection.getresponse().getheaders()}
