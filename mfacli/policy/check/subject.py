"""What is checked: one policy with its statements as they were written, and what it is attached to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from mfacli.policy.check.carried import Truth, either, telling_ages, truth_of
from mfacli.policy.check.keys import MfaKey, mfa_key_of
from mfacli.policy.check.reach import Reach, covers, reach_of_actions, reach_of_resources
from mfacli.policy.conditions import Condition
from mfacli.policy.document import Dialect, Document
from mfacli.policy.elements import PrincipalElement
from mfacli.policy.json_source import JsonObject
from mfacli.policy.statement import Effect, PolicyKind, Statement

COMPARED_STATEMENTS = 400
"""How many statements of a document are held against each of the others; no cloud takes a policy with more."""


class Attachment(Enum):
    """Whom a policy is attached to, where that is known."""

    UNKNOWN = "unknown"
    USER = "user"
    GROUP = "group"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One policy. `nodes` are its statements as written, `label` is what to call it, empty for a file of its own."""

    document: Document
    nodes: tuple[JsonObject, ...]
    label: str = ""
    attached_to: Attachment = Attachment.UNKNOWN

    @property
    def is_of_sessions_without_mfa(self) -> bool:
        """Whether whoever is under this policy can never carry MFA: the sessions of roles and federated users."""
        return self.attached_to is Attachment.ROLE or self.document.kind is PolicyKind.SESSION


class View:
    """One statement seen for its MFA conditions."""

    def __init__(self, statement: Statement, node: JsonObject, dialect: Dialect, ages: tuple[int, ...]) -> None:
        self.statement = statement
        self.node = node
        self.dialect = dialect
        self.mfa = tuple(
            condition for condition in statement.conditions if mfa_key_of(condition.key, dialect) is not None
        )
        self.others = tuple(condition for condition in statement.conditions if condition not in self.mfa)
        self.truth: Truth = truth_of(self.mfa, dialect, ages)

    @property
    def index(self) -> int:
        """The statement's place in its document, from 0."""
        return self.statement.reference.index

    @property
    def is_allow(self) -> bool:
        """Whether it allows."""
        return self.statement.effect is Effect.ALLOW

    @property
    def principal(self) -> PrincipalElement | None:
        """Whom it names, where it names anybody."""
        return self.statement.principal

    @cached_property
    def actions(self) -> Reach:
        """Which actions it is about."""
        return reach_of_actions(self.statement.action, self.dialect)

    @cached_property
    def resources(self) -> Reach:
        """Which resources it is about."""
        return reach_of_resources(self.statement.resource, self.dialect)

    def conditions_on(self, key: MfaKey) -> tuple[Condition, ...]:
        """Return its conditions on one of the keys of MFA."""
        return tuple(condition for condition in self.mfa if mfa_key_of(condition.key, self.dialect) is key)

    def covers(self, other: View) -> bool:
        """Whether this statement, as far as MFA goes, applies wherever the other does."""
        return (
            not self.others
            and _names_all_of(self.principal, other.principal)
            and covers(self.actions, other.actions)
            and covers(self.resources, other.resources)
        )


class Views:
    """All statements of a subject, seen together."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        document = subject.document
        on_age = (
            condition
            for statement in document.statements
            for condition in statement.conditions
            if mfa_key_of(condition.key, document.dialect) is MfaKey.AGE
        )
        ages = telling_ages(on_age)
        self.all = tuple(
            View(statement, node, document.dialect, ages)
            for statement, node in zip(document.statements, subject.nodes, strict=True)
        )
        self._allows = tuple(view for view in self.all if view.is_allow)[:COMPARED_STATEMENTS]
        self._denies = tuple(view for view in self.all if not view.is_allow)[:COMPARED_STATEMENTS]
        self._denied: dict[int, Truth] = {}

    @property
    def allows(self) -> tuple[View, ...]:
        """The statements that allow, as far as they are compared with others."""
        return self._allows

    @property
    def denies(self) -> tuple[View, ...]:
        """The statements that deny, as far as they are compared with others."""
        return self._denies

    def denied_within(self, view: View) -> Truth:
        """Return who is denied all that a statement is about, by it (if it denies) and by the others together."""
        found = self._denied.get(view.index)
        if found is None:
            denying = [deny.truth for deny in self.denies if deny is not view and deny.covers(view)]
            if view.is_allow:
                nobody = Truth(nothing=False, no_mfa=False, ages=tuple((age, False) for age, _ in view.truth.ages))
                denying.append(nobody)
            else:
                denying.append(view.truth)
            found = self._denied[view.index] = either(denying)
        return found


def _names_all_of(one: PrincipalElement | None, other: PrincipalElement | None) -> bool:
    if one is None or other is None:
        return True
    if one.negated or other.negated:
        return one.negated and other.negated and one.listed == other.listed
    return one.listed.everyone or {value.text for value in other.values} <= {value.text for value in one.values}
