"""The two ends of the tables: a call, read with the world at hand, and a permission that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mfacli.emulator.callers import Caller
from mfacli.emulator.contracts import PolicyBook
from mfacli.emulator.operations import Operation

PARTITION = "aws"
ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A permission that a call takes: one action on one resource.

    `facts` are condition keys that hold for this permission and not for the call's others.
    """

    action: str
    resource: str = ANY
    facts: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation, who asks for it, and the world it is asked in."""

    operation: Operation
    caller: Caller
    book: PolicyBook

    @property
    def name(self) -> str:
        """The operation's name."""
        return self.operation.name

    @property
    def account_id(self) -> str:
        """The caller's account."""
        return self.caller.principal.account_id

    def has(self, *names: str) -> bool:
        """Whether any of these parameters was given and says something."""
        return any(bool(self.operation.parameters.get(name)) for name in names)

    def text(self, *names: str) -> str | None:
        """Return the first of these parameters that was given, as text; None where none was."""
        for name in names:
            value = self.operation.parameters.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return str(value)
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts in a list parameter, or the one in a plain parameter."""
        value = self.operation.parameters.get(name)
        if isinstance(value, list | tuple):
            return tuple(entry for entry in value if isinstance(entry, str) and entry)
        single = self.text(name)
        return () if single is None else (single,)

    def mapping(self, name: str) -> Mapping[str, object]:
        """Return a structure or map parameter; empty where it was not given."""
        return as_mapping(self.operation.parameters.get(name))

    def mappings(self, name: str) -> tuple[Mapping[str, object], ...]:
        """Return the structures in a list parameter."""
        return as_mappings(self.operation.parameters.get(name))

    def arn(self, service: str, resource: str, *, region: str | None = None, account_id: str | None = None) -> str:
        """Return the ARN of something in the call's region and the caller's account, unless told otherwise."""
        place = self.operation.region if region is None else region
        owner = self.account_id if account_id is None else account_id
        return f"arn:{PARTITION}:{service}:{place}:{owner}:{resource}"


def as_mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is a structure, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_mappings(value: object) -> tuple[Mapping[str, object], ...]:
    """Return the structures in `value` if it is a list, else none."""
    if not isinstance(value, list | tuple):
        return ()
    return tuple(entry for entry in value if isinstance(entry, Mapping))


def as_text(value: object) -> str | None:
    """Return `value` if it is a text that says something."""
    return value if isinstance(value, str) and value else None
