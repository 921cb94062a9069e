"""One condition of a statement: an operator, a key, and the values it may have.

Operators and keys are joined by AND, values by OR; a negated operator holds when none of its values matches. What a
missing key means depends on operator and dialect, which say so when the condition is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from mfacli.policy.elements import Value
from mfacli.policy.facts import ContextKeys
from mfacli.policy.json_source import Position
from mfacli.policy.variables import Template


class Quantifier(Enum):
    """How an operator treats a key with several values."""

    SINGLE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


class Comparison(Protocol):
    """The policy's values of one key, ready to be compared with the request's."""

    @property
    def templates(self) -> tuple[Template, ...]:
        """The values with variables."""

    def matches(self, value: str, keys: ContextKeys) -> bool | None:
        """Whether the value is among the policy's; None where the two cannot be compared."""


class Presence(Enum):
    """What Null operators ask for."""

    ABSENT = "true"
    PRESENT = "false"


class Condition(Protocol):
    """A condition, whatever its operator."""

    @property
    def operator(self) -> str:
        """The operator as written."""

    @property
    def key(self) -> str:
        """The key as written."""

    @property
    def position(self) -> Position:
        """Where the key stands."""

    @property
    def values(self) -> tuple[Value, ...]:
        """The values as written."""

    @property
    def templates(self) -> tuple[Template, ...]:
        """The values with variables."""

    def holds(self, keys: ContextKeys) -> bool:
        """Whether the request fulfils it."""

    def found(self, keys: ContextKeys) -> tuple[str, ...] | None:
        """Return the request's values of the key, None where it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCondition:
    """A condition that compares values.

    `lookup` is the key as the context is asked for it, `holds_without` whether a request that lacks it fulfils the
    condition.
    """

    operator: str
    key: str
    position: Position
    values: tuple[Value, ...]
    lookup: str
    comparison: Comparison
    negated: bool
    quantifier: Quantifier
    holds_without: bool

    @property
    def templates(self) -> tuple[Template, ...]:
        """The values with variables."""
        return self.comparison.templates

    def holds(self, keys: ContextKeys) -> bool:
        """Whether the request fulfils it.

        Several values without a set operator cannot be compared, and neither can a value that is no number, date or
        address: false, negated or not.
        """
        found = keys.values(self.lookup)
        if not found:
            return self.holds_without
        if self.quantifier is Quantifier.SINGLE:
            return len(found) == 1 and self._fits(found[0], keys)
        is_any = self.quantifier is Quantifier.ANY
        if not any(found):  # empty text is an empty set to the set operators
            return not is_any
        return any(self._fits(value, keys) for value in found) if is_any else self._all_fit(found, keys)

    def found(self, keys: ContextKeys) -> tuple[str, ...] | None:
        """Return the request's values of the key, None where it is missing."""
        return keys.values(self.lookup)

    def _all_fit(self, found: tuple[str, ...], keys: ContextKeys) -> bool:
        return all(self._fits(value, keys) for value in found)

    def _fits(self, value: str, keys: ContextKeys) -> bool:
        matched = self.comparison.matches(value, keys)
        return matched is not None and matched != self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class NullCondition:
    """A condition on whether a key is there at all."""

    operator: str
    key: str
    position: Position
    values: tuple[Value, ...]
    lookup: str
    wanted: frozenset[Presence]

    @property
    def templates(self) -> tuple[Template, ...]:
        """No values: presence is asked for without variables."""
        return ()

    def holds(self, keys: ContextKeys) -> bool:
        """Whether the key is missing, or there, as wanted."""
        return (Presence.PRESENT if keys.values(self.lookup) else Presence.ABSENT) in self.wanted

    def found(self, keys: ContextKeys) -> tuple[str, ...] | None:
        """Return the request's values of the key, None where it is missing."""
        return keys.values(self.lookup)
