"""Puts a decision and its proof into words, as a tree that a command can draw. Knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from mfacli.policy.access import AccessRequest
from mfacli.policy.proof import ElementProof, PolicyProof, StatementProof
from mfacli.policy.statement import Effect, PolicyKind
from mfacli.policy.verdict import Decision, Verdict

_SHOWN_VALUES = 4


class Mark(Enum):
    """How a line is to be marked."""

    PLAIN = "plain"
    HOLDS = "holds"
    FAILS = "fails"
    ALLOWS = "allows"
    DENIES = "denies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One line of the tree and what is under it. `decides` marks the statements that the verdict rests on."""

    text: str
    mark: Mark = Mark.PLAIN
    decides: bool = False
    branches: tuple[Branch, ...] = ()


def explain(decision: Decision, request: AccessRequest) -> Branch:
    """Return the tree of a decision made with proof: verdict, then each layer's policies, statements and elements."""
    verdict = {
        Verdict.ALLOWED: "allowed",
        Verdict.EXPLICITLY_DENIED: "explicitly denied",
        Verdict.IMPLICITLY_DENIED: "implicitly denied",
    }[decision.verdict]
    asked = f"{request.principal.arn} asks for {request.action} on {request.resource}"
    return Branch(
        text=f"{verdict}: {decision.sentence}",
        mark=Mark.ALLOWS if decision.is_allowed else Mark.DENIES,
        branches=(Branch(text=asked), *_layers(decision)),
    )


def _layers(decision: Decision) -> Iterable[Branch]:
    for kind, policies in groupby(decision.proof, key=lambda proof: proof.kind):
        yield Branch(text=_plural(kind), branches=tuple(_policy(proof, decision) for proof in policies))


def _policy(proof: PolicyProof, decision: Decision) -> Branch:
    return Branch(
        text=proof.policy or "unnamed policy",
        branches=tuple(_statement(statement, decision) for statement in proof.statements),
    )


def _statement(proof: StatementProof, decision: Decision) -> Branch:
    reference = proof.reference
    name = reference.sid or f"statement {reference.index + 1}"
    where = f"line {reference.line}, column {reference.column}"
    if not proof.applies:
        mark, says = Mark.PLAIN, "does not apply"
    elif proof.effect is Effect.DENY:
        mark, says = Mark.DENIES, "applies"
    else:
        mark, says = Mark.ALLOWS, "applies"
    return Branch(
        text=f"{proof.effect.value} {name} ({where}) {says}",
        mark=mark,
        decides=reference in decision.statements,
        branches=tuple(_element(element) for element in proof.elements),
    )


def _element(proof: ElementProof) -> Branch:
    name = f"{proof.element} {proof.key}" if proof.key else proof.element
    return Branch(
        text=f"{name}: the policy says {_values(proof.wanted)}, the request {_found(proof)}",
        mark=Mark.HOLDS if proof.holds else Mark.FAILS,
    )


def _found(proof: ElementProof) -> str:
    if proof.found is None:
        return "has no such key"
    return f"has {_values(proof.found)}" if proof.key else f"is {_values(proof.found)}"


def _values(values: tuple[str, ...]) -> str:
    if not values:
        return "nothing"
    shown = ", ".join(values[:_SHOWN_VALUES])
    return f"{shown} and {len(values) - _SHOWN_VALUES} more" if len(values) > _SHOWN_VALUES else shown


def _plural(kind: PolicyKind) -> str:
    name = kind.value
    return f"{name[:-1]}ies" if name.endswith("y") else name
