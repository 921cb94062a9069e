"""What the cloud says, in our words: the right error, a hint that helps, and no secret."""

from __future__ import annotations

import traceback
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CodeRejected,
    DeviceRejected,
    KeysRejected,
    MfacliError,
    ProfileBroken,
    UsageWrong,
)
from mfacli.providers.attempt import Attempt
from mfacli.providers.aws_refusals import explain
from tests.providers.local_cloud import LocalCloud, Reply, refusal
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

INVALID_TOKEN = "The security token included in the request is invalid"


def refuse_session(status: int, code: str, message: str, *, keys: Keys = KEYS) -> MfacliError:
    reply = Reply(status=status, body=refusal(code, escape(message)))
    with LocalCloud(reply) as cloud, pytest.raises(MfacliError) as caught:
        open_session(cloud.url, keys=keys)
    return caught.value


def refuse_role(status: int, code: str, message: str, *, keys: Keys = KEYS, with_code: bool = False) -> MfacliError:
    reply = Reply(status=status, body=refusal(code, escape(message)))
    with LocalCloud(reply) as cloud, pytest.raises(MfacliError) as caught:
        assume_role(cloud.url, keys=keys, with_code=with_code)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "said", "hint"),
    [
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            CodeRejected,
            "STS refused the code of MFA device `richard`",
            "a code buys one call",
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number …",
            DeviceRejected,
            f"STS does not know `{DEVICE.serial}`",
            "mfacli whoami",
        ),
        (
            403,
            "AccessDenied",
            "Cannot call GetSessionToken with session credentials",
            KeysRejected,
            "the keys in [dev] in ~/.aws/credentials are a session's",
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN",
        ),
        (403, "AccessDenied", "no", AccessDenied, "GetSessionToken was denied: no", "mfacli whoami"),
        (403, "InvalidClientTokenId", INVALID_TOKEN, KeysRejected, "does not know the access key …MPLE", "deleted"),
        (403, "InvalidClientTokenId", f"{INVALID_TOKEN}.", KeysRejected, "[dev] in ~/.aws/credentials", "inactive"),
        (
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            KeysRejected,
            "the secret key does not belong to access key …MPLE",
            "copy the secret again",
        ),
        (403, "RegionDisabledException", "STS is not activated", CloudRefused, "STS is not active at", "--region"),
        (400, "SomethingNew", "it is new", CloudRefused, "GetSessionToken was refused: it is new (SomethingNew)", ""),
        (400, "ValidationError", "1 validation error", CloudRefused, "was refused: 1 validation error", ""),
        (400, "SomethingNew", "", CloudRefused, "no reason given (SomethingNew)", ""),
    ],
)
def test_what_get_session_token_may_be_refused_for(
    status: int, code: str, message: str, kind: type[MfacliError], said: str, hint: str
) -> None:
    error = refuse_session(status, code, message)

    assert type(error) is kind
    assert said in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "said", "hint"),
    [
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            CloudRefused,
            "does not allow sessions of that length",
            "--duration",
        ),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            CloudRefused,
            "lives an hour at most",
            "--duration 1h",
        ),
        (
            403,
            "AccessDenied",
            "Roles may not be assumed by root accounts.",
            CloudRefused,
            "the root user",
            "IAM user",
        ),
        (400, "PackedPolicyTooLarge", "Packed size 120%", CloudRefused, "too large together: Packed size", "--tag"),
        (
            400,
            "MalformedPolicyDocument",
            "Syntax error",
            CloudRefused,
            "policy is malformed: Syntax error",
            "--policy",
        ),
        (403, "ExpiredToken", "The security token … is expired", KeysRejected, "…MPLE has expired", "--new"),
        (400, "ExpiredTokenException", "Expired", KeysRejected, "…MPLE has expired", "unset AWS_ACCESS_KEY_ID"),
        (403, "InvalidClientTokenId", INVALID_TOKEN, KeysRejected, "does not accept the session", "--new"),
    ],
)
def test_what_assume_role_may_be_refused_for(
    status: int, code: str, message: str, kind: type[MfacliError], said: str, hint: str
) -> None:
    error = refuse_role(status, code, message, keys=SESSION_KEYS)

    assert type(error) is kind
    assert said in error.message
    assert hint in error.hint


DENIED = "User: arn:aws:iam::111122223333:user/richard is not authorized to perform: sts:AssumeRole on resource: …"


def test_a_role_denied_without_mfa_names_the_four_causes() -> None:
    error = refuse_role(403, "AccessDenied", DENIED)

    assert type(error) is AccessDenied
    assert ROLE_STEP.role_arn in error.message
    assert DENIED in error.message
    for cause in ("does not exist", "MFA and none was given", "trust policy", "sts:AssumeRole", "mfacli whoami"):
        assert cause in error.hint


@pytest.mark.parametrize(("keys", "with_code"), [(SESSION_KEYS, False), (KEYS, True)])
def test_a_role_denied_with_mfa_does_not_ask_for_it(keys: Keys, with_code: bool) -> None:
    error = refuse_role(403, "AccessDenied", DENIED, keys=keys, with_code=with_code)

    assert "none was given" not in error.hint
    assert "more recent MFA" in error.hint


def test_keys_from_the_environment_are_called_that() -> None:
    reply = Reply(status=403, body=refusal("InvalidClientTokenId", INVALID_TOKEN))
    plan = plan_for(kind=KeysFrom.ENVIRONMENT)
    with LocalCloud(reply) as cloud, pytest.raises(KeysRejected) as caught:
        provider_with().identity_of(plan=replace(plan, endpoint_url=cloud.url), keys=KEYS)

    assert "from the environment" in caught.value.message


SECRETS = (
    KEYS.secret_access_key.reveal(),
    CODE.digits.reveal(),
    SESSION_KEYS.session_token.reveal() if SESSION_KEYS.session_token else "",
)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "SignatureDoesNotMatch",
        "ValidationError",
        "RegionDisabledException",
        "PackedPolicyTooLarge",
        "MalformedPolicyDocument",
        "SomethingNew",
        "InternalFailure",
    ],
)
@pytest.mark.parametrize("status", [403, 500])
def test_secrets_that_the_cloud_repeats_reach_no_message_and_no_traceback(code: str, status: int) -> None:
    message = (
        f"1 validation error: Value '{SECRETS[1]}' at 'tokenCode'; x-amz-security-token:{SECRETS[2]} {SECRETS[0]}"
    )

    error = refuse_role(status, code, message, keys=SESSION_KEYS, with_code=True)

    printed = "".join(traceback.format_exception(error)) + error.message + error.hint
    assert not any(secret in printed for secret in SECRETS)


def test_an_error_without_a_code_is_still_an_error() -> None:
    with LocalCloud(Reply(status=403, body="<ErrorResponse/>")) as cloud, pytest.raises(CloudRefused) as caught:
        open_session(cloud.url)

    assert caught.value.message.endswith("no reason given (no error code)")


def test_options_that_botocore_refuses_are_a_wrong_usage() -> None:
    step = replace(ROLE_STEP, role_session_name="x")
    with LocalCloud(Reply()) as cloud, pytest.raises(UsageWrong) as caught:
        provider_with().session_for(step, plan=plan_for(cloud.url), keys=KEYS, device=None, code=None)

    assert "RoleSessionName" in caught.value.message
    assert cloud.asked == []


def test_a_region_that_is_none_is_a_broken_profile() -> None:
    plan = plan_for(sts_region="not a region")

    with pytest.raises(ProfileBroken):
        provider_with().session_for(STEP, plan=plan, keys=KEYS, device=DEVICE, code=CODE)


def test_what_is_neither_the_clouds_nor_the_networks_is_left_alone() -> None:
    attempt = Attempt(
        cloud=Cloud.AWS,
        operation="GetSessionToken",
        endpoint="sts",
        access_key_id="AKIA",
        keys_origin="",
        is_temporary=False,
    )

    assert explain(ZeroDivisionError(), attempt) is None
    assert explain(KeyError("x"), attempt) is None
    assert explain(ValueError("x"), attempt) is None
