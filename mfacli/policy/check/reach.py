"""What actions or resources an element is about, and how that compares with what another is about.

Nothing here is exact for every pair of patterns. `shared` shows an example, so a "yes" can be believed; `covers` says
yes only where it is certain.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from mfacli.policy.document import Dialect
from mfacli.policy.elements import ActionElement, ResourceRule
from mfacli.policy.patterns import Patterns, Token, Wild, any_tokens, wildcard_tokens

_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_MOST_STEPS = 40_000
_MOST_PAIRS = 100_000
"""Patterns of two elements that are held against each other; the longest policies make some ten thousand."""

# Stands for whatever a star can be; long enough that no row of question marks spans it.
_LONG = "\0" * 64


@dataclass(frozen=True)
class Reach:
    """All texts that match one of the patterns, or with `negated` all others."""

    patterns: tuple[tuple[Token, ...], ...]
    negated: bool

    def holds(self, text: str) -> bool:
        """Whether a text is among them."""
        return self.listed.match(text) != self.negated

    @cached_property
    def listed(self) -> Patterns:
        """The patterns, ready to match."""
        return Patterns(self.patterns)


EVERYTHING = Reach(patterns=((Wild.ANY,),), negated=False)


def reach_of_actions(element: ActionElement, dialect: Dialect) -> Reach:
    """Return what an Action or NotAction element is about."""
    return Reach(
        patterns=tuple(tuple(_action_tokens(value.text, dialect)) for value in element.values),
        negated=element.negated,
    )


def reach_of_resources(element: ResourceRule | None, dialect: Dialect) -> Reach:
    """Return what a Resource or NotResource element is about; variables may be anything."""
    if element is None:
        return EVERYTHING
    texts = [_VARIABLE.sub("*", value.text) for value in element.values]
    if dialect is Dialect.TENCENT:
        return Reach(patterns=tuple(tuple(any_tokens(_opened(text))) for text in texts), negated=False)
    return Reach(
        patterns=tuple(tuple(wildcard_tokens(text)) for text in texts), negated=element.name == "NotResource"
    )


def plain_action(text: str, dialect: Dialect) -> str:
    """Return an action as actions are compared."""
    return text.lower() if dialect is Dialect.AWS else text.removeprefix("name/")


def _action_tokens(text: str, dialect: Dialect) -> list[Token]:
    plain = plain_action(text, dialect)
    if plain == "*:*":
        plain = "*"
    return wildcard_tokens(plain) if dialect is Dialect.AWS else any_tokens(plain)


def _opened(text: str) -> str:
    """Return a six-segment name with a star for each segment that is open."""
    segments = text.split(":", 5)
    if len(segments) != 6:
        return text
    opened = [segment or "*" for segment in segments]
    if opened[5].endswith("/"):
        opened[5] += "*"
    return ":".join(opened)


def shared(one: Reach, other: Reach) -> str | None:
    """Return a text that both are about, None where none was found."""
    if one.negated and other.negated:
        return _first_of(("example:Anything", "*"), one, other)
    if one.negated or other.negated:
        listing, excluding = (other, one) if one.negated else (one, other)
        return _first_of(tuple(text for pattern in listing.patterns for text in _examples(pattern)), excluding)
    for pattern, against in islice(product(one.patterns, other.patterns), _MOST_PAIRS):
        if _may_meet(pattern, against):
            example = _meeting(_letters(pattern), _letters(against))
            if example is not None:
                return example
    return None


def covers(outer: Reach, inner: Reach) -> bool:
    """Whether everything that `inner` is about is certainly within `outer`."""
    if outer == inner:
        return True
    if outer.negated:
        if inner.negated:
            return covers(Reach(inner.patterns, negated=False), Reach(outer.patterns, negated=False))
        return shared(inner, Reach(outer.patterns, negated=False)) is None
    matching = outer.listed
    if inner.negated:
        return matching.everything
    return all(
        matching.match(_filled(pattern, "")) and matching.match(_filled(pattern, _LONG)) for pattern in inner.patterns
    )


def _first_of(examples: tuple[str, ...], *reaches: Reach) -> str | None:
    return next((text for text in examples if all(reach.holds(text) for reach in reaches)), None)


def _examples(pattern: tuple[Token, ...]) -> tuple[str, ...]:
    if Wild.ANY not in pattern and Wild.ONE not in pattern:
        return (_filled(pattern, ""),)
    return tuple(_filled(pattern, text) for text in ("Example", "", "example:Anything"))


def _filled(pattern: tuple[Token, ...], star: str) -> str:
    return "".join(token if isinstance(token, str) else (star if token is Wild.ANY else "x") for token in pattern)


def _letters(pattern: tuple[Token, ...]) -> list[Token]:
    letters: list[Token] = []
    for token in pattern:
        letters += [token] if isinstance(token, Wild) else list(token)
    return letters


def _may_meet(one: tuple[Token, ...], other: tuple[Token, ...]) -> bool:
    """Whether two patterns begin alike, as far as both are literal."""
    first = one[0] if one else ""
    second = other[0] if other else ""
    if not isinstance(first, str) or not isinstance(second, str):
        return True
    return first.startswith(second) or second.startswith(first)


def _meeting(one: list[Token], other: list[Token]) -> str | None:
    """Return a text that two patterns match: a walk through both at once, breadth first."""
    if (len(one) + 1) * (len(other) + 1) > _MOST_STEPS:
        return None
    start = (0, 0)
    came: dict[tuple[int, int], tuple[tuple[int, int], str]] = {start: (start, "")}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        if place == (len(one), len(other)):
            return _walked(came, place)
        for step, letter in _steps(one, other, place):
            if step not in came:
                came[step] = (place, letter)
                waiting.append(step)
    return None


def _steps(one: list[Token], other: list[Token], place: tuple[int, int]) -> list[tuple[tuple[int, int], str]]:
    first, second = place
    here = one[first] if first < len(one) else None
    there = other[second] if second < len(other) else None
    steps: list[tuple[tuple[int, int], str]] = []
    if here is Wild.ANY:
        steps.append(((first + 1, second), ""))
        if there is not None:
            steps.append(((first, second + 1), _letter(there)))
    if there is Wild.ANY:
        steps.append(((first, second + 1), ""))
        if here is not None:
            steps.append(((first + 1, second), _letter(here)))
    if here is None or there is None or Wild.ANY in (here, there):
        return steps
    if here == there or Wild.ONE in (here, there):
        steps.append(((first + 1, second + 1), _letter(there if here is Wild.ONE else here)))
    return steps


def _letter(token: Token) -> str:
    if isinstance(token, str):
        return token
    return "" if token is Wild.ANY else "x"


def _walked(came: dict[tuple[int, int], tuple[tuple[int, int], str]], place: tuple[int, int]) -> str:
    letters: list[str] = []
    while place != (0, 0):
        place, letter = came[place]
        letters.append(letter)
    return "".join(reversed(letters))
