"""The condition context of a request: who asks, how, when, from where, and of what.

A key that has no value is left out, never empty: policies ask whether it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import assert_never

from mfacli.emulator.authorisation.actions.needs import Call, Need
from mfacli.emulator.authorisation.mfa import mfa_keys
from mfacli.emulator.authorisation.service_keys import Keys, resource_keys, service_keys
from mfacli.emulator.authorisation.tags import request_tags, tag_keys
from mfacli.emulator.callers import (
    AnonymousPrincipal,
    FederatedPrincipal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.requests import Incoming

_TAGGED_OBJECTS = "s3:ExistingObjectTag"
_OWN_RESOURCE_TAGS = {"ec2": "ec2:ResourceTag", "iam": "iam:ResourceTag", "sts": "iam:ResourceTag"}


def request_keys(call: Call, incoming: Incoming, *, now: datetime, proven_at: datetime | None = None) -> Keys:
    """Return the keys that hold for the whole request. `now` is world time."""
    keys: Keys = {}
    keys |= _principal(call)
    keys |= _credentials(call)
    keys |= mfa_keys(call.caller, now=now, proven_at=proven_at)
    keys |= _wire(incoming, call.operation.region)
    keys |= {
        "aws:CurrentTime": _written(now),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:ViaAWSService": "false",
        "aws:PrincipalIsAWSService": "false",
    }
    tags = request_tags(call)
    keys |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    changed = tag_keys(call, tags)
    if changed:
        keys["aws:TagKeys"] = changed
    return keys | service_keys(call)


def need_keys(call: Call, need: Need, owner: str, shared: Mapping[str, str | tuple[str, ...]]) -> Keys:
    """Return the context of one permission: the request's keys, and those of its resource, which `owner` has."""
    service = need.action.partition(":")[0]
    keys: Keys = {**shared}
    if need.resource != "*":
        keys["aws:ResourceAccount"] = owner
        if service == "s3":
            keys["s3:ResourceAccount"] = owner
        tags = call.book.resource_tags(need.resource)
        is_object = service == "s3" and "/" in need.resource
        for prefix in [_TAGGED_OBJECTS] if is_object else ["aws:ResourceTag", _OWN_RESOURCE_TAGS.get(service)]:
            if prefix is not None:
                keys |= {f"{prefix}/{key}": value for key, value in tags.items()}
    return keys | resource_keys(call, need) | dict(need.facts)


def _principal(call: Call) -> Keys:
    principal = call.caller.principal
    keys: Keys = {}
    match principal:
        case UserPrincipal():
            keys = {"aws:PrincipalType": "User", "aws:userid": principal.user_id, "aws:username": principal.name}
            arn = principal.arn
        case RootPrincipal():
            keys = {"aws:PrincipalType": "Account", "aws:userid": principal.account_id}
            arn = principal.arn
        case RolePrincipal():
            user_id = f"{principal.role_id}:{principal.session_name}"
            keys = {"aws:PrincipalType": "AssumedRole", "aws:userid": user_id}
            arn = principal.role_arn
        case FederatedPrincipal():
            user_id = f"{principal.account_id}:{principal.name}"
            keys = {"aws:PrincipalType": "FederatedUser", "aws:userid": user_id}
            arn = principal.arn
        case AnonymousPrincipal():
            return {"aws:PrincipalType": "Anonymous", "aws:userid": "anonymous"}
        case _:
            assert_never(principal)
    keys |= {"aws:PrincipalArn": arn, "aws:PrincipalAccount": principal.account_id}
    return keys | {f"aws:PrincipalTag/{key}": value for key, value in _principal_tags(call).items()}


def _principal_tags(call: Call) -> Mapping[str, str]:
    """Return the principal's tags; a session's tags win over those of the user or role it is of."""
    principal = call.caller.principal
    own = principal.issuer if isinstance(principal, FederatedPrincipal) else principal
    return {**call.book.principal_tags(own), **dict(call.caller.tags)}


def _credentials(call: Call) -> Keys:
    caller = call.caller
    keys: Keys = {}
    if caller.is_temporary and caller.issued_at is not None:
        keys["aws:TokenIssueTime"] = _written(caller.issued_at)
    if caller.source_identity:
        keys["aws:SourceIdentity"] = caller.source_identity
    return keys


def _wire(incoming: Incoming, region: str) -> Keys:
    keys: Keys = {"aws:SourceIp": incoming.source_ip, "aws:SecureTransport": "false"}
    for header, key in (("user-agent", "aws:UserAgent"), ("referer", "aws:Referer")):
        value = incoming.header(header)
        if value:
            keys[key] = value
    if region:
        keys["aws:RequestedRegion"] = region
    return keys


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
