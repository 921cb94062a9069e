"""A policy document, parsed once into a form that is never changed and quick to ask, with everything's position."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from mfacli.policy.aws_document import compile_aws
from mfacli.policy.json_source import read_json
from mfacli.policy.statement import Effect, Statement
from mfacli.policy.statement import PolicyKind as PolicyKind
from mfacli.policy.tencent_document import compile_tencent

_REMEMBERED_ACTIONS = 1_000


class Dialect(Enum):
    """The policy languages."""

    AWS = "aws"
    TENCENT = "tencent"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The statements of a document that are about one action."""

    denies: tuple[Statement, ...]
    allows: tuple[Statement, ...]


_NO_CANDIDATES = Candidates(denies=(), allows=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """A policy. `name` is what messages call it: its name, or its ARN where it is a managed one."""

    name: str
    kind: PolicyKind
    dialect: Dialect
    version: str
    statements: tuple[Statement, ...]
    _by_action: dict[str, Candidates] = field(default_factory=dict, repr=False)

    def candidates(self, action: str) -> Candidates:
        """Return the statements whose action fits; `action` is in lower case for AWS.

        Remembered per action, as most requests are for few actions. The memory is bounded; forgetting is harmless.
        """
        found = self._by_action.get(action)
        if found is None:
            found = self._candidates(action)
            if len(self._by_action) >= _REMEMBERED_ACTIONS:
                self._by_action.clear()
            self._by_action[action] = found
        return found

    def _candidates(self, action: str) -> Candidates:
        fitting = [statement for statement in self.statements if statement.action.matches(action)]
        if not fitting:
            return _NO_CANDIDATES  # one for all, as most policies are not about most actions
        return Candidates(
            denies=tuple(statement for statement in fitting if statement.effect is Effect.DENY),
            allows=tuple(statement for statement in fitting if statement.effect is Effect.ALLOW),
        )


def parse_document(text: str, *, kind: PolicyKind, dialect: Dialect = Dialect.AWS, name: str = "") -> Document:
    """Return the document that `text` is; raises `PolicyMalformed` and never accepts half of one."""
    root = read_json(text, name=name)
    compiled = compile_tencent(root, kind, name) if dialect is Dialect.TENCENT else compile_aws(root, kind, name)
    version, statements = compiled
    return Document(name=name, kind=kind, dialect=dialect, version=version, statements=statements)
