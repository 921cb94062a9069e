"""Reads one table of a world file value by value, so that whatever is wrong is named with its file and place."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from datetime import timedelta

from mfacli.emulator.world.model import PolicyText, Tags
from mfacli.errors import EmulatorProblem, PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document


class Place:
    """A table of the file.

    `where` is its dotted name, empty for the file itself. Every key that is asked for counts as known; `finish`
    refuses the others, which are misspellings.
    """

    def __init__(self, values: Mapping[str, object], *, file: str, where: str = "") -> None:
        self._values = values
        self._file = file
        self._known: list[str] = []
        self.where = where

    def problem(self, text: str, *, key: str = "", hint: str = "") -> EmulatorProblem:
        """Return the error that says `text` of this place or of one of its keys."""
        place = self.place_of(key) if key else self.where
        return EmulatorProblem(
            f"`{place}` in `{self._file}` {text}" if place else f"`{self._file}` {text}", hint=hint
        )

    def place_of(self, key: str) -> str:
        """Return the dotted name of a key."""
        return f"{self.where}.{key}" if self.where else key

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else "known here: " + ", ".join(sorted(self._known))
                raise self.problem("means nothing", key=key, hint=hint)

    def text(self, key: str, default: str | None = None, *, pattern: str = r"[^\x00-\x1f]+") -> str:
        """Return a text; without a default it must be there."""
        value = self.optional_text(key, pattern=pattern)
        if value is not None:
            return value
        if default is None:
            raise self.problem("is missing", key=key)
        return default

    def optional_text(self, key: str, *, pattern: str = r"[^\x00-\x1f]+") -> str | None:
        """Return a text, or None where there is none."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.problem("must be a text", key=key)
        if not re.fullmatch(pattern, value):
            raise self.problem(f"cannot be `{value}`", key=key)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.problem("must be true or false", key=key)
        return value

    def seconds(self, key: str, default: timedelta, *, least: int, most: int) -> timedelta:
        """Return whole seconds as a duration."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.problem("must be whole seconds", key=key)
        if not least <= value <= most:
            raise self.problem(f"must be {least} to {most} seconds, not {value}", key=key)
        return timedelta(seconds=value)

    def texts(self, key: str, *, pattern: str = r"[^\x00-\x1f]+") -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.problem("must be a list of texts", key=key)
        for item in value:
            if not isinstance(item, str):
                raise self.problem("must be a list of texts", key=key)
            if not re.fullmatch(pattern, item):
                raise self.problem(f"cannot hold `{item}`", key=key)
        return tuple(value)

    def tags(self, key: str = "tags") -> Tags:
        """Return a table of texts."""
        place = self.table(key)
        return tuple((name, place.text(name, pattern=r"[^\x00-\x1f]*")) for name in place.names())

    def has(self, key: str) -> bool:
        """Whether a key is there at all."""
        return self._take(key) is not None

    def table(self, key: str) -> Place:
        """Return a table, empty where there is none."""
        value = self._take(key)
        if value is None:
            value = {}
        return self._inside(key, value)

    def tables(self, key: str, *, name_pattern: str) -> list[tuple[str, Place]]:
        """Return the named tables under a key."""
        place = self.table(key)
        found = []
        for name in place.names():
            if not re.fullmatch(name_pattern, name):
                raise place.problem("is no possible name", key=name)
            found.append((name, place.table(name)))
        return found

    def listed(self, key: str) -> list[Place]:
        """Return a list of tables."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.problem("must be a list of tables", key=key)
        return [self._inside(f"{key}[{index}]", item) for index, item in enumerate(value)]

    def names(self) -> list[str]:
        """Return the keys of a table whose keys are names."""
        self._known.extend(self._values)
        return list(self._values)

    def policies(
        self, key: str, kind: PolicyKind = PolicyKind.IDENTITY, dialect: Dialect = Dialect.AWS
    ) -> tuple[PolicyText, ...]:
        """Return the named policy documents under a key."""
        return self.table(key).own_policies(kind, dialect)

    def own_policies(self, kind: PolicyKind, dialect: Dialect = Dialect.AWS) -> tuple[PolicyText, ...]:
        """Return the policy documents that this whole table is made of."""
        return tuple(policy for name in self.names() if (policy := self.policy(name, kind, dialect)))

    def policy(self, key: str, kind: PolicyKind, dialect: Dialect = Dialect.AWS) -> PolicyText | None:
        """Return a policy document, given as JSON text or as a table; None where there is none."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str | dict):
            raise self.problem("must be a policy document", key=key)
        text = value if isinstance(value, str) else json.dumps(value)
        try:
            parse_document(text, kind=kind, dialect=dialect)
        except PolicyMalformed as error:
            where = f"line {error.line}, column {error.column}"
            fault = f"is no {kind.value}: {where}: found {error.found}, expected {error.expected}"
            raise self.problem(fault, key=key) from error
        return PolicyText(name=key, text=text)

    def _take(self, key: str) -> object:
        self._known.append(key)
        return self._values.get(key)

    def _inside(self, key: str, value: object) -> Place:
        if not isinstance(value, dict):
            raise self.problem("must be a table", key=key)
        return Place(value, file=self._file, where=self.place_of(key))
