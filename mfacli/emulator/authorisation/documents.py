"""Policies as texts become documents once; the same text is not read twice."""

from __future__ import annotations

from functools import lru_cache, partial

from mfacli.emulator.contracts import NamedPolicy
from mfacli.policy.document import Dialect, Document, PolicyKind, parse_document

_KEPT = 2_000


class Documents:
    """Parsed policies, as many as are worth keeping. Safe to share between threads."""

    def __init__(self, dialect: Dialect = Dialect.AWS) -> None:
        self._parse = lru_cache(maxsize=_KEPT)(partial(_parsed, dialect))

    def parsed(self, policy: NamedPolicy, kind: PolicyKind) -> Document:
        """Return the document; raises `PolicyMalformed` where the stored text is none."""
        return self._parse(policy.text, kind, policy.arn or policy.name)


def _parsed(dialect: Dialect, text: str, kind: PolicyKind, name: str) -> Document:
    return parse_document(text, kind=kind, dialect=dialect, name=name)
