"""Reads the request of a case: who, what, on which resource, under which context."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mfacli.domain.identity import parse_arn
from mfacli.errors import RequestMalformed
from mfacli.policy.access import AccessRequest
from mfacli.policy.aws_decision import ROLE_ACTIONS
from mfacli.policy.document import Dialect, PolicyKind
from mfacli.policy.json_slices import Slice, members
from mfacli.policy.json_source import shown
from mfacli.policy.principals import ACCOUNT_ID, ANONYMOUS, Principal, parse_principal
from mfacli.policy.tencent_decision import ROLE_ACTION
from mfacli.policy.tencent_document import plain_action
from mfacli.policy.tencent_names import parse_tencent_principal, split_resource

_AWS_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_.-]+")
_TENCENT_ACTION = re.compile(r"(?:name/)?[a-z0-9_-]+:[A-Za-z0-9_]+|permid/[0-9]+")
_KEPT = 1_000
_UIN = re.compile(r"[0-9]{1,20}")


class RequestReader:
    """Reads requests, and keeps the callers that it has seen."""

    def __init__(self) -> None:
        self._kept_principal = lru_cache(maxsize=_KEPT)(_named_principal)

    def read(self, given: Mapping[str, Slice]) -> AccessRequest:
        """Return the request that a case's members make; raises `RequestMalformed`."""
        dialect = _dialect(given)
        context = _context(given, folds=dialect is Dialect.AWS)
        resource, account = _resource(given, dialect)
        return AccessRequest(
            principal=self._principal(given, dialect, context),
            action=_action(given, dialect),
            resource=resource,
            resource_account=account,
            context=context,
            dialect=dialect,
        )

    def _principal(
        self, given: Mapping[str, Slice], dialect: Dialect, context: Mapping[str, Sequence[str]]
    ) -> Principal:
        value = value_of(given, "principal")
        if isinstance(value, str):
            return self._kept_principal(value, dialect, _role_arn(context) if dialect is Dialect.AWS else "")
        if value == {"type": "Anonymous"} and len(members(given["principal"])) == 1:
            return ANONYMOUS
        raise RequestMalformed(f"`principal` is {_as_json(value)}", hint='a name, or {"type": "Anonymous"}')


def _named_principal(name: str, dialect: Dialect, role_arn: str) -> Principal:
    if dialect is Dialect.TENCENT:
        return parse_tencent_principal(name)
    return parse_principal(name, role_arn=role_arn)


def resource_policy_kind(request: AccessRequest) -> PolicyKind:
    """Return what a request's resource policy is: for assuming a role, its trust policy."""
    if request.dialect is Dialect.TENCENT:
        assumes = plain_action(request.action) == ROLE_ACTION
    else:
        assumes = request.action.lower() in ROLE_ACTIONS
    return PolicyKind.TRUST if assumes else PolicyKind.RESOURCE


def value_of(given: Mapping[str, Slice], name: str) -> object:
    """Return a member's value, None where it is null or not there."""
    found = given.get(name)
    return None if found is None else found.value


def _dialect(given: Mapping[str, Slice]) -> Dialect:
    value = value_of(given, "dialect")
    if value is None:
        return Dialect.AWS
    for dialect in Dialect:
        if value == dialect.value:
            return dialect
    raise RequestMalformed(
        f"`dialect` is {_as_json(value)}", hint="known: " + ", ".join(dialect.value for dialect in Dialect)
    )


def _role_arn(context: Mapping[str, Sequence[str]]) -> str:
    """Return what the context says of the caller's ARN: for a role session, its role with the path."""
    for key, values in context.items():
        if key.lower() == "aws:principalarn" and len(values) == 1:
            return values[0]
    return ""


def _action(given: Mapping[str, Slice], dialect: Dialect) -> str:
    value = value_of(given, "action")
    form = _TENCENT_ACTION if dialect is Dialect.TENCENT else _AWS_ACTION
    if not isinstance(value, str) or not form.fullmatch(value):
        raise RequestMalformed(f"`action` is {_as_json(value)}", hint="one action, such as `ec2:StopInstances`")
    return value


def _resource(given: Mapping[str, Slice], dialect: Dialect) -> tuple[str, str | None]:
    """Return the resource and the account that owns it, where the case tells."""
    value = value_of(given, "resource")
    accounts = [value_of(given, "resourceAccount")]
    if isinstance(value, dict):
        named = members(given["resource"])
        if named.keys() - {"resource", "accountId"}:
            raise RequestMalformed("`resource` is neither text nor an object of `resource` and `accountId`")
        accounts.append(value_of(named, "accountId"))
        value = value_of(named, "resource")
    told = {_account(account, dialect) for account in accounts if account is not None}
    if not isinstance(value, str) or not _is_resource(value, dialect):
        raise RequestMalformed(
            f"`resource` is {_as_json(value)}",
            hint="`*`, or a six-segment qcs name" if dialect is Dialect.TENCENT else "`*`, or an ARN",
        )
    if len(told) > 1:
        raise RequestMalformed("`resourceAccount` and the resource's `accountId` differ")
    return value, told.pop() if told else None


def _is_resource(text: str, dialect: Dialect) -> bool:
    if text == "*":
        return True
    return (split_resource(text) if dialect is Dialect.TENCENT else parse_arn(text)) is not None


def _account(value: object, dialect: Dialect) -> str:
    form = _UIN if dialect is Dialect.TENCENT else ACCOUNT_ID
    if not isinstance(value, str) or not form.fullmatch(value):
        raise RequestMalformed(
            f"`resourceAccount` is {_as_json(value)}",
            hint="the owner's uin as text" if dialect is Dialect.TENCENT else "an account id of 12 digits as text",
        )
    return value


def _context(given: Mapping[str, Slice], *, folds: bool) -> dict[str, tuple[str, ...]]:
    """Return the context; two keys that differ only in case are one key twice where case does not count."""
    found = given.get("context")
    if found is None or found.value is None:
        return {}
    if not isinstance(found.value, dict):
        raise RequestMalformed(f"`context` is {_as_json(found.value)}", hint="an object of keys and values")
    context: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for key, part in members(found).items():
        name = key.lower() if folds else key
        if name in seen:
            raise RequestMalformed(f"`context` has {shown(key)} twice")
        seen.add(name)
        context[key] = _context_values(key, part.value)
    return context


def _context_values(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        texts = tuple(item for item in value if isinstance(item, str))
        if len(texts) == len(value):
            return texts
    raise RequestMalformed(f"`context` has no text for {shown(key)}", hint="values are texts or lists of texts")


def _as_json(value: object) -> str:
    match value:
        case None:
            return "missing"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return shown(json.dumps(value, ensure_ascii=False))
