"""What is in EC2's encoded message once STS has decoded it: the decision and, best of all, the request's MFA keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mfacli.policy.messages.explanation import Denial


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedMessage:
    """A decoded message. `context` holds the request's condition keys, `denied_by` the Sids of what denied."""

    denial: Denial
    context: Mapping[str, tuple[str, ...]]
    denied_by: tuple[str, ...]

    @property
    def mfa(self) -> str | None:
        """What the request carried as aws:MultiFactorAuthPresent, None where it carried nothing."""
        for key, values in self.context.items():
            if key.lower() == "aws:multifactorauthpresent" and values:
                return values[0].lower()
        return None

    @property
    def mfa_age_seconds(self) -> int | None:
        """How old its MFA was, None where it carried no age."""
        for key, values in self.context.items():
            if key.lower() == "aws:multifactorauthage" and values and values[0].isdigit():
                return int(values[0])
        return None


def read_decoded(text: str) -> DecodedMessage | None:
    """Return the decoded message that a text is, None for anything else.

    Taken as STS gives it, and as the AWS CLI prints it: with or without the `DecodedMessage` around it.
    """
    found = _object(text)
    inner = found.get("DecodedMessage")
    if isinstance(inner, str):
        found = _object(inner)
    context = found.get("context")
    if "allowed" not in found or not isinstance(context, dict):
        return None
    principal = context.get("principal")
    return DecodedMessage(
        denial=Denial(
            principal=_text(principal.get("arn")) if isinstance(principal, dict) else "",
            action=_text(context.get("action")),
            resource=_text(context.get("resource")),
            explicit=found.get("explicitDeny") is True,
        ),
        context=_conditions(context.get("conditions")),
        denied_by=tuple(_text(item.get("statementId")) for item in _items(found.get("matchedStatements"))),
    )


def _object(text: str) -> dict[str, object]:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _items(value: object) -> list[dict[str, object]]:
    items = value.get("items") if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _conditions(value: object) -> dict[str, tuple[str, ...]]:
    return {
        _text(item.get("key")): tuple(_text(inner.get("value")) for inner in _items(item.get("values")))
        for item in _items(value)
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
