"""What tests of the emulator's front are built from: requests by hand, and a directory that knows a few keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import Caller, Credential, CredentialKind, UserPrincipal
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Incoming
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
