"""Finds whose a SecretId is: long-term keys in the town, sessions in the tokens they bring along.

The documents have one code for every trouble with a token (AuthFailure.TokenFailure), so an expired token, one that
is missing beside a session's TmpSecretId, another session's, an altered one, and any token beside a long-term key
have it too. A session whose user or role has gone, and a deactivated key, are as unknown as a key that never was.
"""

from __future__ import annotations

from dataclasses import replace

from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.tencent.callers import Caller, Credential, CredentialKind, RootPrincipal
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.tokens import TencentTokens
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids


class TownSecrets:
    """The `Secrets` of a town."""

    def __init__(self, town: Town, *, tokens: TencentTokens, clock: WorldClock) -> None:
        self._town = town
        self._tokens = tokens
        self._clock = clock

    def credential_for(self, secret_id: str, token: str | None) -> Credential:
        """Return whose key it is and what it signs with; raises `Rejected` UNKNOWN_KEY, BAD_TOKEN, EXPIRED_TOKEN."""
        if tencent_ids.is_temporary(secret_id):
            return self._session(secret_id, token)
        credential = self._long_term(secret_id)
        if token:
            raise Rejected(RejectionKind.BAD_TOKEN)
        return credential

    def _long_term(self, secret_id: str) -> Credential:
        with self._town.guard:
            key = self._town.users.key(secret_id)
            user = self._town.users.find(key.uin) if key else None
        if key is None or not key.is_active or (user is None and key.uin != key.owner_uin):
            raise Rejected(RejectionKind.UNKNOWN_KEY)
        principal = user.principal if user else RootPrincipal(owner_uin=key.owner_uin)
        caller = Caller(principal=principal, kind=CredentialKind.LONG_TERM, secret_id=secret_id)
        return Credential(secret_key=key.secret_key, caller=caller)

    def _session(self, secret_id: str, token: str | None) -> Credential:
        caller = self._tokens.read(token, secret_id) if token else None
        if caller is None:
            raise Rejected(RejectionKind.BAD_TOKEN)
        principal = self._town.present(caller.principal)
        if principal is None:
            raise Rejected(RejectionKind.UNKNOWN_KEY)
        if caller.expires_at is None or self._clock.world_now() >= caller.expires_at:
            raise Rejected(RejectionKind.EXPIRED_TOKEN)
        return Credential(secret_key=self._tokens.secret_of(secret_id), caller=replace(caller, principal=principal))
