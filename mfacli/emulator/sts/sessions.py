"""The three calls that make sessions: what each session is, how long it lasts, and what it carries on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from mfacli.emulator.callers import (
    Caller,
    CredentialKind,
    FederatedPrincipal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.contracts import CodeCheck, WorldClock
from mfacli.emulator.plane.people import People, RoleFacts
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.sts.parameters import tags, text, transitive_keys
from mfacli.emulator.sts.policies import packed_size, session_policies
from mfacli.emulator.tokens import IssuedSession, SessionTokens
from mfacli.emulator.world.model import Settings

_DAYLONG = timedelta(hours=12)
_HOUR = timedelta(hours=1)
_TOO_LONG_FOR_ROLE = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
_TOO_LONG_FOR_CHAIN = (
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
)

Parameters = Mapping[str, object]
Result = dict[str, object]


class Sessions:
    """Makes sessions. The calls have been authorised, and AssumeRole's code has been checked on the way."""

    def __init__(
        self, *, tokens: SessionTokens, people: People, codes: CodeCheck, clock: WorldClock, settings: Settings
    ) -> None:
        self._tokens = tokens
        self._people = people
        self._codes = codes
        self._clock = clock
        self._settings = settings

    def session_token(self, parameters: Parameters, caller: Caller) -> Result:
        """Answer GetSessionToken: the caller again, for a while, with MFA where a code came along."""
        now = self._clock.world_now()
        mfa_at = self._proven(parameters, caller)
        session = Caller(
            principal=caller.principal,
            kind=CredentialKind.SESSION_TOKEN,
            issued_at=now,
            expires_at=_end(now, _long_duration(parameters, caller)),
            mfa_at=mfa_at,
            mfa_serial=text(parameters, "SerialNumber") if mfa_at else None,
        )
        return {"Credentials": _credentials(self._tokens.issue(session))}

    def assume_role(self, parameters: Parameters, caller: Caller) -> Result:
        """Answer AssumeRole: a role, without the caller's MFA unless the world says otherwise."""
        role = self._role(parameters, caller)
        now = self._clock.world_now()
        duration = _role_duration(parameters, caller, role)
        inherits = self._settings.chained_roles_inherit_mfa and caller.is_temporary
        principal = RolePrincipal(
            account_id=role.account_id,
            role_name=role.name,
            role_path=role.path,
            role_id=role.id,
            session_name=text(parameters, "RoleSessionName") or "",
        )
        source_identity = text(parameters, "SourceIdentity") or caller.source_identity
        session = Caller(
            principal=principal,
            kind=CredentialKind.ROLE,
            issued_at=now,
            expires_at=_end(now, duration),
            mfa_at=caller.mfa_at if inherits else None,
            mfa_serial=caller.mfa_serial if inherits else None,
            session_policies=session_policies(parameters, account_id=role.account_id, people=self._people),
            source_identity=source_identity,
            tags=_inherited_tags(caller) + tags(parameters),
            transitive_tags=caller.transitive_tags + transitive_keys(parameters),
        )
        return {
            "Credentials": _credentials(self._tokens.issue(session)),
            "AssumedRoleUser": {"AssumedRoleId": f"{role.id}:{principal.session_name}", "Arn": principal.arn},
            "PackedPolicySize": packed_size(parameters),
            "SourceIdentity": source_identity,
        }

    def federation_token(self, parameters: Parameters, caller: Caller) -> Result:
        """Answer GetFederationToken: somebody with a name of their own and at most the caller's permissions."""
        issuer = caller.principal
        if not isinstance(issuer, UserPrincipal | RootPrincipal):
            raise Refusal(RefusalKind.ACCESS_DENIED, "Cannot call GetFederationToken with session credentials")
        now = self._clock.world_now()
        name = text(parameters, "Name") or ""
        principal = FederatedPrincipal(account_id=issuer.account_id, name=name, issuer=issuer)
        session = Caller(
            principal=principal,
            kind=CredentialKind.FEDERATION,
            issued_at=now,
            expires_at=_end(now, _long_duration(parameters, caller)),
            session_policies=session_policies(parameters, account_id=issuer.account_id, people=self._people),
            tags=tags(parameters),
        )
        return {
            "Credentials": _credentials(self._tokens.issue(session)),
            "FederatedUser": {"FederatedUserId": f"{principal.account_id}:{name}", "Arn": principal.arn},
            "PackedPolicySize": packed_size(parameters),
        }

    def _proven(self, parameters: Parameters, caller: Caller) -> datetime | None:
        serial, code = text(parameters, "SerialNumber"), text(parameters, "TokenCode")
        if serial is None or code is None:
            return None
        return self._codes.check(caller, serial, code)

    def _role(self, parameters: Parameters, caller: Caller) -> RoleFacts:
        arn = text(parameters, "RoleArn") or ""
        role = self._people.role(arn)
        if role is None:
            # The same words as for a role that is there and closed: nobody learns by asking which roles exist.
            message = f"User: {caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise Refusal(RefusalKind.ACCESS_DENIED, message)
        return role


def _role_duration(parameters: Parameters, caller: Caller, role: RoleFacts) -> timedelta:
    duration = _asked(parameters) or _HOUR
    if duration.total_seconds() > role.longest_session_seconds:
        raise own_error("ValidationError", 400, _TOO_LONG_FOR_ROLE)
    if caller.is_temporary and duration > _HOUR:
        raise own_error("ValidationError", 400, _TOO_LONG_FOR_CHAIN)
    return duration


def _long_duration(parameters: Parameters, caller: Caller) -> timedelta:
    duration = _asked(parameters) or _DAYLONG
    return min(duration, _HOUR) if isinstance(caller.principal, RootPrincipal) else duration


def _asked(parameters: Parameters) -> timedelta | None:
    seconds = parameters.get("DurationSeconds")
    return timedelta(seconds=seconds) if isinstance(seconds, int) else None


def _end(now: datetime, duration: timedelta) -> datetime:
    # STS tells whole seconds, and the session ends when it says.
    return (now + duration).replace(microsecond=0)


def _inherited_tags(caller: Caller) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in caller.tags if key in caller.transitive_tags)


def _credentials(session: IssuedSession) -> Result:
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key.reveal(),
        "SessionToken": session.token.reveal(),
        "Expiration": session.expires_at,
    }
