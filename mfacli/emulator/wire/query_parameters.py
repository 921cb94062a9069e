"""Reads the input of the query and EC2 protocols, where nested values are spelled out in dotted names."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.model import ListShape, MapShape, Shape, StructureShape

from mfacli.emulator.wire.values import Misfit, from_text

_DEEPEST = 32


class QueryReader:
    """Reads one request's parameters, and remembers which of them it has understood."""

    def __init__(self, form: Mapping[str, str], *, is_ec2: bool = False) -> None:
        self._form = form
        self._is_ec2 = is_ec2
        self._understood: set[str] = set()
        self._beginnings = _beginnings(form)

    def read(self, shape: StructureShape) -> dict[str, object]:
        """Return the input; raises `Misfit`."""
        return self._structure(shape, "")

    def leftover(self) -> list[str]:
        """Return the parameters that have not been understood."""
        return sorted(set(self._form) - self._understood)

    def _value(self, shape: Shape, prefix: str) -> object:
        match shape:
            case StructureShape():
                return self._structure(shape, prefix)
            case ListShape():
                return self._list(shape, prefix)
            case MapShape():
                return self._map(shape, prefix)
        if prefix not in self._form:
            raise Misfit(f"{prefix} has parts, but is a {shape.type_name}")
        self._understood.add(prefix)
        try:
            return from_text(shape.type_name, self._form[prefix])
        except Misfit as misfit:
            raise Misfit(f"{prefix} {misfit}") from None

    def _structure(self, shape: StructureShape, prefix: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, member in shape.members.items():
            place = _joined(prefix, self._name(member, name))
            if place in self._beginnings:
                found[name] = self._value(member, place)
        return found

    def _list(self, shape: ListShape, prefix: str) -> list[object]:
        if self._form.get(prefix) == "":
            # This is how the query protocol spells an empty list.
            self._understood.add(prefix)
            return []
        found: list[object] = []
        while (place := f"{self._entries(shape, prefix)}.{len(found) + 1}") in self._beginnings:
            found.append(self._value(shape.member, place))
        return found

    def _entries(self, shape: ListShape, prefix: str) -> str:
        """Return what the names of a list's entries begin with."""
        if self._is_ec2 or shape.serialization.get("flattened"):
            return prefix
        return f"{prefix}.{self._own_name(shape.member) or 'member'}"

    def _map(self, shape: MapShape, prefix: str) -> dict[str, object]:
        place = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
        key_name, value_name = self._own_name(shape.key) or "key", self._own_name(shape.value) or "value"
        found: dict[str, object] = {}
        while (entry := f"{place}.{len(found) + 1}") in self._beginnings:
            key = self._form.get(f"{entry}.{key_name}")
            if key is None or key in found or f"{entry}.{value_name}" not in self._beginnings:
                raise Misfit(f"{entry} is not a new key with a value")
            self._understood.add(f"{entry}.{key_name}")
            found[key] = self._value(shape.value, f"{entry}.{value_name}")
        return found

    def _name(self, member: Shape, name: str) -> str:
        own = self._own_name(member) or name
        if isinstance(member, ListShape) and not self._is_ec2 and member.serialization.get("flattened"):
            # A flattened list goes by the name of its entries.
            return self._own_name(member.member) or own
        return own

    def _own_name(self, shape: Shape) -> str | None:
        if self._is_ec2 and "queryName" in shape.serialization:
            return str(shape.serialization["queryName"])
        name = shape.serialization.get("name")
        if name is None:
            return None
        return f"{name[0].upper()}{name[1:]}" if self._is_ec2 else str(name)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _beginnings(form: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for name in form:
        parts = name.split(".")
        if len(parts) > _DEEPEST:
            raise Misfit("a parameter's name has too many parts")
        found.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return found
