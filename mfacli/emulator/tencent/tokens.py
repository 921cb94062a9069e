"""Tencent Cloud's session tokens: all that is known of a session, sealed and bound to its TmpSecretId."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mfacli.domain.secret import Secret
from mfacli.emulator.claims import Claims, items, moment, optional_text, stamp, table, text
from mfacli.emulator.seals import WorldSeal
from mfacli.emulator.tencent.callers import (
    AnonymousPrincipal,
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.keys import WorldKey


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSession:
    """A session as STS hands it over."""

    secret_id: str
    secret_key: Secret
    token: Secret
    expires_at: datetime


class TencentTokens:
    """Issues sessions of one world, and reads them back."""

    def __init__(self, key: WorldKey) -> None:
        self._key = key
        self._seal = WorldSeal(key, "tencent session")

    def issue(self, caller: Caller) -> IssuedSession:
        """Return the credentials of the session that `caller` describes; its TmpSecretId is made here."""
        if caller.expires_at is None or caller.issued_at is None:
            raise ValueError("a session has a beginning and an end")
        secret_id = tencent_ids.temporary_secret_id()
        claims = json.dumps(_claims(caller), separators=(",", ":"))
        return IssuedSession(
            secret_id=secret_id,
            secret_key=self.secret_of(secret_id),
            token=Secret(self._seal.seal(claims, bound_to=secret_id)),
            expires_at=caller.expires_at,
        )

    def secret_of(self, secret_id: str) -> Secret:
        """Return the key that a session's requests are signed with."""
        return tencent_ids.secret_key(self._key, secret_id)

    def read(self, token: str, secret_id: str) -> Caller | None:
        """Return whose session a token is; None where this world did not give it with that TmpSecretId."""
        opened = self._seal.open(token, bound_to=secret_id)
        return None if opened is None else _caller(json.loads(opened), secret_id)


def _claims(caller: Caller) -> Claims:
    return {
        "who": _principal_claims(caller.principal),
        "kind": caller.kind.name,
        "issued": stamp(caller.issued_at),
        "expires": stamp(caller.expires_at),
        "mfa": stamp(caller.mfa_at),
        "serial": caller.mfa_serial,
        "policy": caller.session_policy,
        "source": caller.source_identity,
        "tags": caller.tags,
    }


def _caller(claims: Claims, secret_id: str) -> Caller:
    return Caller(
        principal=_principal(table(claims["who"])),
        kind=CredentialKind[text(claims["kind"])],
        secret_id=secret_id,
        issued_at=moment(claims["issued"]),
        expires_at=moment(claims["expires"]),
        mfa_at=moment(claims["mfa"]),
        mfa_serial=optional_text(claims["serial"]),
        session_policy=optional_text(claims["policy"]),
        source_identity=optional_text(claims["source"]),
        tags=tuple((text(key), text(value)) for key, value in map(items, items(claims["tags"]))),
    )


def _principal_claims(principal: Principal) -> Claims:
    match principal:
        case UserPrincipal(owner_uin=owner, uin=uin, name=name):
            return {"is": "user", "owner": owner, "uin": uin, "name": name}
        case RootPrincipal(owner_uin=owner):
            return {"is": "root", "owner": owner}
        case FederatedPrincipal(owner_uin=owner, uin=uin, name=name):
            return {"is": "federated", "owner": owner, "uin": uin, "name": name}
        case RolePrincipal():
            return {
                "is": "role",
                "owner": principal.owner_uin,
                "id": principal.role_id,
                "name": principal.role_name,
                "session": principal.session_name,
                "caller": principal.caller_uin,
            }
        case AnonymousPrincipal():
            raise ValueError("nobody has no session")
        case _:
            assert_never(principal)


def _principal(claims: Claims) -> Principal:
    owner = text(claims["owner"])
    match claims["is"]:
        case "role":
            return RolePrincipal(
                owner_uin=owner,
                role_id=text(claims["id"]),
                role_name=text(claims["name"]),
                session_name=text(claims["session"]),
                caller_uin=text(claims["caller"]),
            )
        case "federated":
            return FederatedPrincipal(owner_uin=owner, uin=text(claims["uin"]), name=text(claims["name"]))
        case "user":
            return UserPrincipal(owner_uin=owner, uin=text(claims["uin"]), name=text(claims["name"]))
        case _:
            return RootPrincipal(owner_uin=owner)
