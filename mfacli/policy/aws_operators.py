"""The condition operators of AWS, and what each makes of a condition's values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal

from mfacli.policy.comparisons import (
    ArnLikeness,
    Bytes,
    Equality,
    Likeness,
    Networks,
    Ordering,
    Truth,
    moment,
    number,
)
from mfacli.policy.conditions import Comparison, Condition, NullCondition, Presence, Quantifier, ValueCondition
from mfacli.policy.elements import Value
from mfacli.policy.json_source import Position
from mfacli.policy.patterns import Token
from mfacli.policy.variables import Template, literal_parts, variable_parts, without_variables

Build = Callable[[Sequence[str], bool], Comparison]
"""Makes the comparison of a condition's values; the flag says whether `${…}` is a variable."""


def split_entries(values: Sequence[str], has_variables: bool) -> tuple[list[list[Token]], list[Template]]:
    """Sort entries into those that are known now and those that wait for the request's values."""
    plain: list[list[Token]] = []
    templates: list[Template] = []
    for value in values:
        parts = variable_parts(value) if has_variables else literal_parts(value)
        tokens = without_variables(parts)
        if tokens is None:
            templates.append(Template(parts, value))
        else:
            plain.append(tokens)
    return plain, templates


def _equal(values: Sequence[str], has_variables: bool) -> Comparison:
    return _equality(values, has_variables, fold=False)


def _equal_ignoring_case(values: Sequence[str], has_variables: bool) -> Comparison:
    return _equality(values, has_variables, fold=True)


def _equality(values: Sequence[str], has_variables: bool, *, fold: bool) -> Comparison:
    plain, templates = split_entries(values, has_variables)
    texts = ("".join(token if isinstance(token, str) else token.value for token in tokens) for tokens in plain)
    return Equality(texts, templates, fold=fold)


def _like(values: Sequence[str], has_variables: bool) -> Comparison:
    return Likeness(*split_entries(values, has_variables))


def _arn_like(values: Sequence[str], has_variables: bool) -> Comparison:
    return ArnLikeness(*split_entries(values, has_variables))


def _truth(values: Sequence[str], _: bool) -> Comparison:
    return Truth(values)


def _bytes(values: Sequence[str], _: bool) -> Comparison:
    return Bytes(values)


def _networks(values: Sequence[str], _: bool) -> Comparison:
    return Networks(values)


def _numeric(relation: Callable[[Decimal, Decimal], bool]) -> Build:
    return lambda values, _: Ordering(values, number, relation)


def _date(relation: Callable[[Decimal, Decimal], bool]) -> Build:
    return lambda values, _: Ordering(values, moment, relation)


_FAMILIES: dict[str, tuple[Build, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "NumericEquals": (_numeric(operator.eq), False),
    "NumericNotEquals": (_numeric(operator.eq), True),
    "NumericLessThan": (_numeric(operator.lt), False),
    "NumericLessThanEquals": (_numeric(operator.le), False),
    "NumericGreaterThan": (_numeric(operator.gt), False),
    "NumericGreaterThanEquals": (_numeric(operator.ge), False),
    "DateEquals": (_date(operator.eq), False),
    "DateNotEquals": (_date(operator.eq), True),
    "DateLessThan": (_date(operator.lt), False),
    "DateLessThanEquals": (_date(operator.le), False),
    "DateGreaterThan": (_date(operator.gt), False),
    "DateGreaterThanEquals": (_date(operator.ge), False),
    "Bool": (_truth, False),
    "BinaryEquals": (_bytes, False),
    "IpAddress": (_networks, False),
    "NotIpAddress": (_networks, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
}
_NULL = "Null"
OPERATORS = (*_FAMILIES, _NULL)
"""Every operator, without prefixes and suffix."""

_BY_LOWER_CASE = {name.lower(): family for name, family in _FAMILIES.items()}
_QUANTIFIERS = {"": Quantifier.SINGLE, "forallvalues:": Quantifier.ALL, "foranyvalue:": Quantifier.ANY}


def compile_condition(
    *, name: str, key: str, position: Position, values: tuple[Value, ...], has_variables: bool
) -> Condition | None:
    """Return the condition that an operator, a key and values make, None where there is no such operator.

    Operators are taken in any case, as no documentation says that it matters. A missing key fulfils IfExists,
    ForAllValues and the negated operators, but nothing under ForAnyValue.
    """
    prefix, colon, plain = name.lower().rpartition(":")
    if plain == _NULL.lower() and not colon:
        texts = {value.text.lower() for value in values}
        wanted = frozenset(presence for presence in Presence if presence.value in texts)
        return NullCondition(
            operator=name, key=key, position=position, values=values, lookup=key.lower(), wanted=wanted
        )
    if_exists = plain.endswith("ifexists")
    family = _BY_LOWER_CASE.get(plain.removesuffix("ifexists"))
    quantifier = _QUANTIFIERS.get(prefix + colon)
    if family is None or quantifier is None:
        return None
    build, negated = family
    return ValueCondition(
        operator=name,
        key=key,
        position=position,
        values=values,
        lookup=key.lower(),
        comparison=build([value.text for value in values], has_variables),
        negated=negated,
        quantifier=quantifier,
        holds_without=if_exists or quantifier is Quantifier.ALL or (negated and quantifier is Quantifier.SINGLE),
    )
