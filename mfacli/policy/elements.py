"""The elements of a statement other than its conditions, each with its values as written and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from mfacli.policy.facts import Facts
from mfacli.policy.json_source import Position
from mfacli.policy.patterns import Patterns
from mfacli.policy.principals import Grant, PrincipalSet
from mfacli.policy.variables import Template


class Value(NamedTuple):
    """One value as it is written in the document."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionElement:
    """Action, or with `negated` NotAction."""

    name: str
    position: Position
    values: tuple[Value, ...]
    negated: bool
    patterns: Patterns

    def matches(self, action: str) -> bool:
        """Whether the statement is about this action."""
        return self.patterns.match(action) != self.negated


class ResourceRule(Protocol):
    """What a statement says of the resource, in either language."""

    @property
    def name(self) -> str:
        """The element's name as written."""

    @property
    def position(self) -> Position:
        """Where the element stands."""

    @property
    def values(self) -> tuple[Value, ...]:
        """The entries as written."""

    @property
    def templates(self) -> tuple[Template, ...]:
        """The entries with variables."""

    def matches(self, facts: Facts) -> bool:
        """Whether the statement is about the request's resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceElement:
    """Resource of AWS, or with `negated` NotResource."""

    name: str
    position: Position
    values: tuple[Value, ...]
    negated: bool
    patterns: Patterns
    templates: tuple[Template, ...]

    def matches(self, facts: Facts) -> bool:
        """Whether the statement is about the request's resource."""
        return self.lists(facts) != self.negated

    def lists(self, facts: Facts) -> bool:
        """Whether one of the entries matches."""
        if self.patterns.match(facts.resource):
            return True
        return (
            any(template.matches(facts.resource, facts) for template in self.templates) if self.templates else False
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalElement:
    """Principal, or with `negated` NotPrincipal."""

    name: str
    position: Position
    values: tuple[Value, ...]
    negated: bool
    listed: PrincipalSet

    def grant(self, facts: Facts, *, is_deny: bool) -> Grant:
        """Return how the caller is named; Grant.NONE where the statement is not about it."""
        if not self.negated:
            return self.listed.grant_to(facts.principal)
        if is_deny:
            # The IAM guide: such a Deny always hits a principal with a permissions boundary, whoever is listed.
            is_spared = self.listed.spares(facts.principal) and not facts.has_boundary
        else:
            is_spared = self.listed.grant_to(facts.principal) is not Grant.NONE
        return Grant.NONE if is_spared else Grant.DIRECT
