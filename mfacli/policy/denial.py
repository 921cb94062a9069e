"""The words in which AWS denies access (IAM guide, troubleshooting access denied messages)."""

from __future__ import annotations

from mfacli.policy.access import AccessRequest
from mfacli.policy.verdict import Decision, Reason


def denial_text(
    decision: Decision,
    request: AccessRequest,
    *,
    action: str | None = None,
    quotes_resource: bool = False,
    gives_reason: bool = True,
) -> str:
    """Return the message of a denial.

    `action` is the action as the service prints it (SQS in lower case, SNS with a capital prefix); by default as it
    was asked. S3 quotes the resource and gives no reason to strangers. AssumeRole never gives one.
    """
    shown_action = request.action if action is None else action
    resource = f'"{request.resource}"' if quotes_resource else request.resource
    text = f"User: {request.principal.arn} is not authorized to perform: {shown_action}"
    if request.resource not in ("", "*"):
        text += f" on resource: {resource}"
    if not gives_reason or decision.layer is None or request.action.lower() == "sts:assumerole":
        return text
    if decision.reason is Reason.EXPLICIT_DENY:
        return f"{text} with an explicit deny in {decision.layer.with_article}{_managed_policy(decision)}"
    return f"{text} because no {decision.layer.value} allows the {shown_action} action"


def _managed_policy(decision: Decision) -> str:
    """Return the ARN that AWS appends where the denying policy is a managed one."""
    statement = decision.statement
    return f": {statement.policy}" if statement is not None and statement.policy.startswith("arn:") else ""
