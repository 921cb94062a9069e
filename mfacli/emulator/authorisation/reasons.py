"""Why it was decided so, in words for the log: clients get the cloud's own, shorter words."""

from __future__ import annotations

from collections.abc import Iterator

from mfacli.policy.proof import ElementProof, PolicyProof, StatementProof
from mfacli.policy.statement import Effect, StatementReference
from mfacli.policy.verdict import Decision, Verdict

# In lower case: the two clouds write them differently.
_NOT_CONDITIONS = frozenset({"principal", "notprincipal", "action", "notaction", "resource", "notresource"})


def log_reason(decision: Decision) -> str:
    """Return why it was decided so and by which statement; of an implicit denial, what nearly allowed it.

    That is known only of a decision with its proof.
    """
    where = [_named(statement) for statement in decision.statements]
    reason = f"{decision.sentence}: {', '.join(where)}" if where else decision.sentence
    if decision.verdict is not Verdict.IMPLICITLY_DENIED:
        return reason
    return "; ".join((reason, *_near_misses(decision.proof)))


def _near_misses(proof: tuple[PolicyProof, ...]) -> Iterator[str]:
    """Yield the statements that failed to allow by nothing but their conditions, and by which."""
    for policy in proof:
        for statement in policy.statements:
            missed = [element for element in statement.elements if not element.holds]
            if _allows_if(statement) and all(element.element.lower() not in _NOT_CONDITIONS for element in missed):
                conditions = " and ".join(_unmet(element) for element in missed)
                yield f"{_named(statement.reference)} would, but for {conditions}"


def _allows_if(statement: StatementProof) -> bool:
    return statement.effect is Effect.ALLOW and not statement.applies


def _unmet(element: ElementProof) -> str:
    wanted = " or ".join(f"`{value}`" for value in element.wanted)
    found = "the request lacks it" if element.found is None else f"it is {', '.join(f'`{v}`' for v in element.found)}"
    return f"{element.element} `{element.key}` {wanted} ({found})"


def _named(statement: StatementReference) -> str:
    return f"`{statement.policy}` statement {f'`{statement.sid}`' if statement.sid else statement.index + 1}"
