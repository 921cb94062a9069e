"""The condition context of a request to Tencent Cloud. A key that has no value is left out, never empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never

from mfacli.emulator.tencent.callers import (
    AnonymousPrincipal,
    Caller,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.tencent.mfa import mfa_keys

# What the preset policy of that name takes for reading (598/105584).
_READING = (
    "Check",
    "List",
    "Describe",
    "Search",
    "Get",
    "BatchGet",
    "Query",
    "BatchQuery",
    "Download",
    "Export",
    "View",
    "Inquiry",
    "Inquire",
    "Compare",
    "Verify",
    "Validate",
)
_CAM_OR_FINANCE = frozenset({"cam", "finance", "billing", "account"})

Keys = dict[str, str | Sequence[str]]


def request_keys(
    caller: Caller, *, source_ip: str, appid: str, now: datetime, proven_at: datetime | None = None
) -> Keys:
    """Return the keys that hold for a whole request. `now` is world time; `appid` is the caller's account's.

    `app_id` is no key but the value of the variable `${app_id}`.
    """
    keys: Keys = {
        "qcs:current_time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "qcs:ip": source_ip,
        **mfa_keys(caller, proven_at=proven_at),
    }
    uin = uin_of(caller.principal)
    if uin:
        keys |= {"qcs:uin": uin, "qcs:owner_uin": caller.principal.owner_uin}
    return keys | ({"app_id": appid} if appid else {})


def need_keys(action: str, own: Mapping[str, str | Sequence[str]], shared: Keys) -> Keys:
    """Return the context of one permission: the request's keys, what kind of action it is, and the service's own."""
    service, _, name = action.partition(":")
    kind = {
        "qcs:read_only_action": "1" if name.startswith(_READING) else "0",
        "qcs:except_cam_finance": "0" if service in _CAM_OR_FINANCE else "1",
    }
    return {**shared, **kind, **own}


def uin_of(principal: Principal) -> str:
    """Return the uin that a request is made with: who assumed the role, who made the federated user."""
    match principal:
        case UserPrincipal() | FederatedPrincipal():
            return principal.uin
        case RootPrincipal():
            return principal.owner_uin
        case RolePrincipal():
            return principal.caller_uin
        case AnonymousPrincipal():
            return ""
        case _:
            assert_never(principal)
