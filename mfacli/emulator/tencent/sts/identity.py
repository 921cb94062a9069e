"""What GetCallerIdentity says of each kind of caller.

Documented are users with long-term keys, roles and federated users. A GetSessionToken session is answered as its user
is, and the account itself as a user whose uin is the account's.
"""

from __future__ import annotations

from typing import assert_never

from mfacli.emulator.tencent.callers import (
    AnonymousPrincipal,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.tencent.context import uin_of

_USER, _ROLE = "CAMUser", "CAMRole"


def identity_of(principal: Principal) -> dict[str, str]:
    """Return the members of the answer."""
    return {
        "Arn": principal.identity,
        "AccountId": principal.owner_uin,
        "UserId": _user_id(principal),
        "PrincipalId": uin_of(principal),
        "Type": _ROLE if isinstance(principal, RolePrincipal) else _USER,
    }


def _user_id(principal: Principal) -> str:
    match principal:
        case UserPrincipal():
            return principal.uin
        case RootPrincipal():
            return principal.owner_uin
        case RolePrincipal():
            return f"{principal.role_id}:{principal.session_name}"
        case FederatedPrincipal():
            return f"{principal.uin}:{principal.name}"
        case AnonymousPrincipal():
            return ""
        case _:
            assert_never(principal)
