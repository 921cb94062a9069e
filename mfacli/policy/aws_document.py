"""The grammar of AWS policies (IAM guide, policy grammar): what each kind of policy must, may and may not hold.

Nothing is guessed and nothing is skipped: a document that the cloud would refuse is refused here, at the first place
that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mfacli.policy.aws_operators import OPERATORS, compile_condition, split_entries
from mfacli.policy.aws_principals import compile_principals
from mfacli.policy.conditions import Condition
from mfacli.policy.elements import ActionElement, PrincipalElement, ResourceElement, Value
from mfacli.policy.grammar import Grammar, Member, operator_expected
from mfacli.policy.json_source import Json, Position, shown
from mfacli.policy.patterns import Patterns, wildcard_tokens
from mfacli.policy.statement import Effect, PolicyKind, Statement, StatementReference

VERSIONS = ("2012-10-17", "2008-10-17")
"""The first knows variables, the second, which is also the default, does not."""

_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_WITH_PRINCIPAL = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP)
_ACTION = re.compile(r"\*|(?:\*|[A-Za-z0-9-]+):[A-Za-z0-9_.*?-]+")
_SID = re.compile(r"[A-Za-z0-9]*")
_KEY = re.compile(r"[^\s:]+:\S(?:.*\S)?")


def compile_aws(root: Json, kind: PolicyKind, name: str) -> tuple[str, tuple[Statement, ...]]:
    """Return a document's version and statements; raises `PolicyMalformed`."""
    return _Compiler(Grammar(name), kind).document(root)


class _Compiler:
    """Compiles one document."""

    def __init__(self, grammar: Grammar, kind: PolicyKind) -> None:
        self._grammar = grammar
        self._kind = kind
        self._has_variables = False
        self._sids: set[str] = set()

    def document(self, root: Json) -> tuple[str, tuple[Statement, ...]]:
        members = self._grammar.members(root, "a policy, which is an object", _DOCUMENT)
        version = self._grammar.choice(members["Version"], VERSIONS) if "Version" in members else VERSIONS[-1]
        self._has_variables = version == VERSIONS[0]
        if "Id" in members:
            self._grammar.text(members["Id"])
        listed = self._grammar.one_of(members, ("Statement",), root.position, "a policy")
        statements = enumerate(self._grammar.objects(listed))
        return version, tuple(self._statement(node, index) for index, node in statements)

    def _statement(self, node: Json, index: int) -> Statement:
        members = self._grammar.members(node, "a statement, which is an object", _STATEMENT)
        effect = self._grammar.one_of(members, ("Effect",), node.position, "a statement")
        return Statement(
            reference=StatementReference(
                policy=self._grammar.policy,
                kind=self._kind,
                index=index,
                sid=self._sid(members.get("Sid")),
                position=node.position,
            ),
            effect=Effect(self._grammar.choice(effect, [effect.value for effect in Effect])),
            principal=self._principal(members, node.position),
            action=self._action(members, node.position),
            resource=self._resource(members, node.position),
            conditions=self._conditions(members.get("Condition")),
        )

    def _sid(self, member: Member | None) -> str:
        if member is None:
            return ""
        sid = self._grammar.text(member).text
        # Resource policies are checked by their services, and AWS' own default key policy has spaces in its Sid.
        if self._kind is not PolicyKind.RESOURCE and not _SID.fullmatch(sid):
            raise self._grammar.refusal(member.value.position, shown(sid), "a Sid of letters and digits")
        if sid and sid in self._sids:
            raise self._grammar.refusal(member.value.position, f"the Sid {shown(sid)} again", "each Sid once")
        self._sids.add(sid)
        return sid

    def _principal(self, members: Mapping[str, Member], owner: Position) -> PrincipalElement | None:
        names = ("Principal",) if self._kind in (PolicyKind.TRUST, PolicyKind.RCP) else ("Principal", "NotPrincipal")
        if self._kind not in _WITH_PRINCIPAL:
            self._forbid(members, ("Principal", "NotPrincipal"))
            return None
        self._forbid(members, tuple({"Principal", "NotPrincipal"} - set(names)))
        element = compile_principals(self._grammar, self._grammar.one_of(members, names, owner, "a statement"))
        if self._kind is PolicyKind.RCP and not element.listed.everyone:
            raise self._grammar.refusal(
                element.position, "a Principal that names some", '`"*"`, as in every such policy'
            )
        return element

    def _action(self, members: Mapping[str, Member], owner: Position) -> ActionElement:
        member = self._grammar.one_of(members, ("Action", "NotAction"), owner, "a statement")
        values = self._grammar.texts(member)
        for value in values:
            if not _ACTION.fullmatch(value.text):
                raise self._grammar.refusal(value.position, shown(value.text), "`service:action` or `*`")
            if self._kind is PolicyKind.TRUST and not value.text.lower().startswith(("sts:", "*")):
                raise self._grammar.refusal(value.position, shown(value.text), "an action of `sts:`")
        return ActionElement(
            name=member.name,
            position=member.position,
            values=values,
            negated=member.name == "NotAction",
            patterns=Patterns(wildcard_tokens(_everything(value.text.lower())) for value in values),
        )

    def _resource(self, members: Mapping[str, Member], owner: Position) -> ResourceElement | None:
        names = ("Resource", "NotResource")
        if self._kind is PolicyKind.TRUST:
            self._forbid(members, names)
            return None
        if self._kind is PolicyKind.RESOURCE and not members.keys() & set(names):
            # Some services' resource policies leave it out: they are about the resource that they are on.
            return None
        member = self._grammar.one_of(members, names, owner, "a statement")
        values = self._grammar.texts(member)
        for value in values:
            self._check_resource(value)
        plain, templates = split_entries([value.text for value in values], self._has_variables)
        return ResourceElement(
            name=member.name,
            position=member.position,
            values=values,
            negated=member.name == "NotResource",
            patterns=Patterns(plain),
            templates=tuple(templates),
        )

    def _check_resource(self, value: Value) -> None:
        text = value.text
        if text == "*":
            return
        if text.startswith("arn:"):
            if self._has_variables and "${" in ":".join(text.split(":", 5)[:5]):
                raise self._grammar.refusal(value.position, shown(text), "variables only behind the fifth colon")
            return
        if self._kind is PolicyKind.RESOURCE and text.startswith("execute-api:/"):
            return
        raise self._grammar.refusal(value.position, shown(text), "an ARN or `*`")

    def _conditions(self, member: Member | None) -> tuple[Condition, ...]:
        if member is None:
            return ()
        conditions: list[Condition] = []
        for operator in self._grammar.free_members(member.value, "conditions, which are an object"):
            keys = self._grammar.free_members(operator.value, "an object of keys and values")
            if not keys:
                self._condition(operator, Member("aws:key", operator.position, operator.value), ())
            conditions += [self._condition(operator, key, self._grammar.scalars(key)) for key in keys]
        return tuple(conditions)

    def _condition(self, operator: Member, key: Member, values: tuple[Value, ...]) -> Condition:
        if not _KEY.fullmatch(key.name):
            raise self._grammar.refusal(key.position, shown(key.name), "a condition key such as `aws:SourceIp`")
        condition = compile_condition(
            name=operator.name,
            key=key.name,
            position=key.position,
            values=values,
            has_variables=self._has_variables,
        )
        if condition is None:
            expected = operator_expected(operator.name, OPERATORS, "`ForAllValues:` or `ForAnyValue:`", "IfExists")
            raise self._grammar.refusal(operator.position, shown(operator.name), expected)
        return condition

    def _forbid(self, members: Mapping[str, Member], names: tuple[str, ...]) -> None:
        for name in names:
            if name in members:
                raise self._grammar.refusal(members[name].position, f"`{name}`", f"none in {self._kind.with_article}")


def _everything(action: str) -> str:
    return "*" if action == "*:*" else action
