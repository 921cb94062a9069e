"""Reads the Principal and NotPrincipal elements of AWS policies."""

from __future__ import annotations

import re

from mfacli.domain.identity import parse_arn
from mfacli.policy.elements import PrincipalElement, Value
from mfacli.policy.grammar import Grammar, Member
from mfacli.policy.json_source import JsonText, described, shown
from mfacli.policy.principals import ACCOUNT_ID, PrincipalSet

_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
_SERVICE = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PROVIDER = re.compile(
    r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[^*?]*)?|arn:[a-z-]+:iam::[0-9]{12}:(?:saml|oidc)-provider/[^*?]+"
)
_CANONICAL_USER = re.compile(r"[0-9a-f]{64}")
_PERSON = re.compile(
    r"(?:user|role)/[^*?]+|root|assumed-role/[^/*?]+/[^/*?]+|federated-user/[^/*?]+|saml-provider/[^*?]+"
)
_PERSON_FORMS = "`*`, an account id, or the ARN of an account's root, a user, a role or a session, without wildcards"


def compile_principals(grammar: Grammar, member: Member) -> PrincipalElement:
    """Return the element; raises `PolicyMalformed`."""
    negated = member.name == "NotPrincipal"
    if isinstance(member.value, JsonText):
        if member.value.text != "*":
            raise grammar.refusal(member.value.position, described(member.value), '`"*"` or an object')
        everyone = (Value("*", member.value.position),)
        return PrincipalElement(
            name=member.name,
            position=member.position,
            values=everyone,
            negated=negated,
            listed=PrincipalSet(everyone=True),
        )
    lists = {
        kind: grammar.texts(found)
        for kind, found in grammar.members(member.value, '`"*"` or an object', _KINDS).items()
    }
    if not lists:
        raise grammar.refusal(member.value.position, "an empty object", "at least one principal")
    return PrincipalElement(
        name=member.name,
        position=member.position,
        values=tuple(value for values in lists.values() for value in values),
        negated=negated,
        listed=_listed(grammar, lists),
    )


def _listed(grammar: Grammar, lists: dict[str, tuple[Value, ...]]) -> PrincipalSet:
    accounts: set[str] = set()
    arns: set[str] = set()
    roles: set[tuple[str, str]] = set()
    for value in lists.get("AWS", ()):
        _check_person(grammar, value)
        arn = parse_arn(value.text)
        if arn is None:
            accounts |= {value.text} if ACCOUNT_ID.fullmatch(value.text) else set()
        elif arn.resource == "root":
            accounts.add(arn.account_id)
        else:
            arns.add(value.text)
            if arn.resource.startswith("role/"):
                roles.add((arn.account_id, arn.resource.rsplit("/", 1)[-1]))
    return PrincipalSet(
        everyone=any(value.text == "*" for value in lists.get("AWS", ())),
        accounts=frozenset(accounts),
        arns=frozenset(arns),
        roles=frozenset(roles),
        services=_names(grammar, lists.get("Service", ()), _SERVICE, "a service such as `ec2.amazonaws.com`"),
        providers=_names(
            grammar,
            lists.get("Federated", ()),
            _PROVIDER,
            "an identity provider's ARN, or its name such as `accounts.google.com`",
        ),
        canonical_users=_names(
            grammar, lists.get("CanonicalUser", ()), _CANONICAL_USER, "a canonical user id of 64 hexadecimal digits"
        ),
    )


def _check_person(grammar: Grammar, value: Value) -> None:
    text = value.text
    if text == "*" or ACCOUNT_ID.fullmatch(text) or _UNIQUE_ID.fullmatch(text):
        return
    arn = parse_arn(text)
    if (
        arn is not None
        and arn.service in ("iam", "sts")
        and not arn.region
        and (ACCOUNT_ID.fullmatch(arn.account_id) or arn.account_id == "cloudfront")
        and _PERSON.fullmatch(arn.resource)
    ):
        return
    raise grammar.refusal(value.position, shown(text), _PERSON_FORMS)


def _names(grammar: Grammar, values: tuple[Value, ...], shape: re.Pattern[str], expected: str) -> frozenset[str]:
    for value in values:
        if not shape.fullmatch(value.text):
            raise grammar.refusal(value.position, shown(value.text), expected)
    return frozenset(value.text for value in values)
