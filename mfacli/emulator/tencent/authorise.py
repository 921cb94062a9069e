"""Decides whether a call of Tencent Cloud may go on. What a policy means is `mfacli.policy`'s business.

Whatever cannot be judged is denied. A denial is worded as users report it from the API (sms, tcb): the action and the
six-segment resource within double brackets. Its code is the service's own choice: nothing documents which one a
failed `qcs:mfaPresent` gets, so it is that of every other denial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from mfacli.emulator.authorisation.documents import Documents
from mfacli.emulator.authorisation.reasons import log_reason
from mfacli.emulator.contracts import Check, NamedPolicy, WorldClock
from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.callers import (
    AnonymousPrincipal,
    Caller,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.tencent.context import Keys, need_keys, request_keys
from mfacli.emulator.tencent.operations import ANY, Need
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.town.town import Town
from mfacli.errors import PolicyMalformed
from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.decision import decide
from mfacli.policy.document import Dialect, Document, PolicyKind
from mfacli.policy.principals import ANONYMOUS, PrincipalKind
from mfacli.policy.principals import Principal as PolicyPrincipal
from mfacli.policy.verdict import Decision, Verdict

ASSUME_ROLE = "sts:AssumeRole"


class Denied(Rejected):
    """The policies do not allow a call. `checks` is never empty and ends with the one that failed."""

    def __init__(self, refusal: Rejected, *, checks: tuple[Check, ...]) -> None:
        super().__init__(
            refusal.kind, refusal.message_en, refusal.message_zh, code=refusal.code, status=refusal.status
        )
        self.checks = checks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """The documents that go with the caller, whatever it asks for."""

    identity: tuple[Document, ...]
    boundaries: tuple[Document, ...]
    session: tuple[Document, ...] | None


class Authoriser:
    """Holds what a call needs against the policies of a town."""

    def __init__(self, town: Town, clock: WorldClock) -> None:
        self._town = town
        self._clock = clock
        self._documents = Documents(Dialect.TENCENT)

    def authorise(
        self,
        needs: Sequence[Need],
        caller: Caller,
        incoming: Incoming,
        *,
        proven_at: datetime | None = None,
        denial_code: str = "",
    ) -> tuple[Check, ...]:
        """Return what was decided; raises `Denied` at the first need that is not allowed.

        Without a `denial_code` the denial is the one that COS writes.
        """
        account = self._town.account(caller.principal.owner_uin)
        shared = request_keys(
            caller,
            source_ip=incoming.source_ip,
            appid=account.appid if account else "",
            now=self._clock.world_now(),
            proven_at=proven_at,
        )
        checks: list[Check] = []
        for need in needs:
            check = self._checked(need, caller, shared)
            checks.append(check)
            if not check.allowed:
                refusal = _refusal(need, incoming.request_id, denial_code)
                raise Denied(refusal, checks=tuple(checks))
        return tuple(checks)

    def _checked(self, need: Need, caller: Caller, shared: Keys) -> Check:
        try:
            decision = self._decided(need, caller, shared)
        except PolicyMalformed as error:
            reason = f"denied, as {error.message}"
            return Check(action=need.action, resource=need.resource, allowed=False, reason=reason)
        return Check(
            action=need.action,
            resource=need.resource,
            allowed=decision.is_allowed,
            reason=log_reason(decision),
        )

    def _decided(self, need: Need, caller: Caller, shared: Keys) -> Decision:
        own = self._own(caller)
        layers = Layers(
            identity=own.identity, resource=self._on_resource(need), session=own.session, boundaries=own.boundaries
        )
        owner = need.owner_uin or caller.principal.owner_uin
        decisions: list[Decision] = []
        for principal in policy_principals(caller.principal):
            for resource in (need.resource, *need.aliases):
                request = AccessRequest(
                    principal=principal,
                    action=need.action,
                    resource=resource,
                    resource_account=owner,
                    context=need_keys(need.action, need.context, shared),
                    dialect=Dialect.TENCENT,
                )
                decision = decide(request, layers)
                # The proof takes several times as long as the decision, and only a denial needs explaining.
                decisions.append(decision if decision.is_allowed else decide(request, layers, proof=True))
        return _together(decisions)

    def _own(self, caller: Caller) -> _Own:
        principal = caller.principal
        boundary = self._town.boundary(principal)
        session = caller.session_policy
        return _Own(
            identity=tuple(
                self._parsed(policy.name, policy.text, PolicyKind.IDENTITY)
                for policy in self._town.identity_policies(principal)
            ),
            boundaries=(self._parsed(boundary.name, boundary.text, PolicyKind.BOUNDARY),) if boundary else (),
            session=None if session is None else (self._parsed("session policy", session, PolicyKind.SESSION),),
        )

    def _on_resource(self, need: Need) -> Document | None:
        if need.resource == ANY:
            return None
        if need.action == ASSUME_ROLE:
            role = self._town.roles.by_qcs(need.resource)
            return None if role is None else self._parsed(f"trust of {role.name}", role.trust, PolicyKind.TRUST)
        if need.action.startswith("cos:"):
            bucket = self._town.buckets.find(need.resource.split(":", 5)[-1].partition("/")[0])
            if bucket is not None and bucket.policy is not None:
                return self._parsed(f"policy of {bucket.name}", bucket.policy, PolicyKind.RESOURCE)
        return None

    def _parsed(self, name: str, text: str, kind: PolicyKind) -> Document:
        return self._documents.parsed(NamedPolicy(name=name, text=text), kind)


def policy_principals(principal: Principal) -> tuple[PolicyPrincipal, ...]:
    """Return the caller as policies see it: a role by its name and by its id, everybody else in one way.

    A federated user of the account itself has all that the account has, which only its session policy limits.
    """
    account_id = principal.owner_uin
    match principal:
        case UserPrincipal():
            return (PolicyPrincipal(kind=PrincipalKind.USER, arn=principal.qcs, account_id=account_id),)
        case RootPrincipal():
            return (PolicyPrincipal(kind=PrincipalKind.ROOT, arn=principal.qcs, account_id=account_id),)
        case FederatedPrincipal():
            is_root = principal.uin == account_id
            kind = PrincipalKind.ROOT if is_root else PrincipalKind.FEDERATED_USER
            return (PolicyPrincipal(kind=kind, arn=principal.qcs, account_id=account_id),)
        case RolePrincipal():
            by_name = PolicyPrincipal(
                kind=PrincipalKind.ROLE_SESSION,
                arn=principal.qcs,
                account_id=account_id,
                role_name=f"roleName/{principal.role_name}",
            )
            return (by_name, replace(by_name, arn=principal.qcs_by_id, role_name=f"role/{principal.role_id}"))
        case AnonymousPrincipal():
            return (ANONYMOUS,)
        case _:
            assert_never(principal)


def _together(decisions: Sequence[Decision]) -> Decision:
    """Return what several ways of naming the same come to: a deny under any name, else an allow under any."""
    for decision in decisions:
        if decision.verdict is Verdict.EXPLICITLY_DENIED:
            return decision
    return next((decision for decision in decisions if decision.is_allowed), decisions[0])


def _refusal(need: Need, request_id: str, code: str) -> Rejected:
    if not code:
        return Rejected(RejectionKind.ACCESS_DENIED)
    where = (
        f"[[request id:{request_id}]you are not authorized to perform operation ({need.action})\n"
        f"resource ({need.resource}) has no permission\n]"
    )
    english = (
        "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using "
        f"the correct access keys. {where}"
    )
    return Rejected(RejectionKind.OTHER, english, f"操作未授权，请检查CAM策略。{where}", code=code)
