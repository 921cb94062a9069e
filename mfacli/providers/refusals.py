"""What either cloud may say no to, in our words; which of its codes and texts mean it, each cloud's module knows."""

from __future__ import annotations

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import CodeOrigin
from mfacli.domain.credentials import last_four
from mfacli.domain.offsets import describe_offset
from mfacli.errors import CloudRefused, CloudUnreachable, CodeRejected, KeysRejected, MfacliError
from mfacli.providers.attempt import Attempt
from mfacli.providers.silences import ENDPOINT_SETTINGS

_TYPED_HINT = "mistyped, already used (a code buys one call), or out of date: give the next one that the device shows"
_COMPARE = "compare what the profile's `{}` prints with what the device shows, or give a code with --code"
_PROGRAM_HINTS = {Cloud.AWS: _COMPARE.format("mfa_process"), Cloud.TENCENT: _COMPARE.format("code_command")}
_DERIVED_HINT = (
    "compare `mfacli device code` with what the device shows, import its seed again where they differ, or give a "
    "code with --code"
)
_UNSET = {
    Cloud.AWS: "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN",
    Cloud.TENCENT: "unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY TENCENTCLOUD_TOKEN "
    "TENCENTCLOUD_SECURITY_TOKEN",
}
_SERVICES = {Cloud.AWS: "STS's or IAM's", Cloud.TENCENT: "STS's"}
KEY_OPERATIONS = frozenset(
    {
        "ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey",
        "GetAccessKeyLastUsed", "GetSecurityLastUsed",
    }
)  # fmt: skip
"""The operations on a user's own long-term keys, in either cloud."""
MOST_KEYS = "a user has two keys at most: `mfacli keys rotate --delete-other` deletes the other one first"
_SET_THE_CLOCK = "set the clock (Linux: `timedatectl set-ntp true`, WSL: `hwclock -s`)"


class CloudSaid(Exception):
    """Stands in for a foreign exception as the cause of ours: its kind and text without secrets."""


def cloud_said(error: Exception, text: str) -> CloudSaid:
    """Return what may be kept of `error`; `text` is what is fit to be seen of its own."""
    return CloudSaid(f"{type(error).__name__}: {text}").with_traceback(error.__traceback__)


def code_rejected(attempt: Attempt) -> MfacliError:
    """Return the error for a code that was wrong, perhaps because of the clock."""
    name = attempt.device.name if attempt.device else ""
    offset = attempt.clock_offset
    match attempt.code_origin:
        case CodeOrigin.DERIVED:
            hint = _DERIVED_HINT
        case CodeOrigin.PROGRAM:
            hint = _PROGRAM_HINTS[attempt.cloud]
        case _:
            hint = _TYPED_HINT
    if attempt.cloud is Cloud.TENCENT:
        hint += "; STS answers alike where the user has no virtual MFA device bound (绑定)"
    if offset:
        hint = f"{describe_offset(offset)}, so codes made on it are wrong: {_SET_THE_CLOCK}"
    return CodeRejected(f"STS refused the code of MFA device `{name}`", hint=hint, clock_offset=offset)


def skewed(attempt: Attempt) -> MfacliError:
    """Return the error for a signature whose time was refused, in spite of what has been learnt."""
    offset = attempt.clock_offset
    clock = describe_offset(offset) if offset else "this machine's clock and the cloud's are far apart"
    return KeysRejected(f"the signature's time was refused: {clock}", hint=_SET_THE_CLOCK)


def bad_signature(attempt: Attempt) -> MfacliError:
    """Return the error for a secret key that is another's."""
    return KeysRejected(
        f"the secret key does not belong to access key {last_four(attempt.access_key_id)} ({attempt.keys_origin})",
        hint="copy the secret again, without spaces or line ends; a proxy that rewrites requests has the same effect",
    )


def session_expired(attempt: Attempt) -> MfacliError:
    """Return the error for a session that is over."""
    return KeysRejected(
        f"the session with key {last_four(attempt.access_key_id)} has expired",
        hint=f"open a new one with --new; if it came from the environment: {_UNSET[attempt.cloud]}",
    )


def session_keys_rejected(attempt: Attempt) -> MfacliError:
    """Return the error for a call that takes long-term keys only."""
    return KeysRejected(
        f"the keys in {attempt.keys_origin} are a session's, and {attempt.operation} takes long-term keys only",
        hint=f"leave the session first: {_UNSET[attempt.cloud]}",
    )


def throttled(attempt: Attempt) -> MfacliError:
    """Return the error for calls that are limited, where waiting has not helped."""
    return CloudUnreachable(
        f"`{attempt.endpoint}` is turning calls away for their rate", hint="try again in a minute"
    )


def failed_inside(code: str, text: str, attempt: Attempt) -> MfacliError:
    """Return the error for a cloud that failed, nobody knows where."""
    return CloudUnreachable(
        f"`{attempt.endpoint}` failed on its side: {attempt.star(f'{code} {text}').strip()}", hint=attempt.next_try
    )


def refused(code: str, text: str, attempt: Attempt) -> MfacliError:
    """Return the error for a refusal that nothing more is known of."""
    said = attempt.star(text) or "no reason given"
    return CloudRefused(f"{attempt.operation} was refused: {said} ({code or 'no error code'})")


def not_the_clouds(attempt: Attempt) -> MfacliError:
    """Return the error for an answer that is somebody else's."""
    return CloudUnreachable(
        f"`{attempt.endpoint}` answered with something that is not {_SERVICES[attempt.cloud]}",
        hint=f"a captive portal or proxy may stand between (see `{ENDPOINT_SETTINGS[attempt.cloud]}`, HTTPS_PROXY); "
        f"{attempt.next_try}",
    )
