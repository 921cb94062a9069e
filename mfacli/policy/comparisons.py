"""How the values of each family of operators compare. A value that is not of the family compares with nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from mfacli.policy.facts import ContextKeys
from mfacli.policy.patterns import Glob, Patterns, Token
from mfacli.policy.variables import Template

_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,6})?")
_EPOCH = re.compile(r"-?(?:[0-9]{1,3}|[0-9]{5,15})(?:\.[0-9]{1,9})?")
_W3C = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Equality:
    """The text itself, with or without regard to case."""

    __slots__ = ("_fold", "_plain", "templates")

    def __init__(self, plain: Iterable[str], templates: Iterable[Template], *, fold: bool = False) -> None:
        self._fold = fold
        self._plain = frozenset(text.lower() if fold else text for text in plain)
        self.templates = tuple(templates)

    def matches(self, value: str, keys: ContextKeys) -> bool:
        """Whether the value equals one of the policy's."""
        wanted = value.lower() if self._fold else value
        if wanted in self._plain:
            return True
        for template in self.templates:
            text = template.shown(keys)
            if text is not None and (text.lower() if self._fold else text) == wanted:
                return True
        return False


class Likeness:
    """Text with wildcards."""

    __slots__ = ("_patterns", "templates")

    def __init__(self, plain: Iterable[Sequence[Token]], templates: Iterable[Template]) -> None:
        self._patterns = Patterns(plain)
        self.templates = tuple(templates)

    def matches(self, value: str, keys: ContextKeys) -> bool:
        """Whether the value has the shape of one of the policy's."""
        return self._patterns.match(value) or any(template.matches(value, keys) for template in self.templates)


class ArnLikeness:
    """ARNs: six components, each with wildcards that do not leave it."""

    __slots__ = ("_plain", "templates")

    def __init__(self, plain: Iterable[Sequence[Token]], templates: Iterable[Template]) -> None:
        self._plain = tuple(globs for tokens in plain if (globs := _component_globs(tokens)))
        self.templates = tuple(templates)

    def matches(self, value: str, keys: ContextKeys) -> bool:
        """Whether the value is an ARN like one of the policy's."""
        components = value.split(":", 5)
        if len(components) != 6:
            return False
        if any(_all_match(globs, components) for globs in self._plain):
            return True
        for template in self.templates:
            tokens = template.tokens(keys)
            globs = _component_globs(tokens) if tokens is not None else None
            if globs and _all_match(globs, components):
                return True
        return False


def _all_match(globs: Sequence[Glob], components: Sequence[str]) -> bool:
    return all(glob.matches(component) for glob, component in zip(globs, components, strict=True))


def _component_globs(tokens: Sequence[Token]) -> tuple[Glob, ...] | None:
    """Cut an ARN's tokens at the first five colons; None where there are fewer."""
    components: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            components[-1].append(token)
            continue
        for index, part in enumerate(token.split(":", 6 - len(components))):
            if index:
                components.append([])
            if part:
                components[-1].append(part)
    return tuple(Glob(component) for component in components) if len(components) == 6 else None


class Ordering:
    """Numbers or dates: compared by a relation after both sides have been read."""

    __slots__ = ("_read", "_relation", "_wanted")
    templates: tuple[Template, ...] = ()

    def __init__(
        self,
        values: Iterable[str],
        read: Callable[[str], Decimal | None],
        relation: Callable[[Decimal, Decimal], bool],
    ) -> None:
        self._read = read
        self._relation = relation
        self._wanted = tuple(number for value in values if (number := read(value)) is not None)

    def matches(self, value: str, keys: ContextKeys) -> bool | None:
        """Whether the value stands in the relation to one of the policy's."""
        number = self._read(value)
        if number is None or not self._wanted:
            return None
        return any(self._relation(number, wanted) for wanted in self._wanted)


class Truth:
    """`true` or `false`, in any case."""

    __slots__ = ("_wanted",)
    templates: tuple[Template, ...] = ()

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = frozenset(value.lower() for value in values) & {"true", "false"}

    def matches(self, value: str, keys: ContextKeys) -> bool | None:
        """Whether the value is the policy's."""
        return value in self._wanted or value.lower() in self._wanted


class Bytes:
    """Binary values, base64 on both sides."""

    __slots__ = ("_wanted",)
    templates: tuple[Template, ...] = ()

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = frozenset(data for value in values if (data := _decoded(value)) is not None)

    def matches(self, value: str, keys: ContextKeys) -> bool | None:
        """Whether the value is the same bytes as one of the policy's."""
        data = _decoded(value)
        return None if data is None else data in self._wanted


class Networks:
    """IP addresses in networks; an address without a prefix is a network of one."""

    __slots__ = ("_networks",)
    templates: tuple[Template, ...] = ()

    def __init__(self, values: Iterable[str]) -> None:
        self._networks = tuple(network for value in values if (network := _network(value)) is not None)

    def matches(self, value: str, keys: ContextKeys) -> bool | None:
        """Whether the address is in one of the policy's networks."""
        address = _network(value) if "/" not in value else None
        if address is None or not self._networks:
            return None
        version, number, _ = address
        return any(version == wanted and number & mask == network for wanted, network, mask in self._networks)


def _network(text: str) -> tuple[int, int, int] | None:
    # Imported here: it takes longer than all of this module, and few policies have addresses.
    from ipaddress import ip_network

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.netmask)


def _decoded(text: str) -> bytes | None:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def number(text: str) -> Decimal | None:
    """Read a number as policies write it."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """Read a date, ISO 8601 in its W3C profile or seconds since 1970, as microseconds since 1970.

    Four digits are a year. A time without a zone is in UTC.
    """
    if _EPOCH.fullmatch(text):
        return Decimal(text) * 1_000_000
    found = _W3C.fullmatch(text)
    if found is None:
        return None
    zone = found["zone"] or "Z"
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta() if zone == "Z" else sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    try:
        day = datetime(
            int(found["year"]),
            int(found["month"] or 1),
            int(found["day"] or 1),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int((found["fraction"] or "0").ljust(9, "0")[:6]),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return Decimal((day - _EPOCH_START) // _MICROSECOND - offset // _MICROSECOND)
