"""One statement of a policy, and where it stands: in which policy of which layer, at which place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfacli.policy.conditions import Condition
from mfacli.policy.elements import ActionElement, PrincipalElement, ResourceRule
from mfacli.policy.facts import Facts
from mfacli.policy.json_source import Position
from mfacli.policy.principals import Grant


class PolicyKind(Enum):
    """The layers that documents come from, by the names that the clouds' messages use."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    SESSION = "session policy"
    BOUNDARY = "permissions boundary"
    SCP = "service control policy"
    RCP = "resource control policy"

    @property
    def with_article(self) -> str:
        """The name as a sentence takes it."""
        return f"{'an' if self is PolicyKind.IDENTITY else 'a'} {self.value}"


class Effect(Enum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReference:
    """Where a statement stands: in which policy of which layer, and at which place. `index` counts from 0."""

    policy: str
    kind: PolicyKind
    index: int
    sid: str
    position: Position

    @property
    def line(self) -> int:
        """The line that the statement begins in, from 1."""
        return self.position.line

    @property
    def column(self) -> int:
        """The column that the statement begins in, from 1."""
        return self.position.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. `resource` is None where the document is about one thing only; `principal` likewise."""

    reference: StatementReference
    effect: Effect
    action: ActionElement
    resource: ResourceRule | None
    principal: PrincipalElement | None
    conditions: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether resource and conditions fit; action and principal are asked for separately."""
        if self.resource is not None and not self.resource.matches(facts):
            return False
        for condition in self.conditions:  # noqa: SIM110 - a generator costs a third of a decision
            if not condition.holds(facts):
                return False
        return True

    def grant(self, facts: Facts) -> Grant:
        """Return how the statement, if it is about the caller at all, names it."""
        if self.principal is None:
            return Grant.DIRECT
        return self.principal.grant(facts, is_deny=self.effect is Effect.DENY)
