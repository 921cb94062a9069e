"""The grammar of Tencent Cloud's CAM policies, version 2.0 (pages 598/10604 and 598/10605) and COS bucket policies.

Names are in lower case; COS writes the names of its bucket policies with a capital. There is no `not_action` and no
`not_resource`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mfacli.policy.conditions import Condition
from mfacli.policy.elements import ActionElement, PrincipalElement, Value
from mfacli.policy.grammar import Grammar, Member, operator_expected
from mfacli.policy.json_source import Json, Position, shown
from mfacli.policy.patterns import Patterns, any_tokens
from mfacli.policy.statement import Effect, PolicyKind, Statement, StatementReference
from mfacli.policy.tencent_names import split_resource
from mfacli.policy.tencent_operators import OPERATORS, compile_condition
from mfacli.policy.tencent_principals import compile_principals
from mfacli.policy.tencent_resources import UID_SERVICES, ResourceEntry, TencentResourceElement

VERSION = "2.0"
_DOCUMENT = ("version", "principal", "statement")
_STATEMENT = ("sid", "effect", "principal", "action", "resource", "condition")
_WITH_PRINCIPAL = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_ACTION = re.compile(r"\*|(?:name/)?(?:\*|[a-z0-9_-]+):[A-Za-z0-9_*]+|permid/[0-9]+")
_EFFECTS = {"allow": Effect.ALLOW, "deny": Effect.DENY}
_KEY = re.compile(r"[A-Za-z0-9_.:/&-]+")


def compile_tencent(root: Json, kind: PolicyKind, name: str) -> tuple[str, tuple[Statement, ...]]:
    """Return a document's version and statements; raises `PolicyMalformed`."""
    return _Compiler(Grammar(name), kind).document(root)


def plain_action(action: str) -> str:
    """Return an action without the `name/` that may stand before it, and everything as `*`."""
    plain = action.removeprefix("name/")
    return "*" if plain == "*:*" else plain


class _Compiler:
    """Compiles one document."""

    def __init__(self, grammar: Grammar, kind: PolicyKind) -> None:
        self._grammar = grammar
        self._kind = kind

    def document(self, root: Json) -> tuple[str, tuple[Statement, ...]]:
        members = self._members(root, "a policy, which is an object", _DOCUMENT)
        version = self._grammar.one_of(members, ("version",), root.position, "a policy")
        self._grammar.choice(version, (VERSION,))
        shared = members.get("principal")
        self._forbid_principal(shared)
        listed = self._grammar.one_of(members, ("statement",), root.position, "a policy")
        statements = enumerate(self._grammar.objects(listed))
        return VERSION, tuple(self._statement(node, index, shared) for index, node in statements)

    def _statement(self, node: Json, index: int, shared: Member | None) -> Statement:
        members = self._members(node, "a statement, which is an object", _STATEMENT)
        effect = self._grammar.one_of(members, ("effect",), node.position, "a statement")
        sid = members.get("sid")
        return Statement(
            reference=StatementReference(
                policy=self._grammar.policy,
                kind=self._kind,
                index=index,
                sid="" if sid is None else self._grammar.text(sid).text,
                position=node.position,
            ),
            effect=self._effect(effect),
            principal=self._principal(members, node.position, shared),
            action=self._action(self._grammar.one_of(members, ("action",), node.position, "a statement")),
            resource=self._resource(members, node.position),
            conditions=self._conditions(members.get("condition")),
        )

    def _members(self, node: Json, what: str, known: tuple[str, ...]) -> Mapping[str, Member]:
        """Return the members by their names in lower case; only COS may write them otherwise."""
        members: dict[str, Member] = {}
        for member in self._grammar.free_members(node, what):
            name = member.name.lower() if self._kind is PolicyKind.RESOURCE else member.name
            if name not in known or (name == "sid" and self._kind is not PolicyKind.RESOURCE):
                expected = ", ".join(f"`{known_name}`" for known_name in known if known_name != "sid")
                raise self._grammar.refusal(member.position, shown(member.name), f"one of {expected}")
            if name in members:
                raise self._grammar.refusal(member.position, f"{shown(member.name)} again", "each name once")
            members[name] = member
        return members

    def _effect(self, member: Member) -> Effect:
        text = self._grammar.text(member).text
        effect = _EFFECTS.get(text.lower() if self._kind is PolicyKind.RESOURCE else text)
        if effect is None:
            raise self._grammar.refusal(member.value.position, shown(text), "`allow` or `deny`")
        return effect

    def _forbid_principal(self, member: Member | None) -> None:
        if member is not None and self._kind not in _WITH_PRINCIPAL:
            raise self._grammar.refusal(member.position, shown(member.name), f"none in {self._kind.with_article}")

    def _principal(
        self, members: Mapping[str, Member], owner: Position, shared: Member | None
    ) -> PrincipalElement | None:
        own = members.get("principal")
        self._forbid_principal(own)
        if self._kind not in _WITH_PRINCIPAL:
            return None
        if own is not None and shared is not None:
            raise self._grammar.refusal(own.position, "a principal here and for the whole policy", "only one of them")
        if own is None and shared is None:
            raise self._grammar.refusal(owner, "a statement without `principal`", "`principal`")
        element = own or shared
        assert element is not None
        return compile_principals(self._grammar, element)

    def _action(self, member: Member) -> ActionElement:
        values = self._grammar.texts(member)
        for value in values:
            if not _ACTION.fullmatch(value.text):
                raise self._grammar.refusal(value.position, shown(value.text), "`service:Action`, `name/…` or `*`")
        return ActionElement(
            name=member.name,
            position=member.position,
            values=values,
            negated=False,
            patterns=Patterns(any_tokens(plain_action(value.text)) for value in values),
        )

    def _resource(self, members: Mapping[str, Member], owner: Position) -> TencentResourceElement | None:
        if self._kind is PolicyKind.TRUST:
            if "resource" in members:
                raise self._grammar.refusal(members["resource"].position, "`resource`", "none in a role trust policy")
            return None
        member = self._grammar.one_of(members, ("resource",), owner, "a statement")
        values = self._grammar.texts(member)
        return TencentResourceElement(
            name=member.name,
            position=member.position,
            values=values,
            everything=any(value.text == "*" for value in values),
            entries=tuple(self._entry(value) for value in values if value.text != "*"),
        )

    def _entry(self, value: Value) -> ResourceEntry:
        name = split_resource(value.text)
        if name is None:
            raise self._grammar.refusal(
                value.position, shown(value.text), "`*` or `qcs::SERVICE:REGION:uin/OWNER:TYPE/ID`"
            )
        if name.account.startswith("uid/") and name.service not in UID_SERVICES:
            raise self._grammar.refusal(
                value.position, shown(name.account), "`uin/OWNER` (`uid/APPID` belongs to COS and CAS only)"
            )
        return ResourceEntry(name, written=value.text, from_resource=self._kind is PolicyKind.RESOURCE)

    def _conditions(self, member: Member | None) -> tuple[Condition, ...]:
        if member is None:
            return ()
        return tuple(
            self._condition(operator, key)
            for operator in self._grammar.free_members(member.value, "conditions, which are an object")
            for key in self._keys(operator)
        )

    def _keys(self, operator: Member) -> tuple[Member, ...]:
        if compile_condition(name=operator.name, key="", position=operator.position, values=()) is None:
            expected = operator_expected(
                operator.name, OPERATORS, "`for_all_value:` or `for_any_value:`", "_if_exist"
            )
            raise self._grammar.refusal(operator.position, shown(operator.name), expected)
        return self._grammar.free_members(operator.value, "an object of keys and values")

    def _condition(self, operator: Member, key: Member) -> Condition:
        if not _KEY.fullmatch(key.name):
            raise self._grammar.refusal(key.position, shown(key.name), "a condition key such as `qcs:ip`")
        condition = compile_condition(
            name=operator.name, key=key.name, position=key.position, values=self._grammar.scalars(key)
        )
        assert condition is not None
        return condition
