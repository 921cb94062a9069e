"""Reads the principal element of CAM: role trust policies and COS bucket policies have one."""

from __future__ import annotations

import re

from mfacli.errors import RequestMalformed
from mfacli.policy.elements import PrincipalElement, Value
from mfacli.policy.grammar import Grammar, Member
from mfacli.policy.json_source import shown
from mfacli.policy.principals import PrincipalKind, PrincipalSet
from mfacli.policy.tencent_names import EVERYONE, parse_tencent_principal

_KINDS = ("qcs", "service", "federated")
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def compile_principals(grammar: Grammar, member: Member) -> PrincipalElement:
    """Return the element; raises `PolicyMalformed`."""
    lists = {
        kind: grammar.texts(found)
        for kind, found in grammar.members(member.value, "an object of principals", _KINDS).items()
    }
    if not lists:
        raise grammar.refusal(member.value.position, "an empty object", "at least one principal")
    for value in lists.get("service", ()):
        if not _SERVICE.fullmatch(value.text):
            raise grammar.refusal(value.position, shown(value.text), "a service such as `cvm.qcloud.com`")
    return PrincipalElement(
        name=member.name,
        position=member.position,
        values=tuple(value for values in lists.values() for value in values),
        negated=False,
        listed=_listed(grammar, lists),
    )


def _listed(grammar: Grammar, lists: dict[str, tuple[Value, ...]]) -> PrincipalSet:
    accounts: set[str] = set()
    names: set[str] = set()
    roles: set[tuple[str, str]] = set()
    people = lists.get("qcs", ())
    for value in people:
        try:
            principal = parse_tencent_principal(value.text)
        except RequestMalformed as error:
            raise grammar.refusal(
                value.position, shown(value.text), "the name of an account, a user or a role"
            ) from error
        match principal.kind:
            case PrincipalKind.ROOT:
                accounts.add(principal.account_id)
            case PrincipalKind.ROLE_SESSION:
                roles.add((principal.account_id, principal.role_name))
            case PrincipalKind.SERVICE | PrincipalKind.IDENTITY_PROVIDER:
                raise grammar.refusal(value.position, shown(value.text), "an account, a user or a role under `qcs`")
            case _:
                names.add(principal.arn)
    return PrincipalSet(
        everyone=any(value.text in EVERYONE for value in people),
        accounts=frozenset(accounts),
        arns=frozenset(names),
        roles=frozenset(roles),
        services=frozenset(value.text for value in lists.get("service", ())),
        providers=frozenset(value.text for value in lists.get("federated", ())),
    )
