"""Finds whose an access key id is: long-term keys where moto keeps them, sessions in the tokens they bring along."""

from __future__ import annotations

from dataclasses import replace

from mfacli.emulator.callers import (
    Caller,
    Credential,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.plane.identities import root_key_id
from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.tokens import SessionTokens
from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import World

_INVALID = "The security token included in the request is invalid."
_EXPIRED = "The security token included in the request is expired"


class WorldDirectory:
    """The `CredentialDirectory` of a world."""

    def __init__(
        self, world: World, *, key: WorldKey, people: People, tokens: SessionTokens, clock: WorldClock
    ) -> None:
        self._key = key
        self._people = people
        self._tokens = tokens
        self._clock = clock
        self._account_ids = frozenset(account.id for account in world.accounts)
        self._root_keys = {root_key_id(account.id): account.id for account in world.accounts if account.has_root_key}

    def credential_for(self, access_key_id: str, token: str | None) -> Credential:
        """Return whose key it is and what it signs with.

        Raises `Refusal`: UNKNOWN_KEY, BAD_TOKEN (missing, foreign, altered, another key's, or beside a long-term key,
        which has none) or EXPIRED_TOKEN.
        """
        if access_key_id.startswith(ids.TEMPORARY):
            return self._session(access_key_id, token)
        credential = self._long_term(access_key_id)
        if token is not None:
            raise Refusal(RefusalKind.BAD_TOKEN, _INVALID)
        return credential

    def _long_term(self, access_key_id: str) -> Credential:
        account_id = ids.account_of_key(access_key_id)
        if account_id not in self._account_ids:
            raise Refusal(RefusalKind.UNKNOWN_KEY, _INVALID)
        if access_key_id in self._root_keys:
            caller = _long_term_caller(RootPrincipal(account_id=account_id), access_key_id)
            return Credential(secret_access_key=self._key.secret_access_key(access_key_id), caller=caller)
        found = self._people.key(account_id, access_key_id)
        if found is None or not found.is_active:
            raise Refusal(RefusalKind.UNKNOWN_KEY, _INVALID)
        return Credential(secret_access_key=found.secret, caller=_long_term_caller(found.owner, access_key_id))

    def _session(self, access_key_id: str, token: str | None) -> Credential:
        caller = self._tokens.read(token, access_key_id) if token else None
        if caller is None:
            raise Refusal(RefusalKind.BAD_TOKEN, _INVALID)
        principal = self._present(caller.principal)
        if principal is None:
            raise Refusal(RefusalKind.UNKNOWN_KEY, _INVALID)
        if caller.expires_at is None or self._clock.world_now() >= caller.expires_at:
            raise Refusal(RefusalKind.EXPIRED_TOKEN, _EXPIRED)
        return Credential(
            secret_access_key=self._tokens.secret_of(access_key_id), caller=replace(caller, principal=principal)
        )

    def _present(self, principal: Principal) -> Principal | None:
        """Return who a session's principal is today; None where its user, role or account has gone."""
        if principal.account_id not in self._account_ids:
            return None
        match principal:
            case UserPrincipal():
                return self._people.user(principal.account_id, principal.user_id)
            case RolePrincipal():
                return principal if self._people.has_role(principal.account_id, principal.role_id) else None
            case FederatedPrincipal(issuer=UserPrincipal() as issuer):
                user = self._people.user(issuer.account_id, issuer.user_id)
                return replace(principal, issuer=user) if user else None
            case _:
                return principal


def _long_term_caller(principal: Principal, access_key_id: str) -> Caller:
    return Caller(principal=principal, kind=CredentialKind.LONG_TERM, access_key_id=access_key_id)
