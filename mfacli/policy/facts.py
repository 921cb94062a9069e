"""A request as the engine sees it while it decides: the context looked up by key, names ready to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.policy.principals import Principal


class ContextKeys:
    """The request's condition keys. With `fold`, key names have no case; values are taken as given."""

    __slots__ = ("_fold", "_found", "_given")

    def __init__(self, context: Mapping[str, str | Sequence[str]], *, fold: bool) -> None:
        self._given = context
        self._fold = fold
        self._found: Mapping[str, str | Sequence[str]] | None = None

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key (in lower case where case is folded), None where the request lacks it."""
        found = self._found
        if found is None:
            given = self._given
            found = self._found = {name.lower(): given[name] for name in given} if self._fold else given
        value = found.get(key)
        if value is None:
            return None
        return (value,) if isinstance(value, str) else tuple(value)

    def single_value(self, key: str) -> str | None:
        """Return the value of a key that has exactly one."""
        values = self.values(key)
        return values[0] if values is not None and len(values) == 1 else None


class Facts(ContextKeys):
    """What statements are held against. Made anew for each decision, never kept.

    `action` is as it is compared, `given_action` as it was asked. `owner_account` owns the resource.
    """

    __slots__ = ("action", "given_action", "has_boundary", "owner_account", "principal", "resource")

    def __init__(
        self,
        *,
        principal: Principal,
        action: str,
        given_action: str,
        resource: str,
        owner_account: str,
        context: Mapping[str, str | Sequence[str]],
        has_boundary: bool,
        fold: bool,
    ) -> None:
        super().__init__(context, fold=fold)
        self.principal = principal
        self.action = action
        self.given_action = given_action
        self.resource = resource
        self.owner_account = owner_account
        self.has_boundary = has_boundary
