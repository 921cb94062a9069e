"""Reads a case, a request with its policies as one JSON object, into what the engine decides.

The forms are those of `mfacli policy evaluate --batch`. Policies are kept as they were compiled, since lines of one
batch mostly share them; what is kept is bounded, however long the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mfacli.errors import RequestMalformed
from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.case_requests import RequestReader, resource_policy_kind
from mfacli.policy.document import Dialect, Document, PolicyKind, parse_document
from mfacli.policy.json_slices import Slice, items, members, whole

KEPT_CHARACTERS = 1_000_000
"""What is kept of a policy takes some 25 bytes for each of its characters."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request and the policies that bear on it. `id` is the line's."""

    id: str | float | None
    request: AccessRequest
    layers: Layers


class _Kept(Generic[Found]):
    """Remembers what was read, until it is more than `most` characters; forgetting is harmless."""

    def __init__(self, read: Callable[[str, str, PolicyKind, Dialect], Found], most: int) -> None:
        self._read = read
        self._most = most
        self._characters = 0
        self._found: dict[tuple[str, str, PolicyKind, Dialect], Found] = {}

    def __call__(self, text: str, name: str, kind: PolicyKind, dialect: Dialect) -> Found:
        key = (text, name, kind, dialect)
        found = self._found.get(key)
        if found is None:
            found = self._read(text, name, kind, dialect)
            self._characters += len(text)
            if self._characters > self._most:
                self._found.clear()
                self._characters = len(text)
            if len(text) <= self._most:
                self._found[key] = found
        return found


class CaseReader:
    """Reads cases, and keeps policies that it has seen, up to `kept_characters` of them."""

    def __init__(self, *, kept_characters: int = KEPT_CHARACTERS) -> None:
        self._requests = RequestReader()
        self._kept_policies = _Kept(_policies, kept_characters)
        self._kept_levels = _Kept(_levels, kept_characters)

    def read(self, identity: str | float | None, given: Mapping[str, Slice]) -> Case:
        """Return the case that an object's members make; raises `RequestMalformed` or `PolicyMalformed`."""
        request = self._requests.read(given)
        return Case(id=identity, request=request, layers=self._layers(given, request))

    def _layers(self, given: Mapping[str, Slice], request: AccessRequest) -> Layers:
        dialect = request.dialect
        resource = self._policies(given, "resourcePolicy", resource_policy_kind(request), dialect)
        if resource is not None and len(resource) != 1:
            raise RequestMalformed("`resourcePolicy` is one policy, not a list")
        return Layers(
            identity=self._policies(given, "identityPolicies", PolicyKind.IDENTITY, dialect) or (),
            resource=None if resource is None else resource[0],
            session=self._policies(given, "sessionPolicy", PolicyKind.SESSION, dialect),
            boundaries=self._policies(given, "boundaries", PolicyKind.BOUNDARY, dialect) or (),
            scps=self._levels(given, "scps", PolicyKind.SCP, dialect),
            rcps=self._levels(given, "rcps", PolicyKind.RCP, dialect),
        )

    def _policies(
        self, given: Mapping[str, Slice], name: str, kind: PolicyKind, dialect: Dialect
    ) -> tuple[Document, ...] | None:
        found = given.get(name)
        if found is None or found.value is None:
            return None
        return self._kept_policies(found.raw, name, kind, dialect)

    def _levels(
        self, given: Mapping[str, Slice], name: str, kind: PolicyKind, dialect: Dialect
    ) -> tuple[tuple[Document, ...], ...]:
        found = given.get(name)
        if found is None or found.value is None:
            return ()
        return self._kept_levels(found.raw, name, kind, dialect)


def _policies(text: str, name: str, kind: PolicyKind, dialect: Dialect) -> tuple[Document, ...]:
    """Return the policies of a list, or the only one."""
    found = whole(text)
    if isinstance(found.value, list):
        return _documents(items(found), name, kind, dialect)
    return (_document(found, name, kind, dialect),)


def _levels(text: str, name: str, kind: PolicyKind, dialect: Dialect) -> tuple[tuple[Document, ...], ...]:
    """Return the levels of a list. A list of policies is one level, in which one of them must allow."""
    found = whole(text)
    if not isinstance(found.value, list):
        raise RequestMalformed(f"`{name}` is a list of policies or of levels")
    parts = list(items(found))
    levels = [level for part in parts if (level := _level(part)) is not None]
    if not levels:
        return (_documents(parts, name, kind, dialect),) if parts else ()
    if len(levels) < len(parts):
        raise RequestMalformed(f"`{name}` mixes policies and levels", hint="a level is a list of policies")
    return tuple(_documents(items(level), f"{name}[{index}]", kind, dialect) for index, level in enumerate(levels))


def _level(part: Slice) -> Slice | None:
    """Return the list of a level's policies, None where the part is a policy."""
    if isinstance(part.value, list):
        return part
    if isinstance(part.value, dict) and isinstance(part.value.get("policies"), list):
        return members(part)["policies"]
    return None


def _documents(parts: Iterable[Slice], name: str, kind: PolicyKind, dialect: Dialect) -> tuple[Document, ...]:
    return tuple(_document(part, f"{name}[{index}]", kind, dialect) for index, part in enumerate(parts))


def _document(part: Slice, name: str, kind: PolicyKind, dialect: Dialect) -> Document:
    if isinstance(part.value, dict) and "policy" in part.value:
        named = members(part)
        unknown = named.keys() - {"name", "policy"}
        given_name = named["name"].value if "name" in named else name
        if unknown or not isinstance(given_name, str):
            raise RequestMalformed(f"`{name}` is neither a policy nor an object of `name` and `policy`")
        part, name = named["policy"], given_name
    if not isinstance(part.value, dict):
        raise RequestMalformed(f"`{name}` is no policy, which is an object")
    return parse_document(part.raw, kind=kind, dialect=dialect, name=name)
