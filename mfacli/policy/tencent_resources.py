"""The resource element of CAM: six-segment entries, in which an empty segment is open and `*` the only wildcard."""

from __future__ import annotations

from dataclasses import dataclass

from mfacli.policy.elements import Value
from mfacli.policy.facts import Facts
from mfacli.policy.json_source import Position
from mfacli.policy.patterns import Glob, any_tokens
from mfacli.policy.tencent_names import ResourceName, split_resource
from mfacli.policy.tencent_operators import variable_parts
from mfacli.policy.variables import Template, without_variables

UID_SERVICES = ("cos", "cas", "ci")
"""The services whose resources name the owner by `uid/APPID`; ci keeps its data in COS."""


class ResourceEntry:
    """One entry. `from_resource` says that an empty account is the resource owner's, not the caller's."""

    __slots__ = ("_account", "_from_resource", "_part", "_region", "_service", "template")

    def __init__(self, name: ResourceName, *, written: str, from_resource: bool) -> None:
        self._service = None if name.service in ("", "*") else name.service
        self._region = None if name.region in ("", "*") else name.region
        self._account = name.account.removesuffix("uin/")
        self._from_resource = from_resource
        under = name.resource + "*" if _is_directory(name) else name.resource
        # COS paths know no variables (598/10607).
        parts = [*any_tokens(under)] if name.service == "cos" else variable_parts(any_tokens(under))
        tokens = without_variables(parts)
        self._part = None if tokens is None else Glob(tokens)
        self.template = Template(parts, written) if tokens is None else None

    def matches(self, name: ResourceName, facts: Facts) -> bool:
        """Whether the entry is about a resource."""
        if self._service is not None and self._service != name.service:
            return False
        if self._region is not None and self._region != name.region:
            return False
        if not self._is_account_of(name, facts):
            return False
        if self._part is not None:
            return self._part.matches(name.resource)
        return self.template is not None and self.template.matches(name.resource, facts)

    def _is_account_of(self, name: ResourceName, facts: Facts) -> bool:
        if not self._account:
            return self._from_resource or facts.owner_account == facts.principal.account_id
        if self._account == name.account:
            return True
        return self._account == f"uin/{facts.owner_account}" and not name.account.startswith("uin/")


def _is_directory(name: ResourceName) -> bool:
    """Whether an entry stands for all that is under it: paths that end in a slash, but not a COS bucket itself."""
    return name.resource.endswith("/") and (name.service != "cos" or name.resource.startswith("prefix/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentResourceElement:
    """The resource element; `everything` where `*` is among its entries."""

    name: str
    position: Position
    values: tuple[Value, ...]
    everything: bool
    entries: tuple[ResourceEntry, ...]

    @property
    def templates(self) -> tuple[Template, ...]:
        """The entries with variables, without what stands before the last segment."""
        return tuple(entry.template for entry in self.entries if entry.template is not None)

    def matches(self, facts: Facts) -> bool:
        """Whether the statement is about the request's resource.

        An operation that knows no resources asks for `*`, which only `*` answers (598/69910).
        """
        if self.everything:
            return True
        name = split_resource(facts.resource)
        return name is not None and any(entry.matches(name, facts) for entry in self.entries)
