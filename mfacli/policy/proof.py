"""What was compared while deciding: for each statement, which element failed, and the values on both sides."""

from __future__ import annotations

from dataclasses import dataclass

from mfacli.policy.conditions import Condition
from mfacli.policy.document import Document
from mfacli.policy.elements import ResourceRule
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


def _elements(statement: Statement, facts: Facts) -> list[ElementProof]:
    proofs: list[ElementProof] = []
    if statement.principal is not None:
        proofs.append(
            ElementProof(
                element=statement.principal.name,
                key="",
                position=statement.principal.position,
                holds=statement.grant(facts) is not Grant.NONE,
                wanted=tuple(value.text for value in statement.principal.values),
                found=(facts.principal.arn,),
            )
        )
    proofs.append(
        ElementProof(
            element=statement.action.name,
            key="",
            position=statement.action.position,
            holds=statement.action.matches(facts.action),
            wanted=tuple(value.text for value in statement.action.values),
            found=(facts.given_action,),
        )
    )
    if statement.resource is not None:
        proofs.append(
            ElementProof(
                element=statement.resource.name,
                key="",
                position=statement.resource.position,
                holds=statement.resource.matches(facts),
                wanted=_wanted(statement.resource, facts),
                found=(facts.resource,),
            )
        )
    proofs += [
        ElementProof(
            element=condition.operator,
            key=condition.key,
            position=condition.position,
            holds=condition.holds(facts),
            wanted=_wanted(condition, facts),
            found=condition.found(facts),
        )
        for condition in statement.conditions
    ]
    return proofs


def _wanted(element: ResourceRule | Condition, facts: Facts) -> tuple[str, ...]:
    """Return the policy's values; behind those with variables, what they come to."""
    meant = {template.written: template.shown(facts) or "without a value" for template in element.templates}
    return tuple(
        f"{value.text} ({meant[value.text]})" if value.text in meant else value.text for value in element.values
    )
