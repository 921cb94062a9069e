"""How Tencent Cloud's CAM decides (page 598/10605): a matching deny, else a matching allow, else no.

Root has everything in its account. Across accounts both sides must allow, and a role wants both from everyone.
Boundary and session policy limit every grant, whoever gives it: CAM documents no way around them.
"""

from __future__ import annotations

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.facts import Facts
from mfacli.policy.principals import Grant, PrincipalKind
from mfacli.policy.search import allowed, first_allow, forbidden, missing_limit, not_allowed_by, strongest_grant
from mfacli.policy.statement import PolicyKind
from mfacli.policy.tencent_document import plain_action
from mfacli.policy.verdict import Decision, Reason, Verdict

_UNCONTROLLED = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""Neither is among the operations that CAM controls (598/70020); the MFA page's users get no right to the second."""

ROLE_ACTION = "sts:AssumeRole"
_HAVE_NO_POLICIES = frozenset({PrincipalKind.ANONYMOUS, PrincipalKind.SERVICE, PrincipalKind.IDENTITY_PROVIDER})


class TencentFacts(Facts):
    """A request as CAM statements are held against it: key names have case, and the caller gives the variables."""

    __slots__ = ()

    def single_value(self, key: str) -> str | None:
        """Return the value of one of the variables, None where it has none."""
        if key == "owner_uin":
            return self.principal.account_id or None
        if key == "uin":
            match self.principal.kind:
                case PrincipalKind.ROOT:
                    return self.principal.account_id
                case PrincipalKind.USER:
                    return self.principal.arn.rpartition("/")[2]
                case _:
                    return super().single_value("qcs:uin")
        return super().single_value(key)


def tencent_facts(request: AccessRequest, layers: Layers) -> Facts:
    """Return the request as CAM statements are held against it."""
    return TencentFacts(
        principal=request.principal,
        action=plain_action(request.action),
        given_action=request.action,
        resource=request.resource,
        owner_account=request.owner_account,
        context=request.context,
        has_boundary=bool(layers.boundaries),
        fold=False,
    )


def decide_tencent(facts: Facts, layers: Layers) -> Decision:
    """Return the verdict and its reason, without proof."""
    if facts.action in _UNCONTROLLED and facts.principal.kind is not PrincipalKind.ANONYMOUS:
        return Decision(verdict=Verdict.ALLOWED, reason=Reason.NOT_CONTROLLED)
    denial = forbidden(facts, layers)
    if denial is not None:
        return denial
    is_role = facts.action == ROLE_ACTION or (
        layers.resource is not None and layers.resource.kind is PolicyKind.TRUST
    )
    resource_kind = PolicyKind.TRUST if is_role else PolicyKind.RESOURCE
    grant, granting = strongest_grant(layers.resource, facts)
    if facts.principal.kind in _HAVE_NO_POLICIES:
        return not_allowed_by(resource_kind) if granting is None else allowed(Reason.RESOURCE_ALLOWS, granting)
    is_own = facts.owner_account == facts.principal.account_id
    needs_both = is_role or not is_own
    missing = missing_limit(facts, layers)
    if not needs_both and grant > Grant.ACCOUNT:
        return allowed(Reason.RESOURCE_ALLOWS, granting) if missing is None else not_allowed_by(missing)
    identity = first_allow(layers.identity, facts)
    if identity is None and facts.principal.kind is not PrincipalKind.ROOT:
        return not_allowed_by(PolicyKind.IDENTITY)
    if needs_both and granting is None:
        return not_allowed_by(resource_kind)
    if missing is not None:
        return not_allowed_by(missing)
    if identity is None:
        return allowed(Reason.ROOT, granting)
    return allowed(Reason.IDENTITY_ALLOWS if granting is None else Reason.BOTH_ALLOW, granting, identity)
