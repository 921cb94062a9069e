"""Session tokens: everything that is known of a session, sealed and carried by the client.

Nothing is kept in the emulator, so a token stays good when the emulator starts again with the same world key. A
token opens only beside the access key id that it was given with, and that key's secret follows from the id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import (
    AnonymousPrincipal,
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.claims import Claims, items, moment, optional_text, stamp, table, text
from mfacli.emulator.seals import WorldSeal
from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey

_TO_TOKEN = str.maketrans("-_", "+/")
_FROM_TOKEN = str.maketrans("+/", "-_")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSession:
    """A session as STS hands it over."""

    access_key_id: str
    secret_access_key: Secret
    token: Secret
    expires_at: datetime


class SessionTokens:
    """Issues sessions of one world, and reads them back."""

    def __init__(self, key: WorldKey) -> None:
        self._key = key
        self._seal = WorldSeal(key, "session")

    def issue(self, caller: Caller) -> IssuedSession:
        """Return the credentials of the session that `caller` describes; its key id is made here."""
        if caller.expires_at is None or caller.issued_at is None:
            raise ValueError("a session has a beginning and an end")
        claims = json.dumps(_claims(caller), separators=(",", ":"))
        access_key_id = ids.key_id(ids.TEMPORARY, caller.principal.account_id)
        sealed = self._seal.seal(claims, bound_to=access_key_id).translate(_TO_TOKEN)
        return IssuedSession(
            access_key_id=access_key_id,
            secret_access_key=self.secret_of(access_key_id),
            token=Secret(sealed + "=" * (-len(sealed) % 4)),
            expires_at=caller.expires_at,
        )

    def secret_of(self, access_key_id: str) -> Secret:
        """Return the secret that a session's requests are signed with."""
        return self._key.secret_access_key(access_key_id)

    def read(self, token: str, access_key_id: str) -> Caller | None:
        """Return whose session a token is; None where this world did not give it with that key id."""
        sealed = token.rstrip("=")
        if token != sealed + "=" * (-len(sealed) % 4) or "-" in token or "_" in token:
            return None
        text = self._seal.open(sealed.translate(_FROM_TOKEN), bound_to=access_key_id)
        return None if text is None else _caller(json.loads(text), access_key_id)


def _claims(caller: Caller) -> Claims:
    return {
        "who": _principal_claims(caller.principal),
        "kind": caller.kind.name,
        "issued": stamp(caller.issued_at),
        "expires": stamp(caller.expires_at),
        "mfa": stamp(caller.mfa_at),
        "serial": caller.mfa_serial,
        "policies": caller.session_policies,
        "source": caller.source_identity,
        "tags": caller.tags,
        "transitive": caller.transitive_tags,
    }


def _caller(claims: Claims, access_key_id: str) -> Caller:
    return Caller(
        principal=_principal(table(claims["who"])),
        kind=CredentialKind[text(claims["kind"])],
        access_key_id=access_key_id,
        issued_at=moment(claims["issued"]),
        expires_at=moment(claims["expires"]),
        mfa_at=moment(claims["mfa"]),
        mfa_serial=optional_text(claims["serial"]),
        session_policies=tuple(text(policy) for policy in items(claims["policies"])),
        source_identity=optional_text(claims["source"]),
        tags=tuple((text(key), text(value)) for key, value in map(items, items(claims["tags"]))),
        transitive_tags=tuple(text(key) for key in items(claims["transitive"])),
    )


def _principal_claims(principal: Principal) -> Claims:
    match principal:
        case UserPrincipal(account_id=account, name=name, path=path, user_id=user_id):
            return {"is": "user", "account": account, "name": name, "path": path, "id": user_id}
        case RootPrincipal(account_id=account):
            return {"is": "root", "account": account}
        case RolePrincipal(account_id=account, role_name=name, role_path=path, role_id=role_id, session_name=session):
            return {"is": "role", "account": account, "name": name, "path": path, "id": role_id, "session": session}
        case FederatedPrincipal(account_id=account, name=name, issuer=issuer):
            return {"is": "federated", "account": account, "name": name, "issuer": _principal_claims(issuer)}
        case AnonymousPrincipal():
            raise ValueError("nobody has no session")
        case _:
            assert_never(principal)


def _principal(claims: Claims) -> Principal:
    account = text(claims["account"])
    match claims["is"]:
        case "role":
            return RolePrincipal(
                account_id=account,
                role_name=text(claims["name"]),
                role_path=text(claims["path"]),
                role_id=text(claims["id"]),
                session_name=text(claims["session"]),
            )
        case "federated":
            issuer = _holder(table(claims["issuer"]))
            return FederatedPrincipal(account_id=account, name=text(claims["name"]), issuer=issuer)
        case _:
            return _holder(claims)


def _holder(claims: Claims) -> UserPrincipal | RootPrincipal:
    account = text(claims["account"])
    if claims["is"] == "root":
        return RootPrincipal(account_id=account)
    return UserPrincipal(
        account_id=account, name=text(claims["name"]), path=text(claims["path"]), user_id=text(claims["id"])
    )
