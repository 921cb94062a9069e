"""What the grammars of both policy languages share: objects with known names, and one value or a list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mfacli.errors import PolicyMalformed
from mfacli.policy.elements import Value
from mfacli.policy.json_source import (
    Json,
    JsonBoolean,
    JsonList,
    JsonNumber,
    JsonObject,
    JsonText,
    Position,
    described,
    shown,
)


class Member(NamedTuple):
    """One named thing in an object."""

    name: str
    position: Position
    value: Json


@dataclass(frozen=True, slots=True)
class Grammar:
    """Reads the parts of one document; `policy` is its name in refusals."""

    policy: str

    def refusal(self, position: Position, found: str, expected: str) -> PolicyMalformed:
        """Return the error for what stands at a place."""
        return PolicyMalformed(
            self.policy, line=position.line, column=position.column, found=found, expected=expected
        )

    def members(self, node: Json, what: str, known: Sequence[str]) -> Mapping[str, Member]:
        """Return the members of an object that may hold only the known names."""
        members: dict[str, Member] = {}
        for member in self.free_members(node, what):
            if member.name not in known:
                raise self.refusal(member.position, shown(member.name), _choice(known))
            members[member.name] = member
        return members

    def free_members(self, node: Json, what: str) -> tuple[Member, ...]:
        """Return the members of an object that may hold any names."""
        if not isinstance(node, JsonObject):
            raise self.refusal(node.position, described(node), what)
        return tuple(Member(key.text, key.position, value) for key, value in node.members)

    def one_of(self, members: Mapping[str, Member], names: Sequence[str], owner: Position, what: str) -> Member:
        """Return the only one of the names that is there; one must be."""
        there = [members[name] for name in names if name in members]
        if not there:
            raise self.refusal(owner, f"{what} without {_choice(names)}", _choice(names))
        if len(there) > 1:
            raise self.refusal(
                max(member.position for member in there),
                f"both {' and '.join(map(shown, names))}",
                "only one of them",
            )
        return there[0]

    def text(self, member: Member) -> JsonText:
        """Return a member's value, which must be a string."""
        if not isinstance(member.value, JsonText):
            raise self.refusal(member.value.position, described(member.value), f"text for `{member.name}`")
        return member.value

    def choice(self, member: Member, known: Sequence[str]) -> str:
        """Return a member's value, which must be one of the known texts."""
        text = self.text(member).text
        if text not in known:
            raise self.refusal(member.value.position, shown(text), _choice(known))
        return text

    def texts(self, member: Member) -> tuple[Value, ...]:
        """Return a member's strings: one, or a list of at least one."""
        return tuple(self._text_of(node, member.name) for node in self._several(member))

    def scalars(self, member: Member) -> tuple[Value, ...]:
        """Return a member's strings, numbers and booleans, as text: one, or a list of at least one."""
        return tuple(self._scalar_of(node, member.name) for node in self._several(member))

    def objects(self, member: Member) -> tuple[Json, ...]:
        """Return a member's value as a list: one thing, or a list of at least one."""
        return self._several(member)

    def _several(self, member: Member) -> tuple[Json, ...]:
        if not isinstance(member.value, JsonList):
            return (member.value,)
        if not member.value.items:
            raise self.refusal(member.value.position, "an empty list", f"at least one value for {shown(member.name)}")
        return member.value.items

    def _text_of(self, node: Json, name: str) -> Value:
        if not isinstance(node, JsonText):
            raise self.refusal(node.position, described(node), f"text for {shown(name)}")
        return Value(node.text, node.position)

    def _scalar_of(self, node: Json, name: str) -> Value:
        match node:
            case JsonText() | JsonNumber():
                return Value(node.text, node.position)
            case JsonBoolean():
                return Value("true" if node.value else "false", node.position)
            case _:
                raise self.refusal(node.position, described(node), f"a text, number or boolean for {shown(name)}")


def operator_expected(name: str, known: Sequence[str], prefixes: str, suffix: str) -> str:
    """Say what should stand for an unknown condition operator: the one that was probably meant, or what there is."""
    from difflib import get_close_matches

    by_lower_case = {operator.lower(): operator for operator in known}
    plain = name.lower().rpartition(":")[2].removesuffix(suffix.lower())
    meant = get_close_matches(plain, by_lower_case, n=1, cutoff=0.7)
    operator = f"`{by_lower_case[meant[0]]}`" if meant else f"a condition operator such as `{known[0]}`"
    return f"{operator}, with no more than {prefixes} before it and `{suffix}` behind it (not for `{known[-1]}`)"


def _choice(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:-1]) + (" or " if len(names) > 1 else "") + f"`{names[-1]}`"
