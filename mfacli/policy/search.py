"""Finds the statements that apply to a request, and words what they decide. The same for both languages."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from mfacli.policy.access import Layers
from mfacli.policy.document import Document
from mfacli.policy.facts import Facts
from mfacli.policy.principals import Grant, PrincipalKind
from mfacli.policy.statement import PolicyKind, Statement, StatementReference
from mfacli.policy.verdict import Decision, Reason, Verdict


def documents_of(layers: Layers) -> Iterable[Document]:
    """Return every document, in the order in which denials are looked for."""
    resource = () if layers.resource is None else (layers.resource,)
    return chain(*layers.rcps, *layers.scps, resource, layers.identity, layers.boundaries, layers.session or ())


def first_deny(documents: Iterable[Document], facts: Facts) -> Statement | None:
    """Return the first Deny that applies."""
    for document in documents:
        for statement in document.candidates(facts.action).denies:
            if (statement.principal is None or statement.grant(facts) is not Grant.NONE) and statement.holds(facts):
                return statement
    return None


def first_allow(documents: Iterable[Document], facts: Facts) -> Statement | None:
    """Return the first Allow that applies."""
    for document in documents:
        for statement in document.candidates(facts.action).allows:
            if (statement.principal is None or statement.grant(facts) is not Grant.NONE) and statement.holds(facts):
                return statement
    return None


def strongest_grant(document: Document | None, facts: Facts) -> tuple[Grant, Statement | None]:
    """Return how a resource's policy lets the caller in, and by which statement."""
    strongest: tuple[Grant, Statement | None] = (Grant.NONE, None)
    if document is None:
        return strongest
    for statement in document.candidates(facts.action).allows:
        grant = statement.grant(facts)
        if grant > strongest[0] and statement.holds(facts):
            strongest = (grant, statement)
            if grant is Grant.DIRECT:
                break
    return strongest


def missing_limit(facts: Facts, layers: Layers) -> PolicyKind | None:
    """Return the limiting layer, boundary or session policy, that does not allow.

    No boundary holds root. A federated user without a session policy has no permissions of its own.
    """
    if facts.principal.kind is not PrincipalKind.ROOT:
        for boundary in layers.boundaries:
            if first_allow((boundary,), facts) is None:
                return PolicyKind.BOUNDARY
    if layers.session is None:
        return PolicyKind.SESSION if facts.principal.kind is PrincipalKind.FEDERATED_USER else None
    return PolicyKind.SESSION if first_allow(layers.session, facts) is None else None


def forbidden(facts: Facts, layers: Layers) -> Decision | None:
    """Return the denial where a Deny applies or a level of control policies does not allow."""
    denying = first_deny(documents_of(layers), facts)
    if denying is not None:
        return Decision(
            verdict=Verdict.EXPLICITLY_DENIED,
            reason=Reason.EXPLICIT_DENY,
            layer=denying.reference.kind,
            statements=(denying.reference,),
        )
    for level in layers.scps:
        if first_allow(level, facts) is None:
            return not_allowed_by(PolicyKind.SCP)
    return None


def allowed(reason: Reason, granting: Statement | None, identity: Statement | None = None) -> Decision:
    """Return an Allow by those of the statements that are there: the resource's and the identity's."""
    if granting is None:
        statements: tuple[StatementReference, ...] = () if identity is None else (identity.reference,)
    elif identity is None:
        statements = (granting.reference,)
    else:
        statements = (granting.reference, identity.reference)
    return Decision(verdict=Verdict.ALLOWED, reason=reason, statements=statements)


def not_allowed_by(layer: PolicyKind) -> Decision:
    """Return an implicit denial."""
    return Decision(verdict=Verdict.IMPLICITLY_DENIED, reason=Reason.NO_ALLOW, layer=layer)
