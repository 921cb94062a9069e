"""Sessions for Tencent Cloud's Python SDK, which reads a session's token from no file and no variable.

This is the one Python module of mfacli that other programs may import. It imports no SDK: the clients ask whatever
they are given for its three values before each request.

    from tencentcloud.cvm.v20170312.cvm_client import CvmClient
    from mfacli.sdk import TencentCredential

    client = CvmClient(TencentCredential("prod"), "ap-guangzhou")
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.errors import MfacliError
from mfacli.interfaces import Clock
from mfacli.session import LAST_MOMENT

__all__ = ["MfacliError", "TencentCredential"]

# A session that cannot be renewed yet is looked for again this often, until it ends.
_LOOK_AGAIN = timedelta(seconds=30)


class TencentCredential:
    """The session of a profile, as a credential that any client of tencentcloud-sdk-python takes.

    The session is the one that the command line keeps: it is taken from the keyring, or opened where none is there.
    A code is asked for only where the main thread has a terminal and `may_ask` is set; otherwise it has to come from
    a kept seed or the profile's own program. Where it does, the session is renewed 15 minutes before it ends.
    Objects may be shared between threads.
    """

    def __init__(self, profile: str | None = None, *, may_ask: bool = True) -> None:
        """Take the session of `profile`; without a name, of the one that `mfacli` itself would take."""
        self._profile, self._may_ask = profile, may_ask
        self._holder = _Holder(lambda: _obtain(profile, may_ask=may_ask))

    def get_credential_info(self) -> tuple[str, str, str]:
        """Return id, key and token, which belong together; raises `MfacliError`, whose `hint` says what to do."""
        session = self._holder.session()
        return session.access_key_id, session.secret_access_key.reveal(), session.session_token.reveal()

    @property
    def secret_id(self) -> str:
        """The session's key id. Two of these may come from two sessions: `get_credential_info` gives all of one."""
        return self.get_credential_info()[0]

    @property
    def secret_key(self) -> str:
        """The session's secret key."""
        return self.get_credential_info()[1]

    @property
    def token(self) -> str:
        """The session's token."""
        return self.get_credential_info()[2]

    # The names that the SDK's own class has besides.
    secretId = secret_id  # noqa: N815
    secretKey = secret_key  # noqa: N815

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self._profile is None else repr(self._profile)})"

    def __reduce__(self) -> tuple[Callable[[str | None], TencentCredential], tuple[str | None]]:
        # A copy, or a worker process, comes by the session itself.
        return partial(type(self), may_ask=self._may_ask), (self._profile,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Obtained:
    """A session, and the clock that knows the cloud's time."""

    session: Session
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What is given out without looking for a newer one, until `until`."""

    obtained: _Obtained
    until: datetime

    @property
    def is_settled(self) -> bool:
        return self.obtained.clock.cloud_now() < self.until

    @property
    def is_usable(self) -> bool:
        return self.obtained.clock.cloud_now() < self.obtained.session.expires_at - LAST_MOMENT


class _Holder:
    """Holds one session for all threads, and has it renewed by one of them while the others go on with it."""

    def __init__(self, obtain: Callable[[], _Obtained]) -> None:
        self._obtain = obtain
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def session(self) -> Session:
        """Return a session that still works."""
        held = self._held
        if held is not None and held.is_settled:
            return held.obtained.session
        # Renewing can take as long as a code does. Who has a session that works does not wait for it.
        if not self._lock.acquire(blocking=held is None or not held.is_usable):
            assert held is not None
            return held.obtained.session
        try:
            if self._held is None or not self._held.is_settled:
                self._held = _held(self._renewed(self._held))
            return self._held.obtained.session
        finally:
            self._lock.release()

    def _renewed(self, held: _Held | None) -> _Obtained:
        try:
            return self._obtain()
        except MfacliError:
            if held is not None and held.is_usable:
                return held.obtained
            raise


def _held(obtained: _Obtained) -> _Held:
    session = obtained.session
    again = min(obtained.clock.cloud_now() + _LOOK_AGAIN, session.expires_at - LAST_MOMENT)
    return _Held(obtained=obtained, until=max(session.lasting_until, again))


def _obtain(profile: str | None, *, may_ask: bool) -> _Obtained:
    from mfacli.commands.options import Manners
    from mfacli.commands.renewing import obtain_for_program
    from mfacli.commands.running import give_back_core_files
    from mfacli.commands.wiring import Desk
    from mfacli.domain.plan import Request

    # The terminal can be put back after a signal only from the main thread, and a worker's question surprises.
    may_ask = may_ask and threading.current_thread() is threading.main_thread()
    desk = Desk(manners=Manners(quiet=True, no_input=not may_ask), environment=os.environ)
    desk.opens_windows = False
    # What becomes of a crash of this program is its own business.
    give_back_core_files(desk.core_limit)
    plan = desk.plan(Request(wants_role=None, cloud=Cloud.TENCENT, profile=profile))
    obtained = obtain_for_program(desk, plan)
    return _Obtained(session=obtained.session, clock=desk.clock)
