"""How AWS decides (IAM guide, policy evaluation logic): any Deny wins, then every layer that limits must allow.

Where AWS' documentation and its imitators differ, this follows the documentation.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.document import Document
from mfacli.policy.facts import Facts
from mfacli.policy.principals import Grant, Principal, PrincipalKind
from mfacli.policy.statement import PolicyKind, Statement
from mfacli.policy.verdict import Decision, Reason, Verdict

_UNCONTROLLED = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
"""STS API reference: the first works even under an explicit deny, the second is beyond any policy."""

_ROLE_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
_HAVE_NO_POLICIES = frozenset({PrincipalKind.ANONYMOUS, PrincipalKind.SERVICE, PrincipalKind.IDENTITY_PROVIDER})


def facts_of(request: AccessRequest, layers: Layers) -> Facts:
    """Return the request as AWS statements are held against it."""
    return Facts(
        principal=request.principal,
        action=request.action,
        resource=request.resource,
        context=request.context,
        has_boundary=bool(layers.boundaries),
        fold=True,
    )


def decide_aws(request: AccessRequest, layers: Layers) -> Decision:
    """Return the verdict and its reason, without proof."""
    facts = facts_of(request, layers)
    kind = facts.principal.kind
    if facts.action in _UNCONTROLLED and kind is not PrincipalKind.ANONYMOUS:
        return Decision(verdict=Verdict.ALLOWED, reason=Reason.NOT_CONTROLLED)
    denying = _first_deny(facts, layers)
    if denying is not None:
        return Decision(
            verdict=Verdict.EXPLICITLY_DENIED,
            reason=Reason.EXPLICIT_DENY,
            layer=denying.reference.kind,
            statements=(denying.reference,),
        )
    for level in layers.scps:
        if _first_allow(level, facts) is None:
            return _not_allowed_by(PolicyKind.SCP)
    if kind is PrincipalKind.ROOT and facts.action == "sts:assumerole":
        return Decision(verdict=Verdict.IMPLICITLY_DENIED, reason=Reason.ROOT_ASSUMES_NO_ROLES)
    if kind in _HAVE_NO_POLICIES:
        return _decide_for_outsider(facts, layers)
    return _decide_for_insider(request, facts, layers)


def documents_of(layers: Layers) -> Iterable[Document]:
    """Return every document, in the order in which denials are looked for."""
    resource = () if layers.resource is None else (layers.resource,)
    return chain(*layers.rcps, *layers.scps, resource, layers.identity, layers.boundaries, layers.session or ())


def _first_deny(facts: Facts, layers: Layers) -> Statement | None:
    for document in documents_of(layers):
        for statement in document.candidates(facts.action).denies:
            if (statement.principal is None or statement.grant(facts) is not Grant.NONE) and statement.holds(facts):
                return statement
    return None


def _first_allow(documents: Iterable[Document], facts: Facts) -> Statement | None:
    for document in documents:
        for statement in document.candidates(facts.action).allows:
            if (statement.principal is None or statement.grant(facts) is not Grant.NONE) and statement.holds(facts):
                return statement
    return None


def _strongest_grant(document: Document | None, facts: Facts) -> tuple[Grant, Statement | None]:
    """Return how the resource's policy lets the caller in, and by which statement."""
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


def _decide_for_outsider(facts: Facts, layers: Layers) -> Decision:
    """Decide for nobody, a service or an identity provider: they have only what the resource's policy gives."""
    _, granting = _strongest_grant(layers.resource, facts)
    nobody_assumes = facts.principal.kind is PrincipalKind.ANONYMOUS and facts.action in _ROLE_ACTIONS
    if granting is None or nobody_assumes:
        return _not_allowed_by(_resource_kind(facts, layers))
    return _allowed(Reason.RESOURCE_ALLOWS, granting)


def _decide_for_insider(request: AccessRequest, facts: Facts, layers: Layers) -> Decision:
    """Decide for a caller of some account."""
    grant, granting = _strongest_grant(layers.resource, facts)
    is_own = request.owner_account == facts.principal.account_id
    missing = _missing_limit(grant, facts, layers)
    if is_own and granting is not None and grant is not Grant.ACCOUNT and missing is None:
        return _allowed(Reason.RESOURCE_ALLOWS, granting)
    if is_own and granting is None and _rests_on_resource_policy(facts, layers):
        return _not_allowed_by(_resource_kind(facts, layers))
    identity = _first_allow(layers.identity, facts)
    if identity is None and not _has_full_access(facts.principal):
        return _not_allowed_by(missing if is_own and grant > Grant.ACCOUNT and missing else PolicyKind.IDENTITY)
    if not is_own and granting is None:
        return _not_allowed_by(_resource_kind(facts, layers))
    missing = _missing_limit(Grant.ACCOUNT, facts, layers)
    if missing is not None:
        return _not_allowed_by(missing)
    if identity is None:
        return _allowed(Reason.ROOT, granting)
    return _allowed(Reason.IDENTITY_ALLOWS if granting is None else Reason.BOTH_ALLOW, granting, identity)


def _missing_limit(grant: Grant, facts: Facts, layers: Layers) -> PolicyKind | None:
    """Return the limiting layer that does not allow, among those that limit this kind of grant."""
    if grant is Grant.DIRECT:
        return None
    if facts.principal.kind is not PrincipalKind.ROOT:
        for boundary in layers.boundaries:
            if _first_allow((boundary,), facts) is None:
                return PolicyKind.BOUNDARY
    if layers.session is None:
        return PolicyKind.SESSION if facts.principal.kind is PrincipalKind.FEDERATED_USER else None
    return PolicyKind.SESSION if _first_allow(layers.session, facts) is None else None


def _has_full_access(principal: Principal) -> bool:
    return principal.kind is PrincipalKind.ROOT or principal.issuer_arn.endswith(":root")


def _rests_on_resource_policy(facts: Facts, layers: Layers) -> bool:
    """Whether the resource's policy must let the caller in even within its account: roles and KMS keys."""
    if facts.action in _ROLE_ACTIONS or (layers.resource is not None and layers.resource.kind is PolicyKind.TRUST):
        return True
    return facts.action.startswith("kms:") and facts.resource.partition(":kms:")[2].partition(":key/")[1] != ""


def _resource_kind(facts: Facts, layers: Layers) -> PolicyKind:
    if facts.action in _ROLE_ACTIONS or (layers.resource is not None and layers.resource.kind is PolicyKind.TRUST):
        return PolicyKind.TRUST
    return PolicyKind.RESOURCE


def _allowed(reason: Reason, *statements: Statement | None) -> Decision:
    return Decision(
        verdict=Verdict.ALLOWED,
        reason=reason,
        statements=tuple(statement.reference for statement in statements if statement is not None),
    )


def _not_allowed_by(layer: PolicyKind) -> Decision:
    return Decision(verdict=Verdict.IMPLICITLY_DENIED, reason=Reason.NO_ALLOW, layer=layer)
