"""What Tencent Cloud refuses, in our words: the right error, and a hint that helps."""

from __future__ import annotations

import pytest
from tencentcloud.sts.v20180813 import errorcodes

from mfacli.domain.cloud import Cloud
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CloudUnreachable,
    CodeRejected,
    DeviceRejected,
    KeysRejected,
    MfacliError,
)
from mfacli.providers.attempt import Attempt
from mfacli.providers.tencent_refusals import explain
from tests.providers.local_cloud import LocalCloud, tencent_refusal
from tests.providers.sides import TENCENT_SIDE


def refuse_session(code: str, message: str = "said so") -> MfacliError:
    with LocalCloud(tencent_refusal(code, message)) as cloud, pytest.raises(MfacliError) as caught:
        TENCENT_SIDE.open_session(cloud.url)
    return caught.value


def refuse_role(code: str, *, with_code: bool = False, with_session: bool = True) -> MfacliError:
    keys = TENCENT_SIDE.session_keys if with_session else TENCENT_SIDE.keys
    provider = TENCENT_SIDE.provider(attempts=1)
    with LocalCloud(tencent_refusal(code, "said so")) as cloud, pytest.raises(MfacliError) as caught:
        TENCENT_SIDE.assume_role(cloud.url, provider, keys=keys, with_code=with_code)
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind", "said", "hint"),
    [
        ("FailedOperation.CheckMFAError", CodeRejected, "the code of MFA device", "a code buys one call"),
        ("AuthFailure.MFAFailure", CodeRejected, "the code of MFA device", "a code buys one call"),
        ("FailedOperation.MFATypeNotSupported", DeviceRejected, "does not take this kind of MFA", "虚拟 MFA 设备"),
        ("FailedOperation.TempKeyNotAllowed", KeysRejected, "are a session's", "unset TENCENTCLOUD_SECRET_ID"),
        ("InvalidParameter.OverTimeError", CloudRefused, "of that length: said so", "--duration"),
        ("InvalidParameter.AccountNotAvaliable", CloudRefused, "the account cannot be used", "arrears"),
        ("InvalidParameter.ParamError", CloudRefused, "GetSessionToken was refused: said so", "--dry-run"),
        ("InvalidParameter.OverLimit", CloudUnreachable, "for their rate", "may have been used up"),
        ("InvalidParameterValue", CloudRefused, "said so (InvalidParameterValue)", "--dry-run"),
        ("MissingParameter", CloudRefused, "said so (MissingParameter)", "--dry-run"),
        ("UnknownParameter", CloudRefused, "said so (UnknownParameter)", "--dry-run"),
        ("UnauthorizedOperation", AccessDenied, "GetSessionToken was denied: said so", "mfacli whoami"),
        ("AuthFailure.UnauthorizedOperation", AccessDenied, "GetSessionToken was denied", "mfacli whoami"),
        ("UnauthorizedOperation.MFANotFound", AccessDenied, "GetSessionToken was denied", "mfacli whoami"),
        ("AuthFailure.SecretIdNotFound", KeysRejected, "does not know the secret id …MPLE", "deleted, disabled"),
        ("AuthFailure.InvalidSecretId", KeysRejected, "~/.tccli/dev.credential", "deleted, disabled"),
        ("AuthFailure.AccessKeyIllegal", KeysRejected, "does not know the secret id", "deleted, disabled"),
        ("AuthFailure.SignatureFailure", KeysRejected, "the secret key does not belong to", "copy the secret again"),
        ("AuthFailure.SignatureExpire", KeysRejected, "the signature's time was refused", "set the clock"),
        ("AuthFailure.TokenFailure", KeysRejected, "has expired", "--new"),
        ("AuthFailure.InvalidAuthorization", KeysRejected, "does not take the keys in", "mfacli whoami"),
        ("InvalidParameter.AccessKeyNotSupport", KeysRejected, "does not take the keys in", "mfacli whoami"),
        ("RequestLimitExceeded.UinLimitExceeded", CloudUnreachable, "for their rate", "in a minute"),
        ("InternalError", CloudUnreachable, "failed on its side: InternalError", "may have been used up"),
        ("InternalError.GetSeedTokenError", CloudUnreachable, "failed on its side", "may have been used up"),
        ("IpNotInWhitelist", AccessDenied, "does not let this address call", "VPN"),
        ("IpInBlacklist", AccessDenied, "does not let this address call", "VPN"),
        ("InvalidAction", CloudRefused, "does not know GetSessionToken", "endpoint"),
        ("NoSuchVersion", CloudRefused, "does not know GetSessionToken", "endpoint"),
        ("UnsupportedOperation", CloudRefused, "was refused: said so (UnsupportedOperation)", ""),
        ("SomethingNew.Entirely", CloudRefused, "said so (SomethingNew.Entirely)", ""),
    ],
)
def test_what_get_session_token_may_be_refused_for(code: str, kind: type[MfacliError], said: str, hint: str) -> None:
    error = refuse_session(code)

    assert type(error) is kind
    assert said in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("code", "kind", "said", "hint"),
    [
        ("ResourceNotFound.RoleNotFound", CloudRefused, "there is no role `qcs::cam::uin/100000000009", "by its id"),
        ("InternalError.IllegalRole", CloudRefused, "cannot be assumed: said so", "访问管理 > 角色"),
        ("InvalidParameter.StrategyInvalid", CloudRefused, "the session policy was refused", "--policy"),
        ("InvalidParameter.PolicyTooLong", CloudRefused, "the session policy was refused", "--policy"),
        ("InvalidParameter.ResouceError", CloudRefused, "the session policy was refused", "six segments"),
        ("InvalidParameter.TempCodeNotAvaliable", KeysRejected, "AssumeRole does not take the keys", "whoami"),
        ("AuthFailure.SecretIdNotFound", KeysRejected, "does not accept the session with key …MPLE", "--new"),
        ("InternalError.GetRoleError", CloudUnreachable, "failed on its side", "try again in a moment"),
        ("UnauthorizedOperation", AccessDenied, "assuming `qcs::cam::uin/100000000009", "sts:AssumeRole"),
    ],
)
def test_what_assume_role_may_be_refused_for(code: str, kind: type[MfacliError], said: str, hint: str) -> None:
    error = refuse_role(code)

    assert type(error) is kind
    assert said in error.message
    assert hint in error.hint


def test_a_refused_code_may_mean_that_no_device_is_bound() -> None:
    error = refuse_session("FailedOperation.CheckMFAError")

    assert "no virtual MFA device bound" in error.hint


def test_a_role_denied_without_a_code_may_want_one() -> None:
    without, with_one = (refuse_role("UnauthorizedOperation", with_code=given) for given in (False, True))

    assert "external id and MFA" in without.hint
    assert "external id)" in with_one.hint


def test_an_error_without_words_is_still_one() -> None:
    error = refuse_session("SomethingNew", "")

    assert error.message.endswith("no reason given (SomethingNew)")


DOCUMENTED = sorted(value for name, value in vars(errorcodes).items() if name.isupper())


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_code_that_the_sdk_lists_is_explained(code: str) -> None:
    error = refuse_role(code, with_code=True)

    assert error.message
    assert error.hint or code == "UnsupportedOperation"


def test_what_is_neither_the_clouds_nor_the_networks_is_left_alone() -> None:
    attempt = Attempt(
        cloud=Cloud.TENCENT,
        operation="GetSessionToken",
        endpoint="sts",
        access_key_id="AKID",
        keys_origin="",
        is_temporary=False,
    )

    assert explain(ZeroDivisionError(), attempt, status=200) is None
    assert explain(KeyError("x"), attempt, status=None) is None
