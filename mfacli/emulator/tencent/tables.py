"""A service of the API as a table: each action's parameters, the things it is about, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action: `needs` and `answer` are those of `Service`, with the parameters at hand."""

    shape: Shape
    needs: Callable[[Asked, Given], Sequence[Need]]
    answer: Callable[[Asked, Given], Result]


class TabledService:
    """A `Service` whose actions stand in a table."""

    def __init__(self, name: str, *, version: str, denial_code: str, table: Mapping[str, Action]) -> None:
        self.name = name
        self.version = version
        self.denial_code = denial_code
        self.actions: Mapping[str, Shape] = {action: one.shape for action, one in table.items()}
        self._table = table

    def needs(self, asked: Asked) -> Sequence[Need]:
        """Return the permissions that a call takes; raises `Rejected`."""
        return self._table[asked.call.action].needs(asked, Given.of(asked.call))

    def answer(self, asked: Asked) -> Result:
        """Do what an authorised call asks; raises `Rejected`."""
        return self._table[asked.call.action].answer(asked, Given.of(asked.call))


def permission(asked: Asked) -> str:
    """Return the permission that is called as the call itself: `cvm:TerminateInstances`."""
    return f"{asked.call.service}:{asked.call.action}"


def on_anything(asked: Asked, _given: Given) -> Sequence[Need]:
    """Return what an action takes that knows no resources."""
    return [Need(action=permission(asked))]
