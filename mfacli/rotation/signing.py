"""What the calls of a rotation are signed with, and how long a new key is given until the whole cloud knows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KnownDevice, Plan
from mfacli.errors import AccessDenied, KeysRejected, MfacliError
from mfacli.interfaces import Clock, Talk

ResultT = TypeVar("ResultT")
Way = Callable[[], Keys | None]

# A new key is known to all of the cloud within seconds, mostly; a minute in all.
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 3, 4, *[5] * 10))


def patiently(call: Callable[[], ResultT], *, clock: Clock, talk: Talk) -> ResultT:
    """Make a call with a new key, again and again until the cloud knows it; raises `KeysRejected` after a minute."""
    for pause in _PAUSES:
        try:
            return call()
        except KeysRejected:
            if pause is _PAUSES[0]:
                talk.note("waiting until the cloud knows the new key everywhere")
            clock.wait(pause)
    return call()


class Signing:
    """The keys that the calls are signed with, and others for where those are refused.

    A session with MFA goes first where a device is named, since policies may demand it, and serves all calls.
    `open_session` opens one and returns its keys, None where there is no device.
    """

    def __init__(self, *, open_session: Callable[[Plan], Keys | None], clock: Clock, talk: Talk) -> None:
        self._open_session = open_session
        self._clock = clock
        self._talk = talk
        self._ways: list[Way] = []
        # Those that are known, the ones that served last in front.
        self._keys: list[Keys] = []
        self._young = ""

    def begin_with(self, plan: Plan, keys: Keys) -> None:
        """Sign with these long-term keys, or with what a session of theirs gives."""
        self._ways = self._ways_of(plan, keys)
        if isinstance(plan.device, KnownDevice):
            self._ways.reverse()

    def go_on_with(self, plan: Plan, keys: Keys) -> None:
        """Sign with these new keys what the session does not serve; those before them will soon be switched off."""
        self._keys = [each for each in self._keys if each.is_temporary]
        self._ways = self._ways_of(plan, keys)
        self.be_patient_with(keys)

    def be_patient_with(self, keys: Keys) -> None:
        """Reckon with it that not all of the cloud knows these keys yet."""
        self._young = keys.access_key_id

    def call(self, operation: Callable[[Keys], ResultT]) -> ResultT:
        """Make a call with the keys at hand, and with the next ones where the cloud wants others.

        Raises the first refusal where it wants none of them.
        """
        refusal: MfacliError | None = None
        refused: list[Keys] = []
        while (keys := self._next(refused)) is not None:
            try:
                result = self._made(operation, keys)
            except (AccessDenied, KeysRejected) as problem:
                refusal = refusal or problem
                refused.append(keys)
                if keys.is_temporary and isinstance(problem, KeysRejected):
                    self._keys = [each for each in self._keys if each is not keys]
            else:
                self._keys = [keys, *(each for each in self._keys if each is not keys)]
                return result
        assert refusal is not None, "there are always the long-term keys"
        raise refusal

    def _made(self, operation: Callable[[Keys], ResultT], keys: Keys) -> ResultT:
        if keys.access_key_id != self._young:
            return operation(keys)
        return patiently(lambda: operation(keys), clock=self._clock, talk=self._talk)

    def _next(self, refused: list[Keys]) -> Keys | None:
        """Return keys that have not been refused yet, those at hand before any that must be asked for."""
        for known in self._keys:
            if not any(known is each for each in refused):
                return known
        while self._ways:
            if (keys := self._ways.pop(0)()) is not None:
                self._keys.append(keys)
                return keys
        return None

    def _ways_of(self, plan: Plan, keys: Keys) -> list[Way]:
        return [lambda: keys, lambda: self._session_of(plan)]

    def _session_of(self, plan: Plan) -> Keys | None:
        """Open a session, which may cost a code; not where one is at hand, as a second is denied what it was."""
        return None if any(keys.is_temporary for keys in self._keys) else self._open_session(plan)
