"""Decides whether a request may go on: what its credentials can ask at all, then its code, then the policies.

Nothing here decides by itself what a policy means; that is `mfacli.policy`. Whatever cannot be judged is denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mfacli.domain.identity import parse_arn
from mfacli.emulator.authorisation import encoded
from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need
from mfacli.emulator.authorisation.actions.services import needs_of
from mfacli.emulator.authorisation.context import need_keys, request_keys
from mfacli.emulator.authorisation.credential_rules import refuse_unfit
from mfacli.emulator.authorisation.denials import denial_message
from mfacli.emulator.authorisation.documents import Documents
from mfacli.emulator.authorisation.layers import CallerPolicies, PolicyGathering, policy_principal
from mfacli.emulator.authorisation.reasons import log_reason
from mfacli.emulator.authorisation.service_keys import Keys
from mfacli.emulator.callers import Caller, UserPrincipal
from mfacli.emulator.contracts import (
    Authorised,
    CallCheck,
    Check,
    CodeCheck,
    ControlPolicies,
    Denied,
    PolicyBook,
    Sealer,
    WorldClock,
)
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Incoming
from mfacli.errors import PolicyMalformed
from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.decision import decide
from mfacli.policy.document import PolicyKind
from mfacli.policy.verdict import Decision, Reason, Verdict

_UNREADABLE = Decision(verdict=Verdict.IMPLICITLY_DENIED, reason=Reason.NO_ALLOW, layer=PolicyKind.IDENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    """One permission: what was asked, under which policies, what came out, and a line for the log."""

    request: AccessRequest
    layers: Layers
    decision: Decision
    reason: str

    @property
    def check(self) -> Check:
        return Check(
            action=self.request.action,
            resource=self.request.resource,
            allowed=self.decision.is_allowed,
            reason=self.reason,
        )


class Authoriser:
    """The emulator's `Authorisation`.

    `calls` judges parameters before any code is spent; `controls` holds an organization's policies, if there is one.
    """

    def __init__(
        self,
        *,
        book: PolicyBook,
        clock: WorldClock,
        codes: CodeCheck,
        sealer: Sealer,
        calls: CallCheck | None = None,
        controls: ControlPolicies | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._codes = codes
        self._sealer = sealer
        self._calls = calls
        self._gathering = PolicyGathering(book=book, documents=Documents(), controls=controls)

    def authorise(self, operation: Operation, caller: Caller, incoming: Incoming) -> Authorised:
        """Return where the request acts and what was decided; raises `Denied`, or another `Refusal`.

        A code sent with AssumeRole is spent here, whether or not the role may then be taken.
        """
        refuse_unfit(operation, caller)
        call = Call(operation=operation, caller=caller, book=self._book)
        needs = needs_of(call)
        place = self._place(call, needs)
        if self._calls is not None:
            self._calls.validate(operation, caller)
        proven_at = self._checked_code(call)
        shared = request_keys(call, incoming, now=self._clock.world_now(), proven_at=proven_at)
        checks = self._all_allowed(call, needs, shared)
        return Authorised(account_id=place, checks=checks, mfa_at=proven_at)

    def decode(self, text: str) -> str | None:
        """Return what an encoded authorization failure message says; None where it is none of this world's."""
        return encoded.decode(text, self._sealer)

    def _checked_code(self, call: Call) -> datetime | None:
        if (call.operation.service, call.name) != ("sts", "AssumeRole"):
            return None
        serial, code = call.text("SerialNumber"), call.text("TokenCode")
        if serial is None and code is None:
            return None
        if serial is None or code is None:
            raise Refusal(
                RefusalKind.ACCESS_DENIED,
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            )
        return self._codes.check(call.caller, serial, code)

    def _all_allowed(self, call: Call, needs: Sequence[Need], shared: Keys) -> tuple[Check, ...]:
        own = self._own_policies(call.caller) if needs else ""
        checks: list[Check] = []
        for need in needs:
            judgement = self._judged(call, need, own, shared)
            checks.append(judgement.check)
            if not judgement.decision.is_allowed:
                raise Denied(self._message(call, judgement), checks=tuple(checks))
        return tuple(checks)

    def _own_policies(self, caller: Caller) -> CallerPolicies | str:
        """Return the caller's policies, or in words why they cannot be read."""
        try:
            return self._gathering.of_caller(caller)
        except PolicyMalformed as error:
            return error.message

    def _judged(self, call: Call, need: Need, own: CallerPolicies | str, shared: Keys) -> _Judgement:
        owner = self._owner(call, need)
        request = AccessRequest(
            principal=policy_principal(call.caller.principal),
            action=need.action,
            resource=need.resource,
            resource_account=owner,
            context=need_keys(call, need, owner, shared),
        )
        if isinstance(own, str):
            return _unreadable(request, own)
        try:
            layers = self._gathering.for_need(need, owner, own)
        except PolicyMalformed as error:
            return _unreadable(request, error.message)
        decision = decide(request, layers)
        if not decision.is_allowed:
            # The proof takes several times as long as the decision, and only a denial needs explaining.
            decision = decide(request, layers, proof=True)
        return _Judgement(request=request, layers=layers, decision=decision, reason=log_reason(decision))

    def _owner(self, call: Call, need: Need) -> str:
        """Return the account that has the resource: as its ARN says, as the world knows, or else the caller's."""
        if need.resource == ANY:
            return call.account_id
        arn = parse_arn(need.resource)
        if arn is not None and arn.account_id.isdigit():
            return arn.account_id
        return self._book.owner_of(need.resource) or call.account_id

    def _place(self, call: Call, needs: Sequence[Need]) -> str:
        """Return the account to act in: that of the first thing the call is about.

        The data plane takes what is named without an account (a table by its name) for one of the account it acts in,
        so a call about several accounts' things would reach others than were asked for. S3 names are the world's.
        """
        owners = list(dict.fromkeys(self._owner(call, need) for need in needs)) or [call.account_id]
        if len(owners) > 1 and call.operation.service != "s3":
            raise own_error(
                "ValidationException",
                400,
                f"One call cannot be about things of several accounts: {', '.join(owners)}",
            )
        return owners[0]

    def _message(self, call: Call, judgement: _Judgement) -> str:
        service = call.operation.service
        sealed = encoded.encode(_failure(call, judgement), self._sealer) if service == "ec2" else ""
        return denial_message(service, judgement.decision, judgement.request, encoded=sealed)


def _unreadable(request: AccessRequest, why: str) -> _Judgement:
    return _Judgement(request=request, layers=Layers(), decision=_UNREADABLE, reason=f"denied, as {why}")


def _failure(call: Call, judgement: _Judgement) -> encoded.Failure:
    principal = call.caller.principal
    user_id = judgement.request.context.get("aws:userid", "")
    return encoded.Failure(
        principal_id=user_id if isinstance(user_id, str) else "",
        principal_arn=principal.arn,
        principal_name=principal.name if isinstance(principal, UserPrincipal) else "",
        action=judgement.request.action,
        resource=judgement.request.resource,
        context=judgement.request.context,
        is_explicit=judgement.decision.verdict is Verdict.EXPLICITLY_DENIED,
        denied_by=encoded.denying_statements(judgement.decision, judgement.layers),
    )
