"""Tencent Cloud's side of the emulator on one page: a request passes the gate and is answered by its service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mfacli.emulator.contracts import Check, WorldClock
from mfacli.emulator.key_uses import KeyUse, KeyUses
from mfacli.emulator.log import DecisionLog, DecisionRecord, Outcome, answered, truth
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.authorise import Authoriser, Denied
from mfacli.emulator.tencent.callers import Caller, CredentialKind
from mfacli.emulator.tencent.contracts import Secrets
from mfacli.emulator.tencent.mfa import PRESENT, mfa_keys
from mfacli.emulator.tencent.operations import Asked, CosAsked, CosService, Service, refuse_misshapen
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, own_error
from mfacli.emulator.tencent.signing.authenticate import authenticate
from mfacli.emulator.tencent.sts.service import StsService
from mfacli.emulator.tencent.wire.answers import answer_of, code_of, error_of
from mfacli.emulator.tencent.wire.cos import recognise_cos
from mfacli.emulator.tencent.wire.recognise import Call, is_cos, recognise

Report = Callable[[Exception, Incoming], None]


@dataclass(slots=True, kw_only=True)
class _Visit:
    """What has been found out about a request so far."""

    service: str = ""
    operation: str = ""
    caller: Caller | None = None
    checks: tuple[Check, ...] = ()
    proven_at: datetime | None = None


class TencentSide:
    """Answers Tencent Cloud's requests: STS, the other services of the API, and COS where there is one.

    `uses` is told which keys were used, and `report` of failures of the emulator's own.
    """

    def __init__(
        self,
        *,
        secrets: Secrets,
        authoriser: Authoriser,
        sts: StsService,
        services: Sequence[Service] = (),
        cos: CosService | None = None,
        clock: WorldClock,
        log: DecisionLog,
        uses: KeyUses,
        report: Report,
    ) -> None:
        self._secrets = secrets
        self._authoriser = authoriser
        self._sts = sts
        self._services: dict[str, Service] = {service.name: service for service in (sts, *services)}
        self._cos = cos
        self._clock = clock
        self._log = log
        self._uses = uses
        self._report = report

    def handle(self, incoming: Incoming) -> Answer:
        """Return the answer to a request; raises nothing."""
        visit = _Visit()
        try:
            answer = self._of_cos(incoming, visit) if is_cos(incoming) else self._of_api(incoming, visit)
            outcome, reason = answered(answer.status)
        except Rejected as rejected:
            answer = error_of(rejected, incoming)
            outcome, reason = _judged(rejected, visit)
        except Exception as error:  # noqa: BLE001  # the last line of defence: no request may end the emulator
            self._report(error, incoming)
            answer = error_of(_failed(), incoming)
            outcome, reason = Outcome.FAILED, type(error).__name__
        self._record(incoming, visit, answer.status, outcome, reason)
        return answer

    def _of_api(self, incoming: Incoming, visit: _Visit) -> Answer:
        found = authenticate(incoming, self._secrets, now=incoming.received_at)
        visit.caller = found.caller
        call = recognise(incoming)
        visit.service = call.service
        self._note_use(visit)
        service = self._service(call)
        visit.operation = call.action
        refuse_misshapen(call, service.actions[call.action])
        asked = Asked(call=call, caller=found.caller, incoming=incoming)
        needs = service.needs(asked)
        visit.proven_at = self._sts.proof(asked) if service is self._sts else None
        visit.checks = self._authoriser.authorise(
            needs, found.caller, incoming, proven_at=visit.proven_at, denial_code=service.denial_code
        )
        return answer_of(service.answer(replace(asked, mfa_at=visit.proven_at)), incoming)

    def _of_cos(self, incoming: Incoming, visit: _Visit) -> Answer:
        visit.service = "cos"
        found = authenticate(incoming, self._secrets, now=incoming.received_at, allows_unsigned=True)
        visit.caller = found.caller
        self._note_use(visit)
        asked = CosAsked(call=recognise_cos(incoming), caller=found.caller, incoming=incoming)
        if self._cos is None:
            raise Rejected(RejectionKind.UNKNOWN_ACTION)
        visit.operation = self._cos.operation(asked)
        visit.checks = self._authoriser.authorise(self._cos.needs(asked), found.caller, incoming)
        return self._cos.answer(asked)

    def _note_use(self, visit: _Visit) -> None:
        if visit.caller is not None and visit.caller.kind is CredentialKind.LONG_TERM:
            self._uses.note(visit.caller.secret_id, KeyUse(at=self._clock.wire_now(), service=visit.service))

    def _service(self, call: Call) -> Service:
        service = self._services.get(call.service)
        if service is None:
            known = ", ".join(sorted(self._services))
            raise own_error(
                "NoSuchProduct", f"The emulator answers for {known} and COS only.", f"模拟器仅支持 {known} 和 COS。"
            )
        if call.version not in ("", service.version):
            raise own_error(
                "NoSuchVersion",
                f"The version of {service.name} is {service.version}.",
                f"{service.name} 的接口版本为 {service.version}。",
            )
        if call.action not in service.actions:
            raise Rejected(RejectionKind.UNKNOWN_ACTION)
        return service

    def _record(self, incoming: Incoming, visit: _Visit, status: int, outcome: Outcome, reason: str) -> None:
        caller = visit.caller
        keys = mfa_keys(caller, proven_at=visit.proven_at) if caller else {}
        self._log.add(
            DecisionRecord(
                at=self._clock.world_now(),
                request_id=incoming.request_id,
                caller=caller.principal.qcs if caller else "",
                access_key_id=caller.secret_id if caller else "",
                service=visit.service,
                operation=visit.operation,
                checks=visit.checks,
                mfa=truth(keys.get(PRESENT)),
                source_ip=incoming.source_ip,
                outcome=outcome,
                reason=reason,
                status=status,
            )
        )


def _judged(rejected: Rejected, visit: _Visit) -> tuple[Outcome, str]:
    """Return how a refused request ended. The code only: a message may repeat what was sent."""
    if isinstance(rejected, Denied):
        visit.checks = rejected.checks
        return Outcome.DENIED, rejected.checks[-1].reason
    outcome = Outcome.FAILED if visit.operation else Outcome.REFUSED
    return outcome, rejected.code or code_of(rejected)


def _failed() -> Rejected:
    return own_error(
        "InternalError", "The emulator failed on this request. Its log tells where.", "模拟器内部错误。", status=500
    )
