"""What STS refuses in a call's parameters beyond the limits in its model, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.emulator.callers import Caller
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.errors import PolicyMalformed
from mfacli.policy.document import PolicyKind, parse_document

_MOST_POLICIES = 10
HALF_A_PROOF = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."


def refuse_contradictory(operation: Operation, caller: Caller) -> None:
    """Raise `Refusal` where parameters contradict each other, the caller's session, or a grammar."""
    parameters = operation.parameters
    if ("SerialNumber" in parameters) != ("TokenCode" in parameters):
        raise Refusal(RefusalKind.ACCESS_DENIED, HALF_A_PROOF)
    _refuse_policy(parameters)
    _refuse_tags(parameters, caller)
    _refuse_source_identity(parameters, caller)


def text(parameters: Mapping[str, object], name: str) -> str | None:
    """Return a text parameter, or None where it was not sent."""
    value = parameters.get(name)
    return value if isinstance(value, str) else None


def tags(parameters: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the session tags of a call."""
    return tuple((str(tag["Key"]), str(tag["Value"])) for tag in _structures(parameters, "Tags"))


def transitive_keys(parameters: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys of the tags that a call passes on."""
    value = parameters.get("TransitiveTagKeys")
    return tuple(map(str, value)) if isinstance(value, Sequence) else ()


def policy_arns(parameters: Mapping[str, object]) -> tuple[str, ...]:
    """Return the ARNs of the managed session policies of a call."""
    return tuple(str(policy.get("arn", "")) for policy in _structures(parameters, "PolicyArns"))


def _structures(parameters: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = parameters.get(name)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, Sequence) else []


def _refuse_policy(parameters: Mapping[str, object]) -> None:
    arns = policy_arns(parameters)
    if len(arns) > _MOST_POLICIES:
        # The model does not tell this limit; the API reference does.
        message = (
            f"1 validation error detected: Value '[{', '.join(arns)}]' at 'policyArns' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_MOST_POLICIES}"
        )
        raise own_error("ValidationError", 400, message)
    policy = text(parameters, "Policy")
    if policy is None:
        return
    try:
        parse_document(policy, kind=PolicyKind.SESSION)
    except PolicyMalformed as error:
        raise own_error("MalformedPolicyDocument", 400, f"Syntax errors in policy: {error.message}") from error


def _refuse_tags(parameters: Mapping[str, object], caller: Caller) -> None:
    passed = [key.lower() for key, _ in tags(parameters)]
    if len(set(passed)) < len(passed):
        message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise own_error("InvalidParameterValue", 400, message)
    if any(key.startswith("aws:") for key in passed):
        raise own_error("InvalidParameterValue", 400, "Tag keys may not begin with aws:.")
    inherited = {key.lower() for key in caller.transitive_tags}
    if inherited.intersection(passed):
        message = (
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
            "from the calling session."
        )
        raise own_error("InvalidParameterValue", 400, message)
    if not {key.lower() for key in transitive_keys(parameters)} <= set(passed):
        message = "The specified transitive tag key must be included in the requested tags."
        raise own_error("InvalidParameterValue", 400, message)


def _refuse_source_identity(parameters: Mapping[str, object], caller: Caller) -> None:
    identity = text(parameters, "SourceIdentity")
    if identity is None:
        return
    if identity.lower().startswith("aws:"):
        raise own_error("ValidationError", 400, "SourceIdentity may not begin with aws:.")
    if caller.source_identity is not None and caller.source_identity != identity:
        message = "SourceIdentity cannot be changed once it has been set: the calling session has another one."
        raise Refusal(RefusalKind.ACCESS_DENIED, message)
