"""EC2's encoded authorization failure message: what was decided and why, sealed so that only the permitted read it.

Its JSON has the shape shown in the documentation of DecodeAuthorizationMessage; lists are objects with `items`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.identity import parse_arn
from mfacli.emulator.contracts import Sealer
from mfacli.policy.access import Layers
from mfacli.policy.search import documents_of
from mfacli.policy.statement import Statement
from mfacli.policy.verdict import Decision, Verdict

# The seal may guard other texts of the world too, session tokens for one; none of them begins like this.
_MARK = "authorization-failure:"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyingStatement:
    """The statement that denied: its Sid and its elements as written."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What an encoded message says. `denied_by` is empty for an implicit denial."""

    principal_id: str
    principal_arn: str
    principal_name: str
    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]]
    is_explicit: bool
    denied_by: tuple[DenyingStatement, ...] = ()


def denying_statements(decision: Decision, layers: Layers) -> tuple[DenyingStatement, ...]:
    """Return the statements that an explicit denial rests on, with their elements as written."""
    if decision.verdict is not Verdict.EXPLICITLY_DENIED:
        return ()
    found = (statement for document in documents_of(layers) for statement in document.statements)
    return tuple(_denying(statement) for statement in found if statement.reference in decision.statements)


def _denying(statement: Statement) -> DenyingStatement:
    return DenyingStatement(
        sid=statement.reference.sid,
        actions=tuple(value.text for value in statement.action.values),
        resources=tuple(value.text for value in statement.resource.values) if statement.resource else (),
        conditions={
            condition.key: tuple(value.text for value in condition.values) for condition in statement.conditions
        },
    )


def encode(failure: Failure, sealer: Sealer) -> str:
    """Return the failure as an opaque text of `A-Za-z0-9_-`."""
    return sealer.seal(_MARK + json.dumps(described(failure), separators=(",", ":")))


def decode(text: str, sealer: Sealer) -> str | None:
    """Return the JSON inside an encoded message; None for anything that is no such message of this world."""
    opened = sealer.open(text)
    if opened is None or not opened.startswith(_MARK):
        return None
    return opened.removeprefix(_MARK)


def described(failure: Failure) -> dict[str, object]:
    """Return the failure in AWS's shape."""
    principal = {"id": failure.principal_id, "name": failure.principal_name, "arn": failure.principal_arn}
    return {
        "allowed": False,
        "explicitDeny": failure.is_explicit,
        "matchedStatements": _items(_statement(statement, failure) for statement in failure.denied_by),
        "failures": _items(()),
        "context": {
            "principal": {key: value for key, value in principal.items() if value},
            "action": failure.action,
            "resource": failure.resource,
            "conditions": _conditions({**failure.context, **_resource_keys(failure.resource)}),
        },
    }


def _statement(statement: DenyingStatement, failure: Failure) -> dict[str, object]:
    return {
        "statementId": statement.sid,
        "effect": "DENY",
        "principals": _items([{"value": failure.principal_id}]),
        "principalGroups": _items(()),
        "actions": _values(statement.actions),
        "resources": _values(statement.resources),
        "conditions": _conditions(statement.conditions),
    }


def _resource_keys(resource: str) -> dict[str, str]:
    """Return the pseudo keys in which AWS takes the resource's ARN apart."""
    arn = parse_arn(resource)
    if arn is None:
        return {}
    kind, _, name = arn.resource.partition("/")
    found = {
        "aws:ARN": resource,
        "aws:Account": arn.account_id,
        "aws:ID": name,
        "aws:Region": arn.region,
        "aws:Resource": arn.resource,
        "aws:Service": arn.service,
        "aws:Type": kind,
    }
    return {key: value for key, value in found.items() if value}


def _conditions(keys: Mapping[str, str | Sequence[str]]) -> dict[str, object]:
    return _items(
        {"key": key, "values": _values([value] if isinstance(value, str) else value)}
        for key, value in sorted(keys.items())
    )


def _values(values: Iterable[str]) -> dict[str, object]:
    return _items({"value": value} for value in values)


def _items(items: Iterable[object]) -> dict[str, object]:
    return {"items": list(items)}
