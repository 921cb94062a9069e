"""What botocore raises at AWS becomes one of our errors, with what to do next.

STS tells causes apart by the text only, and the text varies by a space or a period: it is matched by its beginning.
What the cloud says is passed on with every secret of the call starred; after a bad signature it is not passed on at
all, because the answer repeats the canonical request with its token.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from mfacli.domain.credentials import last_four
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    DeviceRejected,
    KeysRejected,
    MfacliError,
    ProfileBroken,
    UsageWrong,
)
from mfacli.providers.attempt import Attempt
from mfacli.providers.aws_iam_refusals import BY_IAM_CODE, denied_hint
from mfacli.providers.aws_silences import explain_aws_silence
from mfacli.providers.aws_wire import THROTTLING_CODES
from mfacli.providers.refusals import (
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

_SKEW_TEXTS = ("Signature expired", "Signature not yet current")
# ServiceFailure is IAM's own word.
_FAILURES = ("InternalFailure", "InternalError", "ServiceFailure", "ServiceUnavailable")
_SKEW_CODES = ("RequestExpired", "RequestTimeTooSkewed")


def explain(error: Exception, attempt: Attempt) -> MfacliError | None:
    """Return our error for `error`, or None where it is none of the cloud's or the network's: a bug."""
    match error:
        case boto.ClientError():
            return _explain_answer(_code(error), _text(error), attempt)
        case boto.ParamValidationError():
            return UsageWrong(attempt.star(f"{attempt.operation} cannot take these options: {error}"))
        case boto.InvalidRegionError() | boto.NoRegionError():
            return ProfileBroken("the region is not valid", hint="it looks like eu-west-1; see --region")
        case boto.InvalidConfigError() | boto.InvalidProxiesConfigError() | boto.EndpointProviderError():
            return ProfileBroken(attempt.star(f"the network's settings do not fit: {error}"))
        case boto.BotoCoreError():
            return explain_aws_silence(error, attempt)
        case ResponseParserError():
            return not_the_clouds(attempt)
        case KeyError() | TypeError() | ValueError() | AttributeError() if attempt.was_answered:
            # botocore's parsers stumble over foreign XML with whatever their walk runs into
            return not_the_clouds(attempt)
        case ValueError() if "endpoint" in str(error).lower() or "port" in str(error).lower():
            return ProfileBroken("the endpoint's URL is not valid", hint="see --endpoint-url and `endpoint_url`")
        case _:
            return None


def cause_of(error: Exception, attempt: Attempt) -> CloudSaid:
    """Return what may be kept of `error` as the cause of ours."""
    return cloud_said(error, _code(error) if isinstance(error, boto.ClientError) else attempt.star(str(error)))


def is_skew(error: boto.ClientError) -> bool:
    """Return whether the call was refused only for its time; nothing in it was looked at, a code neither."""
    return _code(error) in _SKEW_CODES or _text(error).startswith(_SKEW_TEXTS)


def _code(error: boto.ClientError) -> str:
    # An empty element is parsed as None.
    return str(error.response.get("Error", {}).get("Code") or "")


def _text(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message") or "").strip()


def _explain_answer(code: str, text: str, attempt: Attempt) -> MfacliError:
    if code in _SKEW_CODES or text.startswith(_SKEW_TEXTS):
        return skewed(attempt)
    if code in THROTTLING_CODES or code == "429":
        return throttled(attempt)
    if (code.isdecimal() and int(code) >= 500) or code in _FAILURES:
        return failed_inside(code, text, attempt)
    if code in ("AccessDenied", "AccessDeniedException"):
        return _denied(text, attempt)
    if known := _BY_CODE.get(code):
        return known(text, attempt)
    return refused(code, text, attempt)


def _denied(text: str, attempt: Attempt) -> MfacliError:
    if text.startswith("MultiFactorAuthentication failed, unable to validate"):
        return _device_rejected(attempt)
    if text.startswith("MultiFactorAuthentication failed"):
        return code_rejected(attempt)
    if text.startswith("Cannot call ") and "with session credentials" in text:
        return session_keys_rejected(attempt)
    if text.startswith("Roles may not be assumed by root"):
        return CloudRefused(
            "the root user may not assume roles",
            hint="use the keys of an IAM user; `mfacli whoami` shows whose these are",
        )
    said = attempt.star(text)
    if not attempt.role_arn:
        return AccessDenied(
            f"{attempt.operation} was denied: {said}",
            hint=denied_hint(text, attempt) or "`mfacli whoami` shows who these keys are",
        )
    return AccessDenied(f"assuming `{attempt.role_arn}` was denied: {said}", hint=_four_causes(attempt))


def _four_causes(attempt: Attempt) -> str:
    """STS answers alike whichever it was, so that nobody can probe for roles."""
    if attempt.device is None and not attempt.is_temporary:
        mfa = "it asks for MFA and none was given (add --device SERIAL)"
    else:
        mfa = "it asks for another or a more recent MFA (`mfacli session --new` first)"
    return (
        f"one of four: the role does not exist; {mfa}; its trust policy does not let you in (principal, external id, "
        "tags); your own policies do not allow sts:AssumeRole on it. `mfacli whoami` shows who you are"
    )


def _device_rejected(attempt: Attempt) -> MfacliError:
    serial = attempt.device.serial if attempt.device else ""
    return DeviceRejected(
        f"STS does not know `{serial}` as an MFA device of the user whose keys these are",
        hint="`mfacli whoami` shows whose keys these are; IAM shows the serial among the user's security credentials",
    )


def _unknown_key(_: str, attempt: Attempt) -> MfacliError:
    key = last_four(attempt.access_key_id)
    if attempt.is_temporary:
        return KeysRejected(
            f"the cloud does not accept the session with key {key}",
            hint="its user or role may be gone, or IAM wants MFA in it: open a new one with --new",
        )
    return KeysRejected(
        f"the cloud does not know the access key {key} from {attempt.keys_origin}",
        hint="it may be deleted, inactive, or belong to another partition (aws, aws-cn, aws-us-gov) or endpoint",
    )


def _signature_refused(_: str, attempt: Attempt) -> MfacliError:
    return bad_signature(attempt)


def _expired(_: str, attempt: Attempt) -> MfacliError:
    return session_expired(attempt)


def _invalid(text: str, attempt: Attempt) -> MfacliError:
    if text.startswith("Must specify userName"):
        return AccessDenied("these keys are not a user's, and only users have MFA devices")
    if "MaxSessionDuration set for this role" in text:
        return CloudRefused(
            f"`{attempt.role_arn}` does not allow sessions of that length",
            hint="ask for less with --duration; an administrator can raise the role's MaxSessionDuration up to 12 h",
        )
    if "role chaining" in text:
        return CloudRefused(
            "a role assumed with a session's keys lives an hour at most",
            hint="ask for --duration 1h or less; from long-term keys with a code the role may live longer",
        )
    return CloudRefused(f"{attempt.operation} was refused: {attempt.star(text)}")


def _region_disabled(text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"STS is not active at `{attempt.endpoint}` for this account: {attempt.star(text)}",
        hint="activate the region in the account's settings, or take another one with --region",
    )


def _too_large(text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"session policies and tags are too large together: {attempt.star(text)}",
        hint="shorten --policy, or name fewer of --policy-arn and --tag",
    )


def _malformed_policy(text: str, attempt: Attempt) -> MfacliError:
    return CloudRefused(
        f"the session policy is malformed: {attempt.star(text)}", hint="check what --policy was given"
    )


_BY_CODE: dict[str, Callable[[str, Attempt], MfacliError]] = {
    **BY_IAM_CODE,
    "InvalidClientTokenId": _unknown_key,
    "UnrecognizedClientException": _unknown_key,
    "InvalidAccessKeyId": _unknown_key,
    "SignatureDoesNotMatch": _signature_refused,
    "InvalidSignatureException": _signature_refused,
    "ExpiredToken": _expired,
    "ExpiredTokenException": _expired,
    "ValidationError": _invalid,
    "RegionDisabledException": _region_disabled,
    "PackedPolicyTooLarge": _too_large,
    "PackedPolicyTooLargeException": _too_large,
    "MalformedPolicyDocument": _malformed_policy,
    "MalformedPolicyDocumentException": _malformed_policy,
}
