"""What becomes of a demand for MFA where the policy is attached: to a role, a resource, an organization."""

from __future__ import annotations

from collections.abc import Iterator

from mfacli.policy.check import findings as rules
from mfacli.policy.check.demands import has_people, is_demand, is_without_device
from mfacli.policy.check.findings import Finding, Mended
from mfacli.policy.check.mending import (
    age_limit,
    demanding_trust,
    for_users_only,
    with_listed,
    with_mfa_demanded,
    with_principals,
    without_listed,
    without_mfa,
)
from mfacli.policy.check.subject import View, Views
from mfacli.policy.check.wording import THIS, called, conditions_shown, doing, finding, listed, the_actions
from mfacli.policy.document import Dialect
from mfacli.policy.elements import PrincipalElement, Value
from mfacli.policy.statement import PolicyKind

_SESSION_TOKEN = "sts:getsessiontoken"
# GetSessionToken's credentials may call AssumeRole and GetCallerIdentity only (STS API reference).
_CLOSED_TO_SESSIONS = frozenset(
    {
        "sts:getfederationtoken",
        "sts:decodeauthorizationmessage",
        "sts:getaccesskeyinfo",
        "sts:getservicebearertoken",
        "sts:getwebidentitytoken",
    }
)
_TELLS_ROLES_APART = ("aws:principalarn", "aws:principaltype", "aws:principalisawsservice")


def role_findings(view: View, views: Views) -> Iterator[Finding]:
    """Find conditions on MFA in what binds sessions that never carry it."""
    if not view.mfa:
        return
    written = conditions_shown(view.mfa)
    is_session_policy = views.subject.document.kind is PolicyKind.SESSION
    whose = "the sessions of AssumeRole and GetFederationToken" if is_session_policy else "the role's sessions"
    holds = view.truth.no_mfa
    if view.is_allow:
        who = f"{whose} may never {doing(view)}" if not holds else f"{whose} may always {doing(view)}"
    else:
        who = f"{whose} are always refused {the_actions(view)}" if holds else f"{whose} are never refused anything"
    mended = [Mended(place=THIS, statement=without_mfa(view))] if view.is_allow else []
    if not is_session_policy:
        place = "in the role's trust policy" + ("" if view.is_allow else "; this statement goes")
        mended.append(Mended(place=place, statement=demanding_trust(age_limit(view))))
    yield finding(
        rules.ROLE_NEVER,
        view,
        what=f"{written} {'always' if holds else 'never'} holds: {whose} carry the key with `false`, and no age",
        who=who,
        mended=mended,
    )


def trust_findings(view: View, views: Views) -> Iterator[Finding]:
    """Find principals that can never give a code, and accounts whose devices are trusted."""
    principal = view.principal
    if principal is None or principal.negated or not view.mfa or not view.is_allow:
        return
    if view.dialect is not Dialect.AWS or not is_demand(view, views):
        return
    outsiders = _without_device(principal)
    if outsiders:
        yield finding(
            rules.TRUST_NEVER,
            view,
            at=outsiders[0].position,
            what=f"{conditions_shown(view.mfa)} never holds for {listed([value.text for value in outsiders])}",
            who=f"{listed([value.text for value in outsiders])} can never assume the role by {called(view)}",
            mended=demanding_of_people(view, principal),
        )
    trusted = [value for value in principal.values if value.text.isdigit() or value.text.endswith(":root")]
    if trusted:
        accounts = listed([value.text for value in trusted])
        yield finding(
            rules.TRUST_FOREIGN,
            view,
            at=trusted[0].position,
            what=f"the MFA that {called(view)} demands is that of account {accounts}",
            who="whoever may create virtual devices there can satisfy it, which matters where it is not your account",
        )


def resource_findings(view: View, views: Views) -> Iterator[Finding]:
    """Find what a resource's policy, or an organization's, does to role sessions."""
    if not view.mfa or view.dialect is not Dialect.AWS:
        return
    kind = views.subject.document.kind
    if view.is_allow:
        if kind is PolicyKind.RESOURCE and is_demand(view, views):
            yield finding(
                rules.RESOURCE_EXCLUDES_ROLES,
                view,
                what=f"{conditions_shown(view.mfa)} is met by GetSessionToken with a code, and nothing else",
                who=f"credentials from AssumeRole may never {doing(view)} by {called(view)}",
            )
        return
    tells_apart = any(condition.key.lower() in _TELLS_ROLES_APART for condition in view.others)
    if not view.truth.no_mfa or view.truth.fresh or tells_apart:
        return
    is_of_organization = kind in (PolicyKind.SCP, PolicyKind.RCP)
    yield finding(
        rules.SCP_HITS_ROLES if is_of_organization else rules.DENY_HITS_ROLES,
        view,
        what=f"{conditions_shown(view.mfa)} holds for every role session",
        who=f"credentials from AssumeRole are refused {the_actions(view)}, however the role was assumed",
        mended=for_users_only(view),
    )


def sts_findings(view: View, views: Views) -> Iterator[Finding]:
    """Find statements about calls of STS that policies do not control, or that no session with MFA may make."""
    element = view.statement.action
    names = [value for value in element.values if value.text.lower() == _SESSION_TOKEN]
    if names and not element.negated:
        rest = [value.text for value in element.values if value not in names]
        yield finding(
            rules.NOT_CONTROLLED,
            view,
            at=names[0].position,
            what=f"{called(view)} names `{names[0].text}`",
            who="every user may call it with long-term keys, whatever policies say",
            mended=without_listed(view, [value.text for value in names]) if rest else None,
        )
    elif not view.is_allow and is_demand(view, views) and element.matches(_SESSION_TOKEN):
        yield finding(
            rules.NOT_CONTROLLED,
            view,
            at=element.position,
            what=f"{called(view)} does not leave out `sts:GetSessionToken`",
            who="it can be called all the same; AWS' own policies list it, so that readers need not know",
            mended=with_listed(view, ["sts:GetSessionToken"]) if element.negated else None,
        )
    if not view.is_allow or not view.mfa or not is_demand(view, views):
        return
    closed = [value for value in element.values if value.text.lower() in _CLOSED_TO_SESSIONS]
    if closed and not element.negated:
        yield finding(
            rules.NOT_FROM_SESSION,
            view,
            at=closed[0].position,
            what=f"MFA is demanded for {listed([value.text for value in closed])}",
            who="nobody can make the call: with long-term keys there is no MFA, with a session of GetSessionToken "
            "only AssumeRole and GetCallerIdentity",
        )


def tencent_findings(view: View) -> Iterator[Finding]:
    """Find actions that Tencent Cloud's MFA key is probably not offered for."""
    if view.dialect is not Dialect.TENCENT or not view.mfa:
        return
    for value in view.statement.action.values:
        if value.text.removeprefix("name/").startswith("sts:"):
            yield finding(
                rules.TENCENT_NOT_OFFERED,
                view,
                at=value.position,
                what=f"`{value.text}` has no IP restriction, and `qcs:mfaPresent` is offered where that is",
                who="whether the condition is asked at all is not documented",
            )
            return


def _without_device(principal: PrincipalElement) -> list[Value]:
    return [value for value in principal.values if is_without_device(principal, value.text)]


def demanding_of_people(view: View, principal: PrincipalElement) -> tuple[Mended, ...]:
    """Return a trust policy's statement for those without devices, and one for the people if there are any."""
    outsiders = {value.text for value in _without_device(principal)}
    if not outsiders:
        return (Mended(place=THIS, statement=with_mfa_demanded(view)),)
    without = with_principals(view, lambda text: text in outsiders, demands_mfa=False)
    if not has_people(principal):
        return (Mended(place=THIS, statement=without),)
    people = with_principals(view, lambda text: text not in outsiders, demands_mfa=True)
    return (Mended(place=THIS, statement=people), Mended(place="beside it", statement=without))
