"""An authoriser with everything it takes, small: a code that is good once, a seal, hand-set world time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from mfacli.emulator.authorisation.authoriser import Authoriser
from mfacli.emulator.callers import Caller
from mfacli.emulator.contracts import Authorised, CallCheck, ControlPolicies, Denied, NamedPolicy
from mfacli.emulator.refusals import Refusal, RefusalKind
from tests.emulator.authorisation.small_book import SmallBook, WorldTime, incoming, operation

GOOD_CODE = "123456"
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


class OneCode:
    """Finds `GOOD_CODE` good, once per serial."""

    def __init__(self, time: WorldTime) -> None:
        self._time = time
        self.spent: list[str] = []

    def check(self, caller: Caller, serial: str, code: str) -> datetime:
        if code != GOOD_CODE or serial in self.spent:
            raise Refusal(RefusalKind.ACCESS_DENIED, WRONG_CODE)
        self.spent.append(serial)
        return self._time.world_now()


class SmallSeal:
    """Base64 behind a checksum: opaque enough for a test, and it knows its own."""

    def __init__(self, key: bytes = b"world") -> None:
        self._key = key

    def seal(self, text: str) -> str:
        body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return self._sum(body) + body

    def open(self, sealed: str) -> str | None:
        checksum, body = sealed[:16], sealed[16:]
        if not hmac.compare_digest(checksum, self._sum(body)):
            return None
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()

    def _sum(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()[:16]


class Organization:
    """Control policies by account."""

    def __init__(
        self,
        scps: Mapping[str, Sequence[Sequence[NamedPolicy]]] | None = None,
        rcps: Mapping[str, Sequence[Sequence[NamedPolicy]]] | None = None,
    ) -> None:
        self._scps = scps or {}
        self._rcps = rcps or {}

    def service_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        return self._scps.get(account_id, ())

    def resource_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        return self._rcps.get(account_id, ())


class Gate:
    """Asks an authoriser in short words."""

    def __init__(
        self, book: SmallBook, *, controls: ControlPolicies | None = None, calls: CallCheck | None = None
    ) -> None:
        self.time = WorldTime()
        self.codes = OneCode(self.time)
        self.seal = SmallSeal()
        self.authoriser = Authoriser(
            book=book, clock=self.time, codes=self.codes, sealer=self.seal, controls=controls, calls=calls
        )

    def ask(
        self, caller: Caller, service: str, name: str, parameters: Mapping[str, object] | None = None, **headers: str
    ) -> Authorised:
        """Return what the authoriser answers; `Refusal` comes through."""
        return self.authoriser.authorise(operation(service, name, parameters), caller, incoming(**headers))

    def lets(self, caller: Caller, service: str, name: str, parameters: Mapping[str, object] | None = None) -> bool:
        """Whether the policies allow it; other refusals come through."""
        try:
            self.ask(caller, service, name, parameters)
        except Denied:
            return False
        return True

    def refusal(
        self, caller: Caller, service: str, name: str, parameters: Mapping[str, object] | None = None
    ) -> Refusal:
        """Return the refusal that must come."""
        try:
            self.ask(caller, service, name, parameters)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{service}:{name} was allowed")
