"""Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}` of version 2012-10-17.

A value put in for a variable stands for itself, whatever stars it holds. A key that the request lacks, or has
several values for, has no value: the entry that needs it matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mfacli.policy.facts import ContextKeys
from mfacli.policy.patterns import Glob, Token, Wild, matches_pieces, wildcard_tokens

_VARIABLE = re.compile(r"\$\{([^{}]*+)\}")
_DEFAULTED = re.compile(r"(?P<key>[^,]*+), '(?P<default>[^']*+)'")


@dataclass(frozen=True, slots=True)
class Variable:
    """A key whose value is put in; `key` is in lower case."""

    key: str
    default: str | None


Part = Token | Variable


def variable_parts(text: str) -> list[Part]:
    """Cut an entry into literal runs, wildcards and variables."""
    if "${" not in text:
        return [*wildcard_tokens(text)]
    parts: list[Part] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts += wildcard_tokens(text[end : found.start()])
        end = found.end()
        name = found.group(1)
        if name in ("*", "?", "$"):
            parts.append(name)
            continue
        defaulted = _DEFAULTED.fullmatch(name)
        if defaulted:
            parts.append(Variable(defaulted["key"].strip().lower(), defaulted["default"]))
        else:
            parts.append(Variable(name.strip().lower(), None))
    parts += wildcard_tokens(text[end:])
    return _joined(parts)


def literal_parts(text: str) -> list[Part]:
    """Cut an entry of a version that knows no variables."""
    return list(wildcard_tokens(text))


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def without_variables(parts: Sequence[Part]) -> list[Token] | None:
    """Return the parts as plain tokens, None where a variable is among them."""
    tokens = [part for part in parts if not isinstance(part, Variable)]
    return tokens if len(tokens) == len(parts) else None


class Template:
    """An entry with variables in it; `written` is how it stands in the policy."""

    __slots__ = ("_parts", "_pieces", "_prefix", "written")

    def __init__(self, parts: Sequence[Part], written: str) -> None:
        self.written = written
        self._parts = tuple(parts)
        self._prefix = parts[0] if isinstance(parts[0], str) else ""
        self._pieces = None if Wild.ONE in parts else _between_stars(parts)

    def tokens(self, keys: ContextKeys) -> list[Token] | None:
        """Return the entry with the values put in, None where one is missing."""
        tokens: list[Token] = []
        for part in self._parts:
            if not isinstance(part, Variable):
                tokens.append(part)
                continue
            value = _value(part, keys)
            if value is None:
                return None
            if value:
                tokens.append(value)
        return tokens

    def matches(self, text: str, keys: ContextKeys) -> bool:
        """Whether the text has the shape of the entry with the values put in."""
        if not text.startswith(self._prefix):
            return False
        if self._pieces is None:
            tokens = self.tokens(keys)
            return tokens is not None and Glob(tokens).matches(text)
        pieces: list[str] = []
        for parts in self._pieces:
            piece = ""
            for part in parts:
                value = part if isinstance(part, str) else _value(part, keys)
                if value is None:
                    return False
                piece += value
            pieces.append(piece)
        return matches_pieces(pieces, text)

    def shown(self, keys: ContextKeys) -> str | None:
        """Return the entry as it reads with the values put in, None where one is missing."""
        tokens = self.tokens(keys)
        if tokens is None:
            return None
        return "".join(token if isinstance(token, str) else token.value for token in tokens)


def _value(variable: Variable, keys: ContextKeys) -> str | None:
    value = keys.single_value(variable.key)
    return variable.default if value is None else value


def _between_stars(parts: Sequence[Part]) -> tuple[tuple[str | Variable, ...], ...]:
    pieces: list[list[str | Variable]] = [[]]
    for part in parts:
        if isinstance(part, Wild):
            pieces.append([])
        else:
            pieces[-1].append(part)
    return tuple(tuple(piece) for piece in pieces)
