"""A demand for MFA that another statement of the same policy makes vain by allowing the same without it."""

from __future__ import annotations

from collections.abc import Iterator

from mfacli.policy.check import findings as rules
from mfacli.policy.check.demands import is_demand
from mfacli.policy.check.findings import Finding, Mended
from mfacli.policy.check.mending import denial_of
from mfacli.policy.check.reach import Reach, plain_action, shared
from mfacli.policy.check.subject import View, Views
from mfacli.policy.check.wording import called, finding
from mfacli.policy.elements import PrincipalElement


def undone_findings(views: Views) -> Iterator[Finding]:
    """Find Allows without MFA for what other Allows demand MFA for; one finding for each Allow."""
    protected = [view for view in views.allows if view.mfa and is_demand(view, views)]
    for view in views.allows:
        if view.mfa:
            continue
        for guarded in protected:
            found = _undoing(view, guarded, views)
            if found is not None:
                yield found
                break


def _undoing(view: View, guarded: View, views: Views) -> Finding | None:
    if not _share_principals(view.principal, guarded.principal):
        return None
    action = shared(guarded.actions, view.actions)
    resource = shared(guarded.resources, view.resources)
    if action is None or resource is None or _is_denied(action, resource, views):
        return None
    example = _example(action, guarded, view)
    also = ", where its own conditions hold" if view.others else ""
    return finding(
        rules.UNDONE,
        view,
        at=view.statement.action.position,
        what=f"{called(view)} allows {example} without MFA{also}, and {called(guarded)} demands MFA for it",
        who=f"an access key without a code is enough for {example}",
        mended=[Mended(place="beside the others, as no Allow outweighs it", statement=denial_of(guarded))],
    )


def _is_denied(action: str, resource: str, views: Views) -> bool:
    """Whether the document's Denies refuse this to everybody without MFA."""
    denying = [
        view.truth
        for view in views.denies
        if not view.others and view.actions.holds(action) and view.resources.holds(resource)
    ]
    return any(truth.nothing for truth in denying) and any(truth.no_mfa for truth in denying)


def _example(action: str, guarded: View, view: View) -> str:
    """Return an action in the case in which the policy writes it, or what is written on both sides."""
    written = [_written_for(action, guarded), _written_for(action, view)]
    literal = [text for text in written if text is not None and plain_action(text, view.dialect) == action]
    if literal:
        return f"`{literal[0]}`"
    patterns = list(dict.fromkeys(text for text in written if text is not None))
    return f"what is both {' and '.join(f'`{text}`' for text in patterns)}" if patterns else f"`{action}`"


def _written_for(action: str, view: View) -> str | None:
    """Return the entry by which a statement is about an action, None where it is so by not listing it."""
    if view.actions.negated:
        return None
    for value, pattern in zip(view.statement.action.values, view.actions.patterns, strict=True):
        if Reach((pattern,), negated=False).holds(action):
            return value.text
    return None


def _share_principals(one: PrincipalElement | None, other: PrincipalElement | None) -> bool:
    if one is None or other is None or one.negated or other.negated:
        return True
    if one.listed.everyone or other.listed.everyone:
        return True
    return bool({value.text for value in one.values} & {value.text for value in other.values}) or bool(
        one.listed.accounts & other.listed.accounts
    )
