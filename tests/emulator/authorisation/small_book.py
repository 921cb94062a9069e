"""A world small enough to be written down in a test: a `PolicyBook` of dictionaries, and its people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mfacli.emulator.authorisation.actions.needs import Call
from mfacli.emulator.callers import (
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.contracts import NamedPolicy
from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.requests import Incoming
from tests.doubles import NOON

A = "111111111111"
B = "222222222222"
C = "333333333333"
REGION = "us-east-1"


@dataclass
class SmallBook:
    """Everything by ARN; principals by the ARN of their user or role."""

    identity: dict[str, list[NamedPolicy]] = field(default_factory=dict)
    boundaries: dict[str, NamedPolicy] = field(default_factory=dict)
    on_resources: dict[str, NamedPolicy] = field(default_factory=dict)
    trusts: dict[str, NamedPolicy] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    entities: dict[tuple[str, str, str], str] = field(default_factory=dict)
    profiles: dict[tuple[str, str], str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    partition_keys: dict[str, str] = field(default_factory=dict)

    def identity_policies(self, principal: Principal) -> Sequence[NamedPolicy]:
        return self.identity.get(_holder(principal), [])

    def boundary(self, principal: Principal) -> NamedPolicy | None:
        return self.boundaries.get(_holder(principal))

    def resource_policy(self, resource_arn: str) -> NamedPolicy | None:
        return self.on_resources.get(_bucket_of(resource_arn))

    def trust_policy(self, role_arn: str) -> NamedPolicy | None:
        return self.trusts.get(role_arn)

    def owner_of(self, resource_arn: str) -> str | None:
        return self.owners.get(_bucket_of(resource_arn))

    def principal_tags(self, principal: Principal) -> Mapping[str, str]:
        return self.tags.get(_holder(principal), {})

    def resource_tags(self, resource_arn: str) -> Mapping[str, str]:
        return self.tags.get(resource_arn, {})

    def entity_arn(self, account_id: str, kind: str, name: str) -> str | None:
        return self.entities.get((account_id, kind, name))

    def role_in_profile(self, account_id: str, profile_name: str) -> str | None:
        return self.profiles.get((account_id, profile_name))

    def instance_type(self, instance_arn: str) -> str | None:
        return self.types.get(instance_arn)

    def partition_key(self, table_arn: str) -> str | None:
        return self.partition_keys.get(table_arn)


def _holder(principal: Principal) -> str:
    return principal.role_arn if isinstance(principal, RolePrincipal) else principal.arn


def _bucket_of(arn: str) -> str:
    return arn.partition("/")[0] if arn.startswith("arn:aws:s3:::") else arn


class WorldTime:
    """World time, set by hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def wire_now(self) -> datetime:
        return self.now

    def world_now(self) -> datetime:
        return self.now

    def advance(self, duration: timedelta) -> None:
        self.now += duration

    def set_skew(self, skew: timedelta) -> None:
        raise NotImplementedError


def policy(*statements: dict[str, object], name: str = "inline", arn: str | None = None) -> NamedPolicy:
    """Return a policy of these statements."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return NamedPolicy(name=name, text=text, arn=arn)


Condition = Mapping[str, Mapping[str, str | list[str]]]


def allow(
    action: str | list[str],
    resource: str | list[str] = "*",
    *,
    condition: Condition | None = None,
    principal: object = None,
) -> dict[str, object]:
    """Return an Allow statement."""
    return _statement("Allow", action, resource, condition, principal)


def deny(
    action: str | list[str],
    resource: str | list[str] = "*",
    *,
    condition: Condition | None = None,
    principal: object = None,
    sid: str = "",
) -> dict[str, object]:
    """Return a Deny statement."""
    named = {"Sid": sid} if sid else {}
    return {**named, **_statement("Deny", action, resource, condition, principal)}


def _statement(
    effect: str,
    action: str | list[str],
    resource: str | list[str] | None,
    condition: Condition | None,
    principal: object,
) -> dict[str, object]:
    statement = {
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }
    return {key: value for key, value in statement.items() if value is not None}


def trust(
    principal: object, action: str | list[str] = "sts:AssumeRole", *, condition: Condition | None = None
) -> NamedPolicy:
    """Return a trust policy of one statement."""
    return policy(_statement("Allow", action, None, condition, principal), name="trust")


def user(account_id: str, name: str, path: str = "/") -> UserPrincipal:
    """Return a user whose id is made of its name."""
    return UserPrincipal(account_id=account_id, name=name, path=path, user_id=f"AIDA{name.upper():X<16}")


def root(account_id: str) -> RootPrincipal:
    """Return an account's root user."""
    return RootPrincipal(account_id=account_id)


def role(account_id: str, name: str, path: str = "/", session: str = "work") -> RolePrincipal:
    """Return a session of a role."""
    return RolePrincipal(
        account_id=account_id,
        role_name=name,
        role_path=path,
        role_id=f"AROA{name.upper():X<16}",
        session_name=session,
    )


def long_term(principal: UserPrincipal | RootPrincipal) -> Caller:
    """Return a caller with long-term keys."""
    return Caller(principal=principal, kind=CredentialKind.LONG_TERM, access_key_id="AKIAEXAMPLEEXAMPLE00")


def session_of(principal: UserPrincipal | RootPrincipal, mfa_at: datetime | None = None) -> Caller:
    """Return a caller with GetSessionToken's keys, made at noon."""
    return _temporary(principal, CredentialKind.SESSION_TOKEN, mfa_at)


def role_session(principal: RolePrincipal, *session_policies: NamedPolicy, mfa_at: datetime | None = None) -> Caller:
    """Return a caller with AssumeRole's keys, made at noon."""
    return _temporary(principal, CredentialKind.ROLE, mfa_at, *session_policies)


def federated(issuer: UserPrincipal | RootPrincipal, name: str, *session_policies: NamedPolicy) -> Caller:
    """Return a caller with GetFederationToken's keys, made at noon."""
    principal = FederatedPrincipal(account_id=issuer.account_id, name=name, issuer=issuer)
    return _temporary(principal, CredentialKind.FEDERATION, None, *session_policies)


def _temporary(
    principal: Principal, kind: CredentialKind, mfa_at: datetime | None, *session_policies: NamedPolicy
) -> Caller:
    return Caller(
        principal=principal,
        kind=kind,
        access_key_id="ASIAEXAMPLEEXAMPLE00",
        issued_at=NOON,
        expires_at=NOON + timedelta(hours=12),
        mfa_at=mfa_at,
        mfa_serial="GAHT12345678" if mfa_at else None,
        session_policies=tuple(named.text for named in session_policies),
    )


def operation(service: str, name: str, parameters: Mapping[str, object] | None = None) -> Operation:
    """Return an operation in us-east-1."""
    return Operation(
        service=service, name=name, protocol=WireProtocol.QUERY, region=REGION, parameters=parameters or {}
    )


def call(
    service: str,
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    caller: Caller | None = None,
    book: SmallBook | None = None,
) -> Call:
    """Return a call, by default Ann's of account A in an empty world."""
    return Call(
        operation=operation(service, name, parameters),
        caller=caller or long_term(user(A, "Ann")),
        book=book or SmallBook(),
    )


def incoming(**headers: str) -> Incoming:
    """Return a request with these headers; only its surroundings matter here."""
    return Incoming(
        method="POST",
        target="/",
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
        body=b"",
        received_at=NOON,
        request_id="5d2c4f10-0000-4000-8000-000000000000",
        source_ip="127.0.0.1",
    )
