"""The condition operators of Tencent Cloud's CAM (page 598/10608) and what each makes of a condition's values.

Unlike AWS, a missing key never fulfils a condition without `_if_exist`, not even a negated one. What a negated
operator does with several values is not clear from the page; here none of them may match, the only useful reading.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from mfacli.policy.comparisons import Bytes, Equality, Networks, Ordering, Truth, moment, number
from mfacli.policy.conditions import Comparison, Condition, NullCondition, Presence, Quantifier, ValueCondition
from mfacli.policy.elements import Value
from mfacli.policy.json_source import Position
from mfacli.policy.patterns import Token
from mfacli.policy.variables import Part, Template, Variable

_VARIABLE = re.compile(r"\$\{(uin|owner_uin|app_id)\}")
Build = Callable[[Sequence[str]], Comparison]


def variable_parts(tokens: Sequence[Token]) -> list[Part]:
    """Find the variables `${uin}`, `${owner_uin}` and `${app_id}` in the literal runs of an entry."""
    parts: list[Part] = []
    for token in tokens:
        if not isinstance(token, str):
            parts.append(token)
            continue
        for index, piece in enumerate(_VARIABLE.split(token)):
            if index % 2:
                parts.append(Variable(key=piece, default=None))
            elif piece:
                parts.append(piece)
    return parts


def _text(values: Sequence[str], *, fold: bool) -> Comparison:
    plain = [value for value in values if not _VARIABLE.search(value)]
    templates = [Template(variable_parts([value]), value) for value in values if _VARIABLE.search(value)]
    return Equality(plain, templates, fold=fold)


def _equal(values: Sequence[str]) -> Comparison:
    return _text(values, fold=False)


def _equal_ignoring_case(values: Sequence[str]) -> Comparison:
    return _text(values, fold=True)


def _numeric(relation: Callable[[Decimal, Decimal], bool]) -> Build:
    return lambda values: Ordering(values, number, relation)


def _date(relation: Callable[[Decimal, Decimal], bool]) -> Build:
    return lambda values: Ordering(values, moment, relation)


_FAMILIES: dict[str, tuple[Build, bool]] = {
    "string_equal": (_equal, False),
    "string_not_equal": (_equal, True),
    "string_equal_ignore_case": (_equal_ignoring_case, False),
    "string_not_equal_ignore_case": (_equal_ignoring_case, True),
    "numeric_equal": (_numeric(operator.eq), False),
    "numeric_not_equal": (_numeric(operator.eq), True),
    "numeric_less_than": (_numeric(operator.lt), False),
    "numeric_less_than_equal": (_numeric(operator.le), False),
    "numeric_greater_than": (_numeric(operator.gt), False),
    "numeric_greater_than_equal": (_numeric(operator.ge), False),
    "date_equal": (_date(operator.eq), False),
    "date_not_equal": (_date(operator.eq), True),
    "date_less_than": (_date(operator.lt), False),
    "date_less_than_equal": (_date(operator.le), False),
    "date_greater_than": (_date(operator.gt), False),
    "date_greater_than_equal": (_date(operator.ge), False),
    "bool_equal": (Truth, False),
    "binary_equal": (Bytes, False),
    "ip_equal": (Networks, False),
    "ip_not_equal": (Networks, True),
}
_NULL = "null_equal"
OPERATORS = (*_FAMILIES, _NULL)
"""Every operator, without prefixes and suffix."""

_QUANTIFIERS = {"": Quantifier.SINGLE, "for_all_value:": Quantifier.ALL, "for_any_value:": Quantifier.ANY}


def compile_condition(*, name: str, key: str, position: Position, values: tuple[Value, ...]) -> Condition | None:
    """Return the condition that an operator, a key and values make, None where there is no such operator."""
    if name == _NULL:
        texts = {value.text.lower() for value in values}
        wanted = frozenset(presence for presence in Presence if presence.value in texts)
        return NullCondition(operator=name, key=key, position=position, values=values, lookup=key, wanted=wanted)
    prefix, colon, plain = name.rpartition(":")
    family = _FAMILIES.get(plain.removesuffix("_if_exist"))
    quantifier = _QUANTIFIERS.get(prefix + colon)
    if family is None or quantifier is None:
        return None
    build, negated = family
    return ValueCondition(
        operator=name,
        key=key,
        position=position,
        values=values,
        lookup=key,
        comparison=build([value.text for value in values]),
        negated=negated,
        quantifier=quantifier,
        holds_without=plain.endswith("_if_exist"),
    )
