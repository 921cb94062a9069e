"""What was compared while deciding: for each statement, which element failed, and the values on both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mfacli.policy.conditions import Condition
from mfacli.policy.document import Document
from mfacli.policy.elements import ActionElement, PrincipalElement, ResourceRule
from mfacli.policy.facts import Facts
from mfacli.policy.json_source import Position
from mfacli.policy.principals import Grant
from mfacli.policy.statement import Effect, PolicyKind, Statement, StatementReference


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementProof:
    """One element held against the request.

    `element` is its name, for conditions the operator; `key` the condition key. `wanted` is what the policy says,
    with the values of variables; `found` what the request has, None where it lacks the key.
    """

    element: str
    key: str
    position: Position
    holds: bool
    wanted: tuple[str, ...]
    found: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementProof:
    """One statement held against the request."""

    reference: StatementReference
    effect: Effect
    applies: bool
    elements: tuple[ElementProof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProof:
    """One policy held against the request."""

    policy: str
    kind: PolicyKind
    statements: tuple[StatementProof, ...]


def prove_policy(document: Document, facts: Facts) -> PolicyProof:
    """Hold every statement of a policy against the request."""
    return PolicyProof(
        policy=document.name,
        kind=document.kind,
        statements=tuple(prove_statement(statement, facts) for statement in document.statements),
    )


def prove_statement(statement: Statement, facts: Facts) -> StatementProof:
    """Hold every element of a statement against the request, also behind the first that fails."""
    elements = tuple(_elements(statement, facts))
    return StatementProof(
        reference=statement.reference,
        effect=statement.effect,
        applies=all(element.holds for element in elements),
        elements=elements,
    )


def _elements(statement: Statement, facts: Facts) -> Iterable[ElementProof]:
    principal, action, resource = statement.principal, statement.action, statement.resource
    if principal is not None:
        holds = statement.grant(facts) is not Grant.NONE
        yield _proof(principal, holds, tuple(value.text for value in principal.values), facts.principal.arn)
    wanted = tuple(value.text for value in action.values)
    yield _proof(action, action.matches(facts.action), wanted, facts.given_action)
    if resource is not None:
        yield _proof(resource, resource.matches(facts), _wanted(resource, facts), facts.resource)
    for condition in statement.conditions:
        yield ElementProof(
            element=condition.operator,
            key=condition.key,
            position=condition.position,
            holds=condition.holds(facts),
            wanted=_wanted(condition, facts),
            found=condition.found(facts),
        )


def _proof(
    element: PrincipalElement | ActionElement | ResourceRule, holds: bool, wanted: tuple[str, ...], found: str
) -> ElementProof:
    return ElementProof(
        element=element.name, key="", position=element.position, holds=holds, wanted=wanted, found=(found,)
    )


def _wanted(element: ResourceRule | Condition, facts: Facts) -> tuple[str, ...]:
    """Return the policy's values; behind those with variables, what they come to."""
    meant = {template.written: template.shown(facts) or "without a value" for template in element.templates}
    return tuple(
        f"{value.text} ({meant[value.text]})" if value.text in meant else value.text for value in element.values
    )
