"""Policies with which users manage their own MFA devices: whether they get in, and whether a thief gets them out."""

from __future__ import annotations

from collections.abc import Iterator

from mfacli.policy.check import findings as rules
from mfacli.policy.check.findings import Finding, Mended
from mfacli.policy.check.mending import denying_without_mfa, with_listed, without_listed
from mfacli.policy.check.reach import Reach, covers
from mfacli.policy.check.subject import View, Views
from mfacli.policy.check.wording import called, conditions_shown, finding, listed
from mfacli.policy.document import Dialect
from mfacli.policy.elements import Value
from mfacli.policy.patterns import wildcard_tokens
from mfacli.policy.statement import PolicyKind

NEEDED_TO_ENROL = {
    "iam:CreateVirtualMFADevice": "create the device",
    "iam:EnableMFADevice": "enrol it",
    "iam:GetUser": "see their own user",
    "iam:ListMFADevices": "see their device",
    "iam:ListVirtualMFADevices": "see unassigned devices",
    "iam:ResyncMFADevice": "repair a device whose clock has drifted",
}
"""What AWS' own policy for the purpose leaves out of its Deny, besides sts:GetSessionToken, which no Deny reaches."""

_REMOVING = ("iam:DeleteVirtualMFADevice", "iam:DeactivateMFADevice")
_ABOUT_DEVICES = Reach(
    patterns=(tuple(wildcard_tokens("arn:*:iam::*:user/*")), tuple(wildcard_tokens("arn:*:iam::*:mfa/*"))),
    negated=False,
)
_OWN = "${aws:username}"


def device_findings(views: Views) -> Iterator[Finding]:
    """Find lock-outs and ways around in a policy that binds users."""
    document = views.subject.document
    if document.dialect is not Dialect.AWS or document.kind not in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY):
        return
    gates = [view for view in views.denies if _is_gate(view)]
    for gate in gates:
        yield from _locked_out(gate)
    for view in views.allows:
        yield from _removal(view, views)
        yield from _security_keys(view, views)
    for gate in gates:
        yield from _exempt_removal(gate, views)


def _is_gate(view: View) -> bool:
    """Whether a Deny refuses some without MFA, and nobody who has just given a code."""
    return bool(view.mfa) and view.truth.without_mfa and not view.truth.fresh and _is_about_devices(view)


def _is_about_devices(view: View) -> bool:
    return not view.others and covers(view.resources, _ABOUT_DEVICES)


def _locked_out(gate: View) -> Iterator[Finding]:
    element = gate.statement.action
    missing = [action for action in NEEDED_TO_ENROL if element.matches(action.lower())]
    if not missing:
        return
    cannot = ", ".join(NEEDED_TO_ENROL[action] for action in missing)
    yield finding(
        rules.LOCKED_OUT,
        gate,
        at=element.position,
        what=f"{called(gate)} denies {', '.join(f'`{action}`' for action in missing)} without MFA",
        who=f"a user who has no MFA yet cannot {cannot}",
        mended=_letting_enrol(gate, missing),
    )


def _letting_enrol(gate: View, missing: list[str]) -> str | None:
    element = gate.statement.action
    if element.negated:
        return with_listed(gate, missing)
    texts = [value.text for value in element.values]
    if any(text in ("*", "*:*") for text in texts):
        return with_listed(gate, [*NEEDED_TO_ENROL, "sts:GetSessionToken"])
    folded = {action.lower() for action in missing}
    unwanted = [text for text in texts if text.lower() in folded]
    is_enough = len(unwanted) == len(missing) and len(unwanted) < len(texts)
    return without_listed(gate, unwanted) if is_enough else None


def _exempt_removal(gate: View, views: Views) -> Iterator[Finding]:
    """Find a Deny without MFA that leaves out the removal of devices, which nothing else denies."""
    element = gate.statement.action
    if not element.negated:
        return
    exempt = [
        action
        for action in _REMOVING
        if not element.matches(action.lower()) and not _is_denied_without_mfa(action, views)
    ]
    if not exempt:
        return
    at = next(value for value in element.values if _matches(value, exempt[0]))
    unwanted = [value.text for value in element.values if any(_matches(value, action) for action in exempt)]
    is_literal = all(text in exempt for text in unwanted) and len(unwanted) < len(element.values)
    yield finding(
        rules.REMOVES_WITHOUT_MFA,
        gate,
        at=at.position,
        what=f"{called(gate)} leaves out {listed(exempt)}",
        who="whoever has a user's keys, but no code, may take the user's device away where an Allow lets the user",
        mended=without_listed(gate, unwanted) if is_literal else _denied_beside(exempt),
    )


def _denied_beside(actions: list[str]) -> list[Mended]:
    return [Mended(place="beside the others", statement=denying_without_mfa(actions))]


def _removal(view: View, views: Views) -> Iterator[Finding]:
    """Find an Allow by which users remove their own devices without MFA, and no Deny says otherwise."""
    if view.statement.action.negated or not view.truth.without_mfa or view.others:
        return
    resource = view.statement.resource
    if resource is None or not any(_OWN in value.text for value in resource.values):
        return
    removing = [action for action in _REMOVING if view.statement.action.matches(action.lower())]
    removing = [action for action in removing if not _is_denied_without_mfa(action, views)]
    # Where the Deny itself leaves it out, the finding is there.
    if not removing or any(_leaves_out(gate, removing) for gate in views.denies):
        return
    at = next(value for value in view.statement.action.values if _matches(value, removing[0]))
    yield finding(
        rules.REMOVES_WITHOUT_MFA,
        view,
        at=at.position,
        what=f"{called(view)} allows {listed(removing)} without MFA, and nothing in the policy denies it",
        who="whoever has a user's keys, but no code, may take the user's device away and enrol another",
        mended=_denied_beside(removing),
    )


def _leaves_out(gate: View, actions: list[str]) -> bool:
    return (
        gate.statement.action.negated
        and _is_gate(gate)
        and any(not gate.statement.action.matches(action.lower()) for action in actions)
    )


def _is_denied_without_mfa(action: str, views: Views) -> bool:
    denying = [
        view.truth
        for view in views.denies
        if view.statement.action.matches(action.lower()) and _is_about_devices(view)
    ]
    return any(truth.nothing for truth in denying) and any(truth.no_mfa for truth in denying)


def _security_keys(view: View, views: Views) -> Iterator[Finding]:
    """Find policies that let users enrol security keys and passkeys, and nothing that STS can check."""
    element = view.statement.action
    if element.negated or not element.matches("iam:enablemfadevice") or any(text == "*" for text in _texts(view)):
        return
    on_keys = [
        condition for condition in view.statement.conditions if condition.key.lower() == "iam:registersecuritykey"
    ]
    may_create = any(other.statement.action.matches("iam:createvirtualmfadevice") for other in views.allows)
    if on_keys:
        what, at = f"{conditions_shown(on_keys)} holds for security keys and passkeys alone", on_keys[0].position
    elif not may_create and any(":u2f/" in text for text in _texts(view)):
        what, at = f"{called(view)} is about devices `:u2f/`", element.position
    else:
        return
    yield finding(
        rules.SECURITY_KEYS_ONLY,
        view,
        at=at,
        what=what,
        who="users with such a device alone pass MFA in the console, but can open no session with MFA for the API",
    )


def _texts(view: View) -> list[str]:
    resource = view.statement.resource
    return [value.text for value in (*view.statement.action.values, *(resource.values if resource else ()))]


def _matches(value: Value, action: str) -> bool:
    pattern = Reach(patterns=(tuple(wildcard_tokens(value.text.lower())),), negated=False)
    return pattern.holds(action.lower())
