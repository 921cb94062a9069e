"""What a request says of MFA: two condition keys, whose presence tells as much as their values.

| credentials | aws:MultiFactorAuthPresent | aws:MultiFactorAuthAge |
|---|---|---|
| long-term keys | absent | absent |
| GetSessionToken with a code | true | seconds since the code |
| GetSessionToken without, root's included | false | absent |
| AssumeRole, GetFederationToken | false | absent |
| the AssumeRole call that brings a code | true | 0 |
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from mfacli.emulator.callers import Caller, CredentialKind, RootPrincipal

PRESENT = "aws:MultiFactorAuthPresent"
AGE = "aws:MultiFactorAuthAge"


def mfa_keys(caller: Caller, *, now: datetime, proven_at: datetime | None = None) -> dict[str, str]:
    """Return the MFA keys of a request made at `now`; `proven_at` is when its own code was found good.

    A code sent with AssumeRole is part of the request, and a request has one context, whichever policy it is held
    against: the caller's identity policies see the code as the role's trust policy does. (AWS documents it for the
    trust policy only.)

    A role's session has `mfa_at` only where the world is set to let chained roles inherit it; the documents say that
    it has none.
    """
    if proven_at is not None:
        return _present(proven_at, now)
    match caller.kind:
        case CredentialKind.NONE | CredentialKind.LONG_TERM:
            return {}
        case CredentialKind.FEDERATION:
            return {PRESENT: "false"}
        case CredentialKind.SESSION_TOKEN | CredentialKind.ROLE:
            if caller.mfa_at is None or isinstance(caller.principal, RootPrincipal):
                return {PRESENT: "false"}
            return _present(caller.mfa_at, now)
        case _:
            assert_never(caller.kind)


def _present(since: datetime, now: datetime) -> dict[str, str]:
    return {PRESENT: "true", AGE: str(max(0, int((now - since).total_seconds())))}
