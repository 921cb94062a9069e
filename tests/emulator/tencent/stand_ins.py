"""What tests of Tencent Cloud's signatures are built from: a directory of three keys, and the SDKs' requests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from mfacli.domain.secret import Secret
from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.callers import Caller, Credential, CredentialKind, UserPrincipal
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from tests.emulator.stand_ins import request

SENT_AT = datetime.fromtimestamp(1764244241, tz=UTC)
LIN = UserPrincipal(owner_uin="100000000001", uin="100000000011", name="lin")
KEY_ID = "AKIDEXAMPLE"
SECRET = "SKEXAMPLE"
SESSION_KEY_ID = "AKIDSESSION"
SESSION_TOKEN = "TOKENEXAMPLE"
STALE_KEY_ID = "AKIDSTALE"
_VECTORS = Path(__file__).parents[2] / "vectors" / "tencent_requests.json"


class SmallSecrets:
    """Knows Lin's key, a session of hers, and a session that is over; refuses as a world would."""

    def __init__(self, secret: str = SECRET, *, key_id: str = KEY_ID) -> None:
        self._secret = Secret(secret)
        self._key_id = key_id

    def credential_for(self, secret_id: str, token: str | None) -> Credential:
        """Return the credential; raises as the world's directory does."""
        if secret_id == STALE_KEY_ID:
            raise Rejected(RejectionKind.EXPIRED_TOKEN)
        if secret_id not in (self._key_id, SESSION_KEY_ID):
            raise Rejected(RejectionKind.UNKNOWN_KEY)
        is_session = secret_id == SESSION_KEY_ID
        if token != (SESSION_TOKEN if is_session else None):
            raise Rejected(RejectionKind.BAD_TOKEN)
        kind = CredentialKind.SESSION_TOKEN if is_session else CredentialKind.LONG_TERM
        return Credential(secret_key=self._secret, caller=Caller(principal=LIN, kind=kind, secret_id=secret_id))


def sent_by_sdks() -> dict[str, Incoming]:
    """Return, by name, requests as the Python SDKs sent them at `SENT_AT` with the keys above."""
    document = json.loads(_VECTORS.read_text())
    return {
        vector["name"]: request(
            vector["method"],
            vector["target"],
            [(name, value) for name, value in vector["headers"]],
            vector.get("body_latin1", "").encode("latin-1"),
            at=SENT_AT,
        )
        for vector in document["requests"]
    }


def altered(
    incoming: Incoming,
    *,
    method: str | None = None,
    target: str | None = None,
    body: bytes | None = None,
    headers: Iterable[tuple[str, str]] = (),
    without: tuple[str, ...] = (),
) -> Incoming:
    """Return a request changed on its way: `headers` replace those of their names, `without` are taken out."""
    new = dict(headers)
    kept = [pair for pair in incoming.headers if pair[0] not in new and pair[0] not in without]
    return request(
        incoming.method if method is None else method,
        incoming.target if target is None else target,
        [*kept, *new.items()],
        incoming.body if body is None else body,
        at=incoming.received_at,
    )
