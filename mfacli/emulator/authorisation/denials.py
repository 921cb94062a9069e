"""How each service words a denial."""

from __future__ import annotations

from mfacli.emulator.authorisation.layers import BY_TRUST
from mfacli.policy.access import AccessRequest
from mfacli.policy.denial import denial_text
from mfacli.policy.verdict import Decision

_UNEXPLAINED = "Access Denied"
_EC2_FIRST = "You are not authorized to perform this operation. "
_EC2_LAST = ". Encoded authorization failure message: "


def denial_message(service: str, decision: Decision, request: AccessRequest, *, encoded: str) -> str:
    """Return the complete message of a denial by `service`; `encoded` is what EC2 hands out with it.

    S3 explains itself to callers of the bucket's own account only. Taking a role is never explained: a role that does
    not exist must look like one that may not be taken.
    """
    action = request.action
    match service:
        case "s3":
            if not request.principal.account_id or request.principal.account_id != request.owner_account:
                return _UNEXPLAINED
            return denial_text(decision, request, quotes_resource=True)
        case "sqs":
            return denial_text(decision, request, action=action.lower())
        case "sns":
            return denial_text(decision, request, action=action.replace("sns:", "SNS:", 1))
        case "ec2":
            return f"{_EC2_FIRST}{denial_text(decision, request)}{_EC2_LAST}{encoded}"
        case _:
            return denial_text(decision, request, gives_reason=action not in BY_TRUST)
