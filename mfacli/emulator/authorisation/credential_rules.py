"""What a kind of credentials may never ask, whatever any policy says.

Judged before parameters, codes and policies, as STS does: a session that calls GetSessionToken hears of that first.
"""

from __future__ import annotations

from typing import assert_never

from mfacli.emulator.callers import Caller, CredentialKind, RootPrincipal
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error

_FROM_A_SESSION_TOKEN = ("AssumeRole", "GetCallerIdentity")
_NEEDS_LONG_TERM_KEYS = ("GetSessionToken", "GetFederationToken")


def refuse_unfit(operation: Operation, caller: Caller) -> None:
    """Raise `Refusal` where credentials of the caller's kind cannot make this call at all."""
    if operation.service == "sts":
        _refuse_at_sts(operation.name, caller)
    if operation.service == "iam":
        _refuse_at_iam(caller)
    # Buckets can be public; every other service wants to know who asks.
    if caller.kind is CredentialKind.NONE and operation.service != "s3":
        raise Refusal(RefusalKind.NO_AUTHENTICATION, "Request is missing Authentication Token")


def _refuse_at_sts(name: str, caller: Caller) -> None:
    match caller.kind:
        case CredentialKind.NONE | CredentialKind.LONG_TERM:
            unfit = False
        case CredentialKind.SESSION_TOKEN:
            unfit = name not in _FROM_A_SESSION_TOKEN
        case CredentialKind.ROLE:
            unfit = name in _NEEDS_LONG_TERM_KEYS
        case CredentialKind.FEDERATION:
            unfit = name != "GetCallerIdentity"
        case _:
            assert_never(caller.kind)
    if unfit:
        raise Refusal(RefusalKind.ACCESS_DENIED, f"Cannot call {name} with session credentials")
    if name == "AssumeRole" and isinstance(caller.principal, RootPrincipal):
        raise Refusal(RefusalKind.ACCESS_DENIED, "Roles may not be assumed by root accounts.")


def _refuse_at_iam(caller: Caller) -> None:
    """Refuse sessions without MFA, and federated users altogether: to IAM their tokens do not exist."""
    without_mfa = caller.kind is CredentialKind.SESSION_TOKEN and caller.mfa_at is None
    if without_mfa or caller.kind is CredentialKind.FEDERATION:
        raise own_error("InvalidClientTokenId", 403, "The security token included in the request is invalid")
