"""COS, put together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.cos.access import needs_of
from mfacli.emulator.tencent.cos.buckets import BucketOperations
from mfacli.emulator.tencent.cos.objects import ObjectOperations
from mfacli.emulator.tencent.cos.routes import operation_of
from mfacli.emulator.tencent.operations import CosAsked, Need
from mfacli.emulator.tencent.town.town import Town


class Storage:
    """The `CosService` of a town."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._table = {**BucketOperations(town).table(), **ObjectOperations(town).table()}
        self.operations: Collection[str] = tuple(self._table)

    def operation(self, asked: CosAsked) -> str:
        """Return the operation that a call asks for; raises `Rejected`."""
        return operation_of(asked.call)

    def needs(self, asked: CosAsked) -> Sequence[Need]:
        """Return the permissions that a call takes; raises `Rejected`."""
        return needs_of(asked, self._town)

    def answer(self, asked: CosAsked) -> Answer:
        """Do what an authorised call asks; raises `Rejected`."""
        return self._table[operation_of(asked.call)](asked)
