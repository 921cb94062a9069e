"""What tests of the emulator's front are built from: requests by hand, and a directory that knows a few keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mfacli.domain.secret import Secret
from mfacli.emulator.app import Control, Emulator
from mfacli.emulator.callers import Caller, Credential, CredentialKind, UserPrincipal
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.contracts import Authorised, Check, Denied
from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.log import DecisionLog
from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.visits import Door
from mfacli.emulator.wire.results import query_result
from tests.doubles import NOON

ANAYA = UserPrincipal(account_id="111122223333", name="Anaya", path="/", user_id="AIDAANAYA")
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION_KEY_ID = "ASIAIOSFODNN7EXAMPLE"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN+/=="
STALE_KEY_ID = "ASIASTALEEXAMPLE"


def request(
    method: str = "GET",
    target: str = "/",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    at: datetime = NOON,
) -> Incoming:
    """Return a request as the server would hand it on."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return Incoming(
        method=method,
        target=target,
        headers=tuple((name.lower(), value) for name, value in pairs),
        body=body,
        received_at=at,
        request_id="11111111-2222-3333-4444-555555555555",
    )


class SmallDirectory:
    """Knows Anaya's key, a session of hers, and a session that is over; refuses as a world would."""

    def __init__(self, secret: str = SECRET, *, key_id: str = KEY_ID) -> None:
        self._secret = Secret(secret)
        self._key_id = key_id

    def credential_for(self, access_key_id: str, token: str | None) -> Credential:
        """Return the credential; raises as the world's directory does."""
        if access_key_id == STALE_KEY_ID:
            raise Refusal(RefusalKind.EXPIRED_TOKEN, "expired")
        if access_key_id not in (self._key_id, SESSION_KEY_ID):
            raise Refusal(RefusalKind.UNKNOWN_KEY, "unknown")
        is_session = access_key_id == SESSION_KEY_ID
        if token != (SESSION_TOKEN if is_session else None):
            raise Refusal(RefusalKind.BAD_TOKEN, "token")
        kind = CredentialKind.SESSION_TOKEN if is_session else CredentialKind.LONG_TERM
        return Credential(
            secret_access_key=self._secret, caller=Caller(principal=ANAYA, kind=kind, access_key_id=access_key_id)
        )


class OpenAuthorisation:
    """Lets everything through but the operations in `denied`; the call acts in Anaya's account."""

    def __init__(self, *, denied: tuple[str, ...] = ()) -> None:
        self._denied = denied

    def authorise(self, operation: Operation, caller: Caller, incoming: Incoming) -> Authorised:
        """Return that it may go on, or raise `Denied`."""
        check = Check(
            action=f"{operation.service}:{operation.name}",
            resource="*",
            allowed=operation.name not in self._denied,
            reason="test",
        )
        if not check.allowed:
            raise Denied(f"User: {caller.principal.arn} is not authorized", checks=(check,))
        return Authorised(account_id=ANAYA.account_id, checks=(check,))


class EchoPlane:
    """A data plane that remembers what it was handed, and answers with what clients take for an empty success."""

    def __init__(self) -> None:
        self.seen: list[tuple[Operation, Incoming, str]] = []

    def forward(self, operation: Operation, incoming: Incoming, account_id: str) -> Answer:
        """Return an answer without content; S3 gives back the body it was sent last."""
        self.seen.append((operation, incoming, account_id))
        match operation.protocol:
            case WireProtocol.JSON:
                return Answer(status=200, headers=(("content-type", "application/x-amz-json-1.0"),), body=b"{}")
            case WireProtocol.REST_XML:
                return Answer(status=200, headers=(("x-amz-request-id", "moto"), ("ETag", '"e"')), body=b"")
            case _:
                result = f"<{operation.name}Response><{operation.name}Result/></{operation.name}Response>"
                return Answer(status=200, headers=(("content-type", "text/xml"),), body=result.encode())


class WhoAmI:
    """Answers GetCallerIdentity; `trouble` is raised instead where it is given."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self._trouble = trouble

    def answer(self, operation: Operation, caller: Caller, incoming: Incoming) -> Answer | None:
        """Return the answer, or None for any other operation."""
        if operation.name != "GetCallerIdentity":
            return None
        if self._trouble is not None:
            raise self._trouble
        members = {"UserId": "AIDAANAYA", "Account": ANAYA.account_id, "Arn": caller.principal.arn}
        return query_result(operation, members, request_id=incoming.request_id)


@dataclass(slots=True, kw_only=True)
class Front:
    """An emulator's front and the parts it was built from."""

    emulator: Emulator
    plane: EchoPlane
    log: DecisionLog
    clock: EmulatorClock


def front(
    *,
    clock: EmulatorClock | None = None,
    denied: tuple[str, ...] = (),
    trouble: Exception | None = None,
    control: Control | None = None,
    doors: Sequence[Door] = (),
) -> Front:
    """Return an emulator whose world is Anaya alone."""
    clock, log, plane = clock or EmulatorClock(), DecisionLog(), EchoPlane()
    emulator = Emulator(
        directory=SmallDirectory(),
        authorisation=OpenAuthorisation(denied=denied),
        answers=(WhoAmI(trouble),),
        plane=plane,
        control=control or (lambda incoming: Answer(status=200, headers=(), body=incoming.path.encode())),
        clock=clock,
        log=log,
        uses=KeyUses(),
        doors=doors,
    )
    return Front(emulator=emulator, plane=plane, log=log, clock=clock)
