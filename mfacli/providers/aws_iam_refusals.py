"""What IAM says no to where devices and access keys are made and changed, in our words."""

from __future__ import annotations

from collections.abc import Callable

from mfacli.domain.codes import CodeOrigin
from mfacli.domain.offsets import describe_offset
from mfacli.domain.own_device import why_denied
from mfacli.domain.registered import MOST_DEVICES
from mfacli.errors import (
    CloudRefused,
    CodeRejected,
    EntityBusy,
    EntityExists,
    EntityMissing,
    MfacliError,
)
from mfacli.providers.attempt import Attempt
from mfacli.providers.refusals import KEY_OPERATIONS, MOST_KEYS

_TYPED = "give two codes that follow each other directly, the second as soon as the device shows it"
_DERIVED = "the seed kept here is not this device's, or has been replaced: `mfacli device remove` forgets it"


def denied_hint(text: str, attempt: Attempt) -> str | None:
    """Return what a denial of one of IAM's operations on devices and keys means; None for any other operation."""
    if attempt.operation in KEY_OPERATIONS:
        return _key_denied(attempt, is_explicit="with an explicit deny" in text)
    return why_denied(
        attempt.operation,
        serial=attempt.serial,
        is_explicit="with an explicit deny" in text,
        has_session=attempt.is_temporary,
    )


def _key_denied(attempt: Attempt, *, is_explicit: bool) -> str:
    if is_explicit and not attempt.is_temporary:
        return "a Deny may refuse it to whoever has given no MFA: name your device, with --device or with mfa_serial"
    return (
        f"an administrator has to allow `iam:{attempt.operation}` on `arn:aws:iam::*:user/${{aws:username}}`, as "
        "`AllowManageOwnAccessKeys` does in AWS' policy for one's own credentials"
    )


def _codes_refused(_: str, attempt: Attempt) -> MfacliError:
    offset = attempt.clock_offset
    hint = _DERIVED if attempt.code_origin is CodeOrigin.DERIVED else _TYPED
    if offset and attempt.code_origin is CodeOrigin.DERIVED:
        hint = f"{describe_offset(offset)}, which was reckoned with; {hint}"
    return CodeRejected(f"IAM refused the two codes of {attempt.thing}", hint=hint, clock_offset=offset)


def _exists(text: str, attempt: Attempt) -> MfacliError:
    return EntityExists(f"{attempt.operation} was refused for {_thing(attempt)}: {attempt.star(text)}")


def _missing(text: str, attempt: Attempt) -> MfacliError:
    return EntityMissing(f"{attempt.operation} was refused for {_thing(attempt)}: {attempt.star(text)}")


def _busy(text: str, attempt: Attempt) -> MfacliError:
    return EntityBusy(
        f"{attempt.operation} was refused for {_thing(attempt)}: {attempt.star(text)}", hint="try again in a moment"
    )


def _limit(text: str, attempt: Attempt) -> MfacliError:
    hint = MOST_KEYS if attempt.operation == "CreateAccessKey" else ""
    if attempt.operation == "EnableMFADevice":
        hint = (
            f"a user has at most {MOST_DEVICES} MFA devices: take one away with `mfacli device remove --from-cloud`"
        )
    elif attempt.operation == "CreateVirtualMFADevice":
        hint = (
            "an account has as many virtual devices as it may have users, and those that are nobody's count: an "
            "administrator lists them, `aws iam list-virtual-mfa-devices --assignment-status Unassigned`"
        )
    return CloudRefused(f"{attempt.operation} was refused: {attempt.star(text)}", hint=hint)


def _thing(attempt: Attempt) -> str:
    return attempt.thing or "this"


BY_IAM_CODE: dict[str, Callable[[str, Attempt], MfacliError]] = {
    "InvalidAuthenticationCode": _codes_refused,
    "EntityAlreadyExists": _exists,
    "DeleteConflict": _exists,
    "NoSuchEntity": _missing,
    "EntityTemporarilyUnmodifiable": _busy,
    "ConcurrentModification": _busy,
    "LimitExceeded": _limit,
}
"""By the error code that IAM answers with."""
