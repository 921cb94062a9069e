"""Writes statements anew with the MFA condition that does what was meant; everything else stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mfacli.policy.check.keys import AGE_KEY, LEGACY_KEYS, PRESENT_KEYS, MfaKey, meant_key, mfa_key_of
from mfacli.policy.check.subject import View
from mfacli.policy.comparisons import number
from mfacli.policy.document import Dialect
from mfacli.policy.json_source import Json, JsonBoolean, JsonList, JsonNull, JsonNumber, JsonObject, JsonText

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""JSON as Python has it, for writing."""

_WHOLE = re.compile(r"-?[0-9]{1,15}")


def plain(node: Json) -> Plain:
    """Return a node as Python has it; numbers that are not whole become texts, which policies take as well."""
    match node:
        case JsonText():
            return node.text
        case JsonNumber():
            return int(node.text) if _WHOLE.fullmatch(node.text) else node.text
        case JsonBoolean():
            return node.value
        case JsonNull():
            return None
        case JsonList():
            return [plain(item) for item in node.items]
        case JsonObject():
            return {name.text: plain(value) for name, value in node.members}


def written(statement: Mapping[str, Plain]) -> str:
    """Return a statement as JSON for people."""
    return json.dumps(statement, indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """The oldest MFA that is still good; `is_good_itself` says whether exactly that age is."""

    seconds: int
    is_good_itself: bool


def with_mfa_demanded(view: View, *, seconds: int | None = None) -> str:
    """Return the statement with the condition that demands MFA; a limit of age stays, or becomes `seconds`."""
    limit = age_limit(view)
    if seconds is not None:
        limit = AgeLimit(seconds, is_good_itself=limit is not None and limit.is_good_itself)
    return written(_with_conditions(view, _mfa_conditions(view.dialect, is_allow=view.is_allow, limit=limit)))


def with_presence_only(view: View) -> str:
    """Return the statement with the condition that demands MFA of any age."""
    return written(_with_conditions(view, _mfa_conditions(view.dialect, is_allow=view.is_allow, limit=None)))


def without_mfa(view: View) -> str:
    """Return the statement without its conditions on MFA."""
    return written(_with_conditions(view, {}))


def denial_of(view: View) -> str:
    """Return a Deny without MFA of all that an Allow is about, which no other Allow can outweigh."""
    conditions = _mfa_conditions(view.dialect, is_allow=False, limit=age_limit(view))
    statement = _with_conditions(view, conditions, keep_others=False)
    for name in list(statement):
        if name.lower() == "effect":
            statement[name] = "Deny" if view.dialect is Dialect.AWS else "deny"
        if name.lower() == "sid":
            del statement[name]
    return written(statement)


def denying_without_mfa(actions: Sequence[str]) -> str:
    """Return a statement of AWS that denies actions to all without MFA."""
    conditions = _mfa_conditions(Dialect.AWS, is_allow=False, limit=None)
    statement: dict[str, Plain] = {
        "Effect": "Deny",
        "Action": list[Plain](actions),
        "Resource": "*",
        "Condition": dict(conditions),
    }
    return written(statement)


def with_listed(view: View, actions: Sequence[str]) -> str:
    """Return a Deny that also leaves out the given actions: more under NotAction, or NotAction in place of all."""
    statement = _statement(view)
    listed = [value.text for value in view.statement.action.values] if view.statement.action.negated else []
    return written(
        {
            ("NotAction" if name == "Action" else name): ([*listed, *actions] if name.endswith("Action") else value)
            for name, value in statement.items()
        }
    )


def without_listed(view: View, unwanted: Sequence[str]) -> str:
    """Return the statement without some entries of its action element."""
    statement = _statement(view)
    kept = [value.text for value in view.statement.action.values if value.text not in unwanted]
    statement[view.statement.action.name] = list[Plain](kept)
    return written(statement)


def with_principals(view: View, is_wanted: Callable[[str], bool], *, demands_mfa: bool) -> str:
    """Return the statement for some of its principals only, with or without the demand for MFA."""
    wanted = _mfa_conditions(view.dialect, is_allow=view.is_allow, limit=age_limit(view)) if demands_mfa else {}
    statement = _with_conditions(view, wanted)
    principals = statement.get("Principal")
    if isinstance(principals, dict):
        chosen = {kind: _chosen(names, is_wanted) for kind, names in principals.items()}
        statement["Principal"] = {kind: names for kind, names in chosen.items() if names}
    if not demands_mfa:
        statement.pop("Sid", None)
    return written(statement)


def for_users_only(view: View) -> str:
    """Return a Deny that leaves everybody but users alone."""
    wanted = _mfa_conditions(view.dialect, is_allow=view.is_allow, limit=age_limit(view))
    return written(_with_conditions(view, {**wanted, "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:user/*"}}))


def demanding_trust(limit: AgeLimit | None) -> str:
    """Return a trust policy's statement that demands MFA when the role is assumed."""
    conditions = _mfa_conditions(Dialect.AWS, is_allow=True, limit=limit)
    statement: dict[str, Plain] = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "sts:AssumeRole",
        "Condition": dict(conditions),
    }
    return written(statement)


def _chosen(names: Plain, is_wanted: Callable[[str], bool]) -> Plain:
    listed = names if isinstance(names, list) else [names]
    chosen = [name for name in listed if isinstance(name, str) and is_wanted(name)]
    return chosen[0] if len(chosen) == 1 else list[Plain](chosen)


def _statement(view: View) -> dict[str, Plain]:
    statement = plain(view.node)
    assert isinstance(statement, dict)
    return statement


def _with_conditions(
    view: View, wanted: Mapping[str, Mapping[str, Plain]], *, keep_others: bool = True
) -> dict[str, Plain]:
    statement = _statement(view)
    name = next((name for name in statement if name.lower() == "condition"), None)
    conditions = _other_conditions(statement.get(name) if name else None, view.dialect) if keep_others else {}
    for operator, keys in wanted.items():
        conditions[operator] = {**conditions.get(operator, {}), **keys}
    if name is None:
        name = "Condition" if "Effect" in statement else "condition"
    rest = {member: value for member, value in statement.items() if member != name}
    return rest | ({name: dict(conditions)} if conditions else {})


def _other_conditions(written_conditions: Plain, dialect: Dialect) -> dict[str, dict[str, Plain]]:
    """Return the conditions on anything but MFA; keys that only look like it are left out as well."""
    kept: dict[str, dict[str, Plain]] = {}
    if not isinstance(written_conditions, dict):
        return kept
    for operator, keys in written_conditions.items():
        if not isinstance(keys, dict):
            continue
        others = {key: value for key, value in keys.items() if not _is_about_mfa(key, dialect)}
        if others:
            kept[operator] = others
    return kept


def _is_about_mfa(key: str, dialect: Dialect) -> bool:
    is_legacy = dialect is Dialect.TENCENT and key in LEGACY_KEYS
    return is_legacy or mfa_key_of(key, dialect) is not None or meant_key(key, dialect) is not None


def _mfa_conditions(dialect: Dialect, *, is_allow: bool, limit: AgeLimit | None) -> dict[str, dict[str, Plain]]:
    """Return the conditions that demand MFA.

    A Deny of old MFA also hits those without any, and must stand without a condition on presence beside it: the two
    would have to hold together.
    """
    present = PRESENT_KEYS[dialect]
    if dialect is Dialect.TENCENT:
        return {"bool_equal": {present: "true"}} if is_allow else {"bool_equal_if_exist": {present: "false"}}
    if limit is None:
        return {"Bool": {present: "true"}} if is_allow else {"BoolIfExists": {present: "false"}}
    if is_allow:
        operator = "NumericLessThanEquals" if limit.is_good_itself else "NumericLessThan"
        return {"Bool": {present: "true"}, operator: {AGE_KEY: str(limit.seconds)}}
    operator = "NumericGreaterThanIfExists" if limit.is_good_itself else "NumericGreaterThanEqualsIfExists"
    return {operator: {AGE_KEY: str(limit.seconds)}}


def age_limit(view: View) -> AgeLimit | None:
    """Return the limit that a statement's condition on age means, None where it has no usable one."""
    for condition in view.statement.conditions:
        is_age = mfa_key_of(condition.key, view.dialect) is MfaKey.AGE
        if not is_age and meant_key(condition.key, view.dialect) != AGE_KEY:
            continue
        for value in condition.values:
            seconds = number(value.text)
            if seconds is not None and seconds > 0 and "Numeric" in condition.operator:
                names_limit = "Equals" in condition.operator
                is_denial = not view.is_allow and "Greater" in condition.operator
                return AgeLimit(int(seconds), is_good_itself=names_limit != is_denial)
    return None
