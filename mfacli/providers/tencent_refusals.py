"""What Tencent Cloud's STS refuses becomes one of our errors, with what to do next.

It answers with codes (STS API, error codes, 1312/48205; common codes, 1312/48205 and 1553/75174), two of them spelled
as they are here. What it says beside them is passed on with every secret of the call starred.
"""

from __future__ import annotations

from collections.abc import Callable

from tencentcloud.common.exception import TencentCloudSDKException

from mfacli.domain.credentials import last_four
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CloudUnreachable,
    DeviceRejected,
    EntityMissing,
    KeysRejected,
    MfacliError,
)
from mfacli.providers.attempt import Attempt
from mfacli.providers.refusals import (
    KEY_OPERATIONS,
    MOST_KEYS,
    CloudSaid,
    bad_signature,
    cloud_said,
    code_rejected,
    failed_inside,
    not_the_clouds,
    refused,
    session_expired,
    session_keys_rejected,
    skewed,
    throttled,
)
from mfacli.providers.tencent_silences import NETWORK, explain_tencent_silence

# The SDK's code for an answer whose status is not 200, which the cloud's own always is.
_STATUS = "ServerNetworkError"
_WHOAMI = "`mfacli whoami` shows who these keys are"


def explain(error: Exception, attempt: Attempt, *, status: int | None) -> MfacliError | None:
    """Return our error for `error`, or None where it is none of the cloud's or the network's: a bug.

    `status` is the answer's, if one came.
    """
    match error:
        case TencentCloudSDKException(code=code) if code == NETWORK:
            return explain_tencent_silence(error, attempt)
        case TencentCloudSDKException(code=code) if code == _STATUS:
            return _explain_status(status or 0, attempt)
        case TencentCloudSDKException():
            return _explain_code(_code(error), str(error.message or "").strip(), attempt)
        case KeyError() | TypeError() | ValueError() | AttributeError() | OverflowError() if attempt.was_answered:
            # Foreign JSON, or none at all: the SDK and ours stumble over it as their walk happens to.
            return not_the_clouds(attempt)
        case _:
            return None


def cause_of(error: Exception) -> CloudSaid:
    """Return what may be kept of `error` as the cause of ours: no text, which may repeat what was sent."""
    return cloud_said(error, _code(error) if isinstance(error, TencentCloudSDKException) else "")


def _code(error: TencentCloudSDKException) -> str:
    return str(error.code or "")


def _explain_status(status: int, attempt: Attempt) -> MfacliError:
    if status == 429:
        return throttled(attempt)
    return failed_inside(str(status), "", attempt) if status >= 500 else not_the_clouds(attempt)


def _explain_code(code: str, text: str, attempt: Attempt) -> MfacliError:
    family = code.partition(".")[0]
    known = _BY_CODE.get(code) or _BY_FAMILY.get(family)
    if known is not None:
        return known(code, text, attempt)
    return refused(code, text, attempt)


def _said(code: str, text: str, attempt: Attempt) -> str:
    return f"{attempt.star(text) or 'no reason given'} ({code})"


def _code_rejected(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return code_rejected(attempt)


def _skewed(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return skewed(attempt)


def _bad_signature(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return bad_signature(attempt)


def _session_keys(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return session_keys_rejected(attempt)


def _session_over(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    """Explain a token that is not taken; an expired one has no code of its own that would be documented."""
    return session_expired(attempt)


def _throttled(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return throttled(attempt)


def _throttled_by_the_operation(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    """Explain a limit that the operation has itself, which nobody says comes before it looks at codes."""
    return CloudUnreachable(
        f"`{attempt.endpoint}` is turning calls away for their rate", hint=f"wait a minute; {attempt.next_try}"
    )


def _device_type(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    serial = attempt.device.serial if attempt.device else ""
    return DeviceRejected(
        f"STS does not take this kind of MFA (`{serial}`)",
        hint="only a virtual MFA device (虚拟 MFA 设备) works for API calls: "
        "bind one in the console, Security settings > MFA; its serial is qcs::cam:uin/OWNER::mfa/softToken",
    )


def _unknown_key(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    key = last_four(attempt.access_key_id)
    if attempt.is_temporary:
        return KeysRejected(
            f"the cloud does not accept the session with key {key}",
            hint="its user or role may be gone: open a new one with --new",
        )
    return KeysRejected(
        f"the cloud does not know the secret id {key} from {attempt.keys_origin}",
        hint="it may be deleted, disabled, or of the other site (cloud.tencent.com, tencentcloud.com)",
    )


def _keys_unsupported(code: str, text: str, attempt: Attempt) -> MfacliError:
    return KeysRejected(
        f"{attempt.operation} does not take the keys in {attempt.keys_origin}: {_said(code, text, attempt)}",
        hint=_WHOAMI,
    )


def _denied(code: str, text: str, attempt: Attempt) -> MfacliError:
    said = _said(code, text, attempt)
    if attempt.operation in KEY_OPERATIONS:
        return AccessDenied(
            f"{attempt.operation} was denied: {said}",
            hint=f"an administrator has to allow `cam:{attempt.operation}` (访问管理 > 策略)"
            + ("" if attempt.is_temporary else "; where that asks for MFA, name your device with --device"),
        )
    if not attempt.role_arn:
        return AccessDenied(f"{attempt.operation} was denied: {said}", hint=_WHOAMI)
    mfa = " and MFA" if attempt.device is None else ""
    return AccessDenied(
        f"assuming `{attempt.role_arn}` was denied: {said}",
        hint="one of two: your own policies do not allow sts:AssumeRole on it, or the role does not have you among "
        f"its principals (角色载体: principal, external id{mfa}). {_WHOAMI}",
    )


def _no_such_role(_code: str, _text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"there is no role `{attempt.role_arn}`",
        hint="roleName/NAME goes by the role's name and role/ID by its id; the uin is that of the account it is in",
    )


def _illegal_role(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"`{attempt.role_arn}` cannot be assumed: {_said(code, text, attempt)}",
        hint="the console shows the role under CAM > Roles (访问管理 > 角色)",
    )


def _too_long(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"{attempt.operation} does not give sessions of that length: {_said(code, text, attempt)}",
        hint="ask for less with --duration: a root account may have 2h, a sub-user 36h, a role 12h and what its own "
        "settings allow",
    )


def _no_account(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"the account cannot be used: {_said(code, text, attempt)}",
        hint="look whether it is in arrears, frozen or not verified yet",
    )


def _bad_policy(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"the session policy was refused: {_said(code, text, attempt)}",
        hint="check what --policy was given: version 2.0, no principal, resources of six segments in your account",
    )


def _bad_parameter(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"{attempt.operation} was refused: {_said(code, text, attempt)}",
        hint="`--dry-run` shows what is asked for",
    )


def _address(code: str, text: str, attempt: Attempt) -> MfacliError:
    return AccessDenied(
        f"the account does not let this address call: {_said(code, text, attempt)}",
        hint="its owner keeps a list of addresses; a VPN or proxy may change yours",
    )


def _failed_inside(code: str, text: str, attempt: Attempt) -> MfacliError:
    return failed_inside(code, text, attempt)


def _no_such_action(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"`{attempt.endpoint}` does not know {attempt.operation}: {_said(code, text, attempt)}",
        hint="is that STS? see --endpoint-url and `endpoint`",
    )


def _too_many_keys(code: str, text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(f"{attempt.operation} was refused: {_said(code, text, attempt)}", hint=MOST_KEYS)


def _no_such_key(code: str, text: str, attempt: Attempt) -> MfacliError:
    return EntityMissing(f"{attempt.operation} was refused: {_said(code, text, attempt)}")


_Explained = Callable[[str, str, Attempt], MfacliError]
_BY_CODE: dict[str, _Explained] = {
    "FailedOperation.CheckMFAError": _code_rejected,
    "AuthFailure.MFAFailure": _code_rejected,
    "FailedOperation.MFATypeNotSupported": _device_type,
    "FailedOperation.TempKeyNotAllowed": _session_keys,
    "AuthFailure.SignatureExpire": _skewed,
    "AuthFailure.SignatureFailure": _bad_signature,
    "AuthFailure.TokenFailure": _session_over,
    "AuthFailure.AccessKeyIllegal": _unknown_key,
    "AuthFailure.InvalidSecretId": _unknown_key,
    "AuthFailure.SecretIdNotFound": _unknown_key,
    "AuthFailure.UnauthorizedOperation": _denied,
    "InternalError.IllegalRole": _illegal_role,
    "InvalidParameter.AccessKeyNotSupport": _keys_unsupported,
    "InvalidParameter.TempCodeNotAvaliable": _keys_unsupported,
    "InvalidParameter.AccountNotAvaliable": _no_account,
    "InvalidParameter.OverTimeError": _too_long,
    "InvalidParameter.OverLimit": _throttled_by_the_operation,
    "InvalidParameter.ExtendStrategyOverSize": _bad_policy,
    "InvalidParameter.GrantOtherResource": _bad_policy,
    "InvalidParameter.PolicyTooLong": _bad_policy,
    "InvalidParameter.ResouceError": _bad_policy,
    "InvalidParameter.StrategyFormatError": _bad_policy,
    "InvalidParameter.StrategyInvalid": _bad_policy,
    "OperationDenied.AccessKeyOverLimit": _too_many_keys,
    "ResourceNotFound.RoleNotFound": _no_such_role,
    "ResourceNotFound.SecretNotExist": _no_such_key,
}
# For what comes with and without a second part, and for what may be added to a family one day.
_BY_FAMILY: dict[str, _Explained] = {
    "AuthFailure": _keys_unsupported,
    "UnauthorizedOperation": _denied,
    "RequestLimitExceeded": _throttled,
    "InternalError": _failed_inside,
    "InvalidParameter": _bad_parameter,
    "InvalidParameterValue": _bad_parameter,
    "MissingParameter": _bad_parameter,
    "UnknownParameter": _bad_parameter,
    "IpInBlacklist": _address,
    "IpNotInWhitelist": _address,
    "InvalidAction": _no_such_action,
    "NoSuchProduct": _no_such_action,
    "NoSuchVersion": _no_such_action,
    "ActionOffline": _no_such_action,
}
