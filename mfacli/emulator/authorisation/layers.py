"""Gathers the policies that bear on a request: the caller's once, each resource's as it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from mfacli.emulator.authorisation.actions.needs import ANY, Need
from mfacli.emulator.authorisation.documents import Documents
from mfacli.emulator.callers import (
    AnonymousPrincipal,
    Caller,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.contracts import ControlPolicies, NamedPolicy, PolicyBook
from mfacli.policy.access import Layers
from mfacli.policy.document import Document, PolicyKind
from mfacli.policy.principals import ANONYMOUS, PrincipalKind
from mfacli.policy.principals import Principal as PolicyPrincipal

# What a role's trust policy decides; its own permissions say nothing of who may take it.
BY_TRUST = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})


def policy_principal(principal: Principal) -> PolicyPrincipal:
    """Return the caller as policies see it."""
    match principal:
        case UserPrincipal():
            return PolicyPrincipal(kind=PrincipalKind.USER, arn=principal.arn, account_id=principal.account_id)
        case RootPrincipal():
            return PolicyPrincipal(kind=PrincipalKind.ROOT, arn=principal.arn, account_id=principal.account_id)
        case RolePrincipal():
            return PolicyPrincipal(
                kind=PrincipalKind.ROLE_SESSION,
                arn=principal.arn,
                account_id=principal.account_id,
                role_name=principal.role_name,
                role_arn=principal.role_arn,
            )
        case FederatedPrincipal():
            return PolicyPrincipal(
                kind=PrincipalKind.FEDERATED_USER,
                arn=principal.arn,
                account_id=principal.account_id,
                issuer_arn=principal.issuer.arn,
            )
        case AnonymousPrincipal():
            return ANONYMOUS
        case _:
            assert_never(principal)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerPolicies:
    """The documents that go with the caller, whatever it asks for."""

    identity: tuple[Document, ...]
    boundaries: tuple[Document, ...]
    session: tuple[Document, ...] | None
    scps: tuple[tuple[Document, ...], ...]


class PolicyGathering:
    """Finds a request's policies in the world and has them parsed; `PolicyMalformed` comes through."""

    def __init__(self, *, book: PolicyBook, documents: Documents, controls: ControlPolicies | None) -> None:
        self._book = book
        self._documents = documents
        self._controls = controls

    def of_caller(self, caller: Caller) -> CallerPolicies:
        """Return the caller's own layers. A federated user acts with its issuer's policies."""
        principal = caller.principal
        holder = principal.issuer if isinstance(principal, FederatedPrincipal) else principal
        boundary = self._book.boundary(holder)
        session = [NamedPolicy(name="session policy", text=text) for text in caller.session_policies]
        return CallerPolicies(
            identity=self._all(self._book.identity_policies(holder), PolicyKind.IDENTITY),
            boundaries=self._all([boundary] if boundary else [], PolicyKind.BOUNDARY),
            session=self._all(session, PolicyKind.SESSION) if session else None,
            scps=self._levels("service", principal.account_id),
        )

    def for_need(self, need: Need, owner: str, own: CallerPolicies) -> Layers:
        """Return every layer that bears on one permission; `owner` is the resource's account."""
        return Layers(
            identity=own.identity,
            resource=self._on_resource(need),
            session=own.session,
            boundaries=own.boundaries,
            scps=own.scps,
            rcps=self._levels("resource", owner),
        )

    def _on_resource(self, need: Need) -> Document | None:
        if need.resource == ANY:
            return None
        if need.action in BY_TRUST:
            trust = self._book.trust_policy(need.resource)
            return None if trust is None else self._documents.parsed(trust, PolicyKind.TRUST)
        policy = self._book.resource_policy(need.resource)
        return None if policy is None else self._documents.parsed(policy, PolicyKind.RESOURCE)

    def _levels(self, which: str, account_id: str) -> tuple[tuple[Document, ...], ...]:
        if self._controls is None or not account_id:
            return ()
        if which == "service":
            return tuple(self._all(level, PolicyKind.SCP) for level in self._controls.service_control(account_id))
        return tuple(self._all(level, PolicyKind.RCP) for level in self._controls.resource_control(account_id))

    def _all(self, policies: Iterable[NamedPolicy], kind: PolicyKind) -> tuple[Document, ...]:
        return tuple(self._documents.parsed(policy, kind) for policy in policies)
