"""How AWS decides (IAM guide, policy evaluation logic): any Deny wins, then every layer that limits must allow.

Where AWS' documentation and its imitators differ, this follows the documentation.
"""

from __future__ import annotations

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.facts import Facts
from mfacli.policy.principals import Grant, Principal, PrincipalKind
from mfacli.policy.search import allowed, first_allow, forbidden, missing_limit, not_allowed_by, strongest_grant
from mfacli.policy.statement import PolicyKind
from mfacli.policy.verdict import Decision, Reason, Verdict

_UNCONTROLLED = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
"""STS API reference: the first works even under an explicit deny, the second is beyond any policy."""

ROLE_ACTIONS = frozenset(
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


def aws_facts(request: AccessRequest, layers: Layers) -> Facts:
    """Return the request as AWS statements are held against it."""
    return Facts(
        principal=request.principal,
        action=request.action.lower(),
        given_action=request.action,
        resource=request.resource,
        owner_account=request.owner_account,
        context=request.context,
        has_boundary=bool(layers.boundaries),
        fold=True,
    )


def decide_aws(facts: Facts, layers: Layers) -> Decision:
    """Return the verdict and its reason, without proof."""
    kind = facts.principal.kind
    if facts.action in _UNCONTROLLED and kind is not PrincipalKind.ANONYMOUS:
        return Decision(verdict=Verdict.ALLOWED, reason=Reason.NOT_CONTROLLED)
    denial = forbidden(facts, layers)
    if denial is not None:
        return denial
    if kind is PrincipalKind.ROOT and facts.action == "sts:assumerole":
        return Decision(verdict=Verdict.IMPLICITLY_DENIED, reason=Reason.ROOT_ASSUMES_NO_ROLES)
    if kind in _HAVE_NO_POLICIES:
        return _decide_for_outsider(facts, layers)
    return _decide_for_insider(facts, layers)


def _decide_for_outsider(facts: Facts, layers: Layers) -> Decision:
    """Decide for nobody, a service or an identity provider: they have only what the resource's policy gives."""
    _, granting = strongest_grant(layers.resource, facts)
    nobody_assumes = facts.principal.kind is PrincipalKind.ANONYMOUS and facts.action in ROLE_ACTIONS
    if granting is None or nobody_assumes:
        return not_allowed_by(_resource_kind(facts, layers))
    return allowed(Reason.RESOURCE_ALLOWS, granting)


def _decide_for_insider(facts: Facts, layers: Layers) -> Decision:
    """Decide for a caller of some account."""
    grant, granting = strongest_grant(layers.resource, facts)
    is_own = facts.owner_account == facts.principal.account_id
    if is_own and grant is Grant.DIRECT:
        return allowed(Reason.RESOURCE_ALLOWS, granting)
    missing = missing_limit(facts, layers)
    if is_own and grant is Grant.MAKER:
        return allowed(Reason.RESOURCE_ALLOWS, granting) if missing is None else not_allowed_by(missing)
    if is_own and granting is None and _rests_on_resource_policy(facts, layers):
        return not_allowed_by(_resource_kind(facts, layers))
    identity = first_allow(layers.identity, facts)
    if identity is None and not _has_full_access(facts.principal):
        return not_allowed_by(PolicyKind.IDENTITY)
    if not is_own and granting is None:
        return not_allowed_by(_resource_kind(facts, layers))
    if missing is not None:
        return not_allowed_by(missing)
    if identity is None:
        return allowed(Reason.ROOT, granting)
    return allowed(Reason.IDENTITY_ALLOWS if granting is None else Reason.BOTH_ALLOW, granting, identity)


def _has_full_access(principal: Principal) -> bool:
    return principal.kind is PrincipalKind.ROOT or principal.issuer_arn.endswith(":root")


def _rests_on_resource_policy(facts: Facts, layers: Layers) -> bool:
    """Whether the resource's policy must let the caller in even within its account: roles and KMS keys."""
    if _resource_kind(facts, layers) is PolicyKind.TRUST:
        return True
    return facts.action.startswith("kms:") and ":key/" in facts.resource


def _resource_kind(facts: Facts, layers: Layers) -> PolicyKind:
    if facts.action in ROLE_ACTIONS or (layers.resource is not None and layers.resource.kind is PolicyKind.TRUST):
        return PolicyKind.TRUST
    return PolicyKind.RESOURCE
