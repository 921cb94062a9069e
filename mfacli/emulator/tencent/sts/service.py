"""STS 2018-08-13: GetSessionToken, AssumeRole, GetFederationToken and GetCallerIdentity.

The documents' practice page calls the code MfaCode and gives GetSessionToken a Name and a Policy, of which the API
reference knows nothing. All of these are understood: Policy as a session policy, Name as a mere name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.tencent.callers import (
    Caller,
    CredentialKind,
    FederatedPrincipal,
    RolePrincipal,
)
from mfacli.emulator.tencent.codes import TencentCodes
from mfacli.emulator.tencent.context import uin_of
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import missing, own_error
from mfacli.emulator.tencent.sts.identity import identity_of
from mfacli.emulator.tencent.sts.limits import end_of, own_duration, role_duration
from mfacli.emulator.tencent.sts.parameters import code_of, permanent_holder, tags_of
from mfacli.emulator.tencent.sts.policies import refuse_oversize, session_policy
from mfacli.emulator.tencent.tokens import TencentTokens
from mfacli.emulator.tencent.town.entities import Role
from mfacli.emulator.tencent.town.town import Town

_SESSION_NAME = r"[\w+=,.@-]{2,128}"
_EXTERNAL_ID = r"[\w+=,.@:/-]{2,128}"
# The documents speak of letters; their own program sends hyphens too.
_NAME = r"[\w+=,.@-]{1,128}"
EXTERNAL_ID = "sts:external_id"

_ACTIONS = {
    "GetSessionToken": Shape(
        required=("SerialNumber",), optional=("TokenCode", "MfaCode", "DurationSeconds", "Name", "Policy")
    ),
    "AssumeRole": Shape(
        required=("RoleArn", "RoleSessionName"),
        optional=(
            "DurationSeconds",
            "Policy",
            "ExternalId",
            "Tags",
            "SourceIdentity",
            "SerialNumber",
            "TokenCode",
            "MfaCode",
        ),
    ),
    "GetFederationToken": Shape(required=("Name", "Policy"), optional=("DurationSeconds",)),
    "GetCallerIdentity": Shape(),
}


class StsService:
    """The `Service` of STS."""

    name = "sts"
    version = "2018-08-13"
    actions: Mapping[str, Shape] = _ACTIONS
    denial_code = "AuthFailure.UnauthorizedOperation"

    def __init__(
        self,
        town: Town,
        *,
        tokens: TencentTokens,
        codes: TencentCodes,
        clock: WorldClock,
        chained_roles_inherit_mfa: bool = False,
    ) -> None:
        self._town = town
        self._tokens = tokens
        self._codes = codes
        self._clock = clock
        self._inherits = chained_roles_inherit_mfa
        self._needs: dict[str, Callable[[Asked, Given], Sequence[Need]]] = {
            "GetSessionToken": self._needs_of_session,
            "AssumeRole": self._needs_of_role,
            "GetFederationToken": self._needs_of_federation,
            "GetCallerIdentity": lambda _asked, _given: [Need(action="sts:GetCallerIdentity")],
        }
        self._answers: dict[str, Callable[[Asked, Given], Result]] = {
            "GetSessionToken": self._session,
            "AssumeRole": self._role,
            "GetFederationToken": self._federation,
            "GetCallerIdentity": lambda asked, _given: identity_of(asked.caller.principal),
        }

    def needs(self, asked: Asked) -> Sequence[Need]:
        """Return the permission that a call takes; raises `Rejected` for what is refused before any code is spent.

        The API reference has every call name a region; the practice page's own, which names no version, does not.
        """
        if asked.call.version and not asked.call.region:
            raise missing("Region")
        return self._needs[asked.call.action](asked, Given.of(asked.call))

    def proof(self, asked: Asked) -> datetime | None:
        """Check and spend the code that comes with AssumeRole; None where there is none. Raises `Rejected`.

        It is spent even where the role is then denied, as the trust policy is asked with it.
        """
        given = Given.of(asked.call)
        if asked.call.action != "AssumeRole" or "SerialNumber" not in given:
            return None
        return self._codes.check(asked.caller, given.text("SerialNumber"), code_of(given))

    def answer(self, asked: Asked) -> Result:
        """Return the session, or who asks; raises `Rejected`."""
        return self._answers[asked.call.action](asked, Given.of(asked.call))

    def _needs_of_session(self, asked: Asked, given: Given) -> Sequence[Need]:
        permanent_holder(asked.caller)
        self._codes.refuse_serial(given.text("SerialNumber"))
        code_of(given)
        given.optional_text("Name", pattern=_NAME)
        own_duration(given, asked.caller.principal)
        refuse_oversize(session_policy(given))
        return [Need(action="sts:GetSessionToken")]

    def _needs_of_federation(self, asked: Asked, given: Given) -> Sequence[Need]:
        permanent_holder(asked.caller)
        given.text("Name", pattern=_NAME)
        own_duration(given, asked.caller.principal)
        policy = session_policy(given)
        if policy is None:
            raise missing("Policy")
        refuse_oversize(policy)
        return [Need(action="sts:GetFederationToken")]

    def _needs_of_role(self, asked: Asked, given: Given) -> Sequence[Need]:
        if asked.caller.kind is CredentialKind.FEDERATION:
            raise own_error("UnsupportedOperation", "Federated users assume no roles.", "联合身份不支持扮演角色。")
        given.text("RoleSessionName", pattern=_SESSION_NAME)
        external_id = given.optional_text("ExternalId", pattern=_EXTERNAL_ID)
        given.optional_text("SourceIdentity", pattern=_NAME)
        refuse_oversize(session_policy(given), tags_of(given))
        if ("SerialNumber" in given) != ("TokenCode" in given or "MfaCode" in given):
            raise missing("TokenCode" if "SerialNumber" in given else "SerialNumber")
        if "SerialNumber" in given:
            self._codes.refuse_serial(given.text("SerialNumber"))
            code_of(given)
        role = self._found(given)
        role_duration(given, role.longest_session)
        context = {EXTERNAL_ID: external_id} if external_id else {}
        return [
            Need(
                action="sts:AssumeRole",
                resource=role.qcs,
                owner_uin=role.owner_uin,
                aliases=(role.qcs_by_id,),
                context=context,
            )
        ]

    def _session(self, asked: Asked, given: Given) -> Result:
        serial = given.text("SerialNumber")
        mfa_at = self._codes.check(asked.caller, serial, code_of(given))
        now = self._clock.world_now()
        session = Caller(
            principal=asked.caller.principal,
            kind=CredentialKind.SESSION_TOKEN,
            issued_at=now,
            expires_at=end_of(now, own_duration(given, asked.caller.principal)),
            mfa_at=mfa_at,
            mfa_serial=serial,
            session_policy=session_policy(given),
        )
        return self._credentials(session)

    def _role(self, asked: Asked, given: Given) -> Result:
        role, caller = self._found(given), asked.caller
        now = self._clock.world_now()
        inherited = caller.mfa_at if self._inherits else None
        session = Caller(
            principal=RolePrincipal(
                owner_uin=role.owner_uin,
                role_id=role.role_id,
                role_name=role.name,
                session_name=given.text("RoleSessionName"),
                caller_uin=uin_of(caller.principal),
            ),
            kind=CredentialKind.ROLE,
            issued_at=now,
            expires_at=end_of(now, role_duration(given, role.longest_session)),
            mfa_at=asked.mfa_at or inherited,
            mfa_serial=given.optional_text("SerialNumber") or (caller.mfa_serial if inherited else None),
            session_policy=session_policy(given),
            source_identity=given.optional_text("SourceIdentity") or caller.source_identity,
            tags=tags_of(given),
        )
        return self._credentials(session)

    def _federation(self, asked: Asked, given: Given) -> Result:
        holder = permanent_holder(asked.caller)
        now = self._clock.world_now()
        session = Caller(
            principal=FederatedPrincipal(
                owner_uin=holder.owner_uin, uin=uin_of(holder), name=given.text("Name", pattern=_NAME)
            ),
            kind=CredentialKind.FEDERATION,
            issued_at=now,
            expires_at=end_of(now, own_duration(given, holder)),
            session_policy=session_policy(given),
        )
        return self._credentials(session)

    def _found(self, given: Given) -> Role:
        text = given.text("RoleArn")
        if not text.startswith("qcs::cam:"):
            raise own_error(
                "InvalidParameter.ResouceError",
                "RoleArn is not the six-segment name of a role.",
                "参数 RoleArn 不是合法的六段式角色资源描述。",
            )
        role = self._town.roles.by_qcs(text)
        if role is None:
            raise own_error("ResourceNotFound.RoleNotFound", "The role does not exist.", "角色不存在。")
        return role

    def _credentials(self, session: Caller) -> Result:
        issued = self._tokens.issue(session)
        return {
            "Credentials": {
                "Token": issued.token.reveal(),
                "TmpSecretId": issued.secret_id,
                "TmpSecretKey": issued.secret_key.reveal(),
            },
            "ExpiredTime": int(issued.expires_at.timestamp()),
            "Expiration": issued.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
