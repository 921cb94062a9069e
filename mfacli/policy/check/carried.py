"""What credentials carry of MFA, and which of them a statement's conditions let through.

There are only three cases, whatever the credentials are called: long-term keys carry nothing; sessions opened without
a code, role sessions and federated users carry "no"; sessions opened with a code carry "yes" and their age. A
statement is judged by asking its own conditions about each case, so no way of writing them needs to be known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from mfacli.policy.check.keys import AGE_KEY, PRESENT_KEYS
from mfacli.policy.comparisons import number
from mfacli.policy.conditions import Condition
from mfacli.policy.document import Dialect
from mfacli.policy.facts import ContextKeys

LONGEST_SESSION = 129_600
"""Seconds; no session outlives 36 hours, so no MFA gets older."""

_MOST_LIMITS = 50
"""Different limits of age in one policy; every statement is asked about each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Whether conditions hold, for each thing that credentials can carry.

    `ages` pairs ages of MFA in seconds, ascending from 0, with whether they hold at that age.
    """

    nothing: bool
    no_mfa: bool
    ages: tuple[tuple[int, bool], ...]

    @property
    def fresh(self) -> bool:
        """Whether they hold right after MFA."""
        return self.ages[0][1]

    @property
    def stale(self) -> bool:
        """Whether they hold for the oldest MFA there can be."""
        return self.ages[-1][1]

    @property
    def some_mfa(self) -> bool:
        """Whether they hold for some age of MFA."""
        return any(holds for _, holds in self.ages)

    @property
    def without_mfa(self) -> bool:
        """Whether they hold for some credentials without MFA."""
        return self.nothing or self.no_mfa

    @property
    def turning_age(self) -> int | None:
        """The age around which they begin or cease to hold; None where age makes no difference."""
        for (_, before), (age, holds) in zip(self.ages, self.ages[1:], strict=False):
            if before != holds:
                return age
        return None


def truth_of(conditions: Sequence[Condition], dialect: Dialect, ages: Sequence[int]) -> Truth:
    """Hold conditions, all of them keys of MFA, against each thing that credentials can carry."""

    def hold(context: dict[str, str]) -> bool:
        keys = ContextKeys(context, fold=dialect is Dialect.AWS)
        return all(condition.holds(keys) for condition in conditions)

    return Truth(
        nothing=hold({}),
        no_mfa=hold({PRESENT_KEYS[dialect]: "false"}),
        ages=tuple((age, hold(with_mfa(dialect, age))) for age in ages),
    )


def with_mfa(dialect: Dialect, age: int) -> dict[str, str]:
    """Return the condition keys of a session opened with a code `age` seconds ago."""
    context = {PRESENT_KEYS[dialect]: "true"}
    if dialect is Dialect.AWS:
        context[AGE_KEY] = str(age)
    return context


def telling_ages(conditions: Iterable[Condition]) -> tuple[int, ...]:
    """Return the ages at which conditions on age can differ: none, the most, and around every number they name."""
    numbers = (number(value.text) for condition in conditions for value in condition.values)
    limits = (int(limit) for limit in numbers if limit is not None and Decimal(0) <= limit <= LONGEST_SESSION)
    ages = {0, LONGEST_SESSION}
    for limit in islice(dict.fromkeys(limits), _MOST_LIMITS):
        ages |= {limit - 1, limit, limit + 1}
    return tuple(sorted(age for age in ages if 0 <= age <= LONGEST_SESSION))


def either(truths: Sequence[Truth]) -> Truth:
    """Return where any of several hold; all must have been asked about the same ages."""
    return Truth(
        nothing=any(truth.nothing for truth in truths),
        no_mfa=any(truth.no_mfa for truth in truths),
        ages=tuple(
            (asked[0][0], any(holds for _, holds in asked))
            for asked in zip(*(truth.ages for truth in truths), strict=True)
        ),
    )
