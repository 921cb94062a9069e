"""Reads a case, a request with its policies as one JSON object, into what the engine decides.

The forms are those of `mfacli policy evaluate --batch`. Policies are kept as they were compiled, since lines of one
batch mostly share them; what is kept is bounded, however long the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mfacli.errors import RequestMalformed
from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.case_requests import read_request, resource_policy_kind, value_of
from mfacli.policy.document import Dialect, Document, PolicyKind, parse_document
from mfacli.policy.json_slices import Slice, items, members

_KEPT_POLICIES = 1_000
_KEPT_CHARACTERS = 32_000
"""Longer policies than any cloud takes are read anew each time, so that what is kept stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request and the policies that bear on it. `id` is the line's, whatever JSON value it is."""

    id: object
    request: AccessRequest
    layers: Layers


class CaseReader:
    """Reads cases, and keeps policies that it has seen."""

    def __init__(self) -> None:
        self._kept = lru_cache(maxsize=_KEPT_POLICIES)(_parsed)

    def read(self, given: Mapping[str, Slice]) -> Case:
        """Return the case that an object's members make; raises `RequestMalformed` or `PolicyMalformed`."""
        request = read_request(given)
        return Case(id=value_of(given, "id"), request=request, layers=self._layers(given, request))

    def _layers(self, given: Mapping[str, Slice], request: AccessRequest) -> Layers:
        dialect = request.dialect
        resource = self._policies(given, "resourcePolicy", resource_policy_kind(request), dialect)
        if len(resource) > 1:
            raise RequestMalformed("`resourcePolicy` is one policy, not a list")
        session = self._policies(given, "sessionPolicy", PolicyKind.SESSION, dialect)
        return Layers(
            identity=self._policies(given, "identityPolicies", PolicyKind.IDENTITY, dialect),
            resource=resource[0] if resource else None,
            session=session if value_of(given, "sessionPolicy") is not None else None,
            boundaries=self._policies(given, "boundaries", PolicyKind.BOUNDARY, dialect),
            scps=self._levels(given, "scps", PolicyKind.SCP, dialect),
            rcps=self._levels(given, "rcps", PolicyKind.RCP, dialect),
        )

    def _policies(
        self, given: Mapping[str, Slice], name: str, kind: PolicyKind, dialect: Dialect
    ) -> tuple[Document, ...]:
        found = given.get(name)
        if found is None or found.value is None:
            return ()
        if isinstance(found.value, list):
            return self._documents(items(found), name, kind, dialect)
        return (self._document(found, name, kind, dialect),)

    def _levels(
        self, given: Mapping[str, Slice], name: str, kind: PolicyKind, dialect: Dialect
    ) -> tuple[tuple[Document, ...], ...]:
        """Return the levels; a list of policies is one level, in which one of them must allow."""
        found = given.get(name)
        if found is None or found.value is None:
            return ()
        if not isinstance(found.value, list):
            raise RequestMalformed(f"`{name}` is a list of policies or of levels")
        parts = list(items(found))
        levels = [_level(part) for part in parts]
        if all(level is None for level in levels):
            return (self._documents(parts, name, kind, dialect),) if parts else ()
        if any(level is None for level in levels):
            raise RequestMalformed(f"`{name}` mixes policies and levels", hint="a level is a list of policies")
        return tuple(
            self._documents(items(level), f"{name}[{index}]", kind, dialect)
            for index, level in enumerate(levels)
            if level is not None
        )

    def _documents(
        self, parts: Iterable[Slice], name: str, kind: PolicyKind, dialect: Dialect
    ) -> tuple[Document, ...]:
        return tuple(self._document(part, f"{name}[{index}]", kind, dialect) for index, part in enumerate(parts))

    def _document(self, part: Slice, name: str, kind: PolicyKind, dialect: Dialect) -> Document:
        if isinstance(part.value, dict) and "policy" in part.value:
            named = members(part)
            unknown = named.keys() - {"name", "policy"}
            given_name = named["name"].value if "name" in named else name
            if unknown or not isinstance(given_name, str):
                raise RequestMalformed(f"`{name}` is neither a policy nor an object of `name` and `policy`")
            part, name = named["policy"], given_name
        if not isinstance(part.value, dict):
            raise RequestMalformed(f"`{name}` is no policy, which is an object")
        text = part.raw
        read = self._kept if len(text) <= _KEPT_CHARACTERS else _parsed
        return read(text, kind, dialect, name)


def _parsed(text: str, kind: PolicyKind, dialect: Dialect, name: str) -> Document:
    return parse_document(text, kind=kind, dialect=dialect, name=name)


def _level(part: Slice) -> Slice | None:
    """Return the list of a level's policies, None where the part is a policy."""
    if isinstance(part.value, list):
        return part
    if isinstance(part.value, dict) and isinstance(part.value.get("policies"), list):
        return members(part)["policies"]
    return None
