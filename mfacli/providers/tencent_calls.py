"""One call to Tencent Cloud: made through its SDK, its answer read, and its errors made ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.interfaces import Clock, Talk
from mfacli.providers.attempt import Attempt
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.tencent_requests import Request

ResultT = TypeVar("ResultT")


class TencentCalls:
    """Makes calls, each over a wire of its own."""

    def __init__(self, *, clock: Clock, talk: Talk, patience: Patience) -> None:
        self._clock = clock
        self._talk = talk
        self._patience = patience

    def make(
        self,
        attempt: Attempt,
        request: Request,
        plan: Plan,
        keys: Keys,
        read: Callable[[Mapping[str, object], Exchange], ResultT],
        *,
        service: Literal["sts", "cam"] = "sts",
        carries_code: bool = False,
        makes_something: bool = False,
    ) -> ResultT:
        """Make the call and read the answer; both flags keep it from being sent twice."""
        from mfacli.providers.tencent_refusals import cause_of, explain
        from mfacli.providers.tencent_wire import CamWire, Wire

        exchange = Exchange(clock=self._clock, talk=self._talk, carries_code=carries_code)
        exchange.makes_something = makes_something
        kind = {"sts": Wire, "cam": CamWire}[service]
        wire = kind(plan, keys, exchange=exchange, patience=self._patience)
        try:
            return read(wire.ask(attempt.operation, request), exchange)
        except Exception as error:
            tried = replace(
                attempt,
                endpoint=wire.host,
                clock_offset=exchange.clock_offset,
                was_answered=exchange.status is not None,
            )
            explained = explain(error, tried, status=exchange.status)
            if explained is None:
                raise
            raise explained from cause_of(error)
