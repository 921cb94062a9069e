"""The emulator on one page: a request comes in, passes the gate, and is answered by us or by the data plane."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mfacli.emulator.authorisation.mfa import PRESENT, mfa_keys
from mfacli.emulator.callers import Caller, CredentialKind
from mfacli.emulator.contracts import (
    Authorisation,
    Check,
    CredentialDirectory,
    DataPlane,
    Denied,
    OperationAnswer,
    WorldClock,
)
from mfacli.emulator.key_uses import KeyUse, KeyUses
from mfacli.emulator.log import DecisionLog, DecisionRecord, Outcome, answered, truth
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.visits import Door
from mfacli.emulator.signing.authenticate import authenticate
from mfacli.emulator.tencent.side import TencentSide
from mfacli.emulator.tencent.wire.recognise import is_tencent
from mfacli.emulator.wire.errors import error_answer
from mfacli.emulator.wire.models import Models
from mfacli.emulator.wire.recognise import Recogniser, Sketch, is_reserved, protocol_of, sketch

CONTROL_PATH = "/_mfacli"
_LOGGER = logging.getLogger("mfacli.emulator")
_REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amz-id-2")

Control = Callable[[Incoming], Answer]


@dataclass(slots=True, kw_only=True)
class _Visit:
    """What has been found out about a request so far."""

    service: str
    caller: Caller | None = None
    operation: str = ""
    checks: tuple[Check, ...] = ()
    proven_at: datetime | None = None


class Emulator:
    """Answers requests.

    `directory` knows the keys, `authorisation` the policies. `answers` are asked in turn for what the emulator does
    itself, and `plane` does the rest. `control` answers what is under the one path that is not AWS's, and `tencent`
    what is Tencent Cloud's; `doors` sign browsers in, and `uses` is told which keys were used. `models` are the
    services', where somebody else reads them too.
    """

    def __init__(
        self,
        *,
        directory: CredentialDirectory,
        authorisation: Authorisation,
        answers: Sequence[OperationAnswer],
        plane: DataPlane,
        control: Control,
        clock: WorldClock,
        log: DecisionLog,
        uses: KeyUses,
        models: Models | None = None,
        tencent: TencentSide | None = None,
        doors: Sequence[Door] = (),
    ) -> None:
        self._directory = directory
        self._authorisation = authorisation
        self._answers = tuple(answers)
        self._plane = plane
        self._control = control
        self._recogniser = Recogniser(models or Models())
        self._log = log
        self._uses = uses
        self._tencent = tencent
        self._doors = tuple(doors)
        self.clock = clock

    def handle(self, incoming: Incoming) -> Answer:
        """Return the answer to a request; raises nothing."""
        if incoming.path == CONTROL_PATH or incoming.path.startswith(f"{CONTROL_PATH}/"):
            return self._caught(self._control, incoming)
        for door in self._doors:
            if door.opens_for(incoming):
                return self._caught(door.handle, incoming)
        if self._tencent is not None and is_tencent(incoming):
            return self._tencent.handle(incoming)
        look = sketch(incoming)
        visit = _Visit(service=look.service)
        try:
            answer = self._answered(incoming, look, visit)
            outcome, reason = answered(answer.status)
        except Refusal as refusal:
            answer, outcome, reason = self._refused(refusal, incoming, visit)
        except Exception as error:  # noqa: BLE001  # the last line of defence: no request may end the emulator
            answer, outcome, reason = self._crashed(error, incoming, visit)
        self._record(incoming, visit, answer.status, outcome, reason)
        return _with_request_id(answer, incoming.request_id, visit.service)

    def _answered(self, incoming: Incoming, look: Sketch, visit: _Visit) -> Answer:
        if is_reserved(incoming):
            raise own_error("NotFound", 404, "The emulator keeps this path to itself.")
        found = authenticate(incoming, self._directory, service=look.named, allows_unsigned=look.allows_unsigned)
        visit.caller, visit.service = found.caller, found.service
        if found.caller.kind is CredentialKind.LONG_TERM:
            use = KeyUse(at=self.clock.wire_now(), service=found.service, region=found.region)
            self._uses.note(found.caller.access_key_id, use)
        operation = self._recogniser.recognise(incoming, service=found.service, region=found.region)
        visit.operation = operation.name
        authorised = self._authorisation.authorise(operation, found.caller, incoming)
        visit.checks, visit.proven_at = authorised.checks, authorised.mfa_at
        for own in self._answers:
            answer = own.answer(operation, found.caller, incoming)
            if answer is not None:
                return answer
        return self._plane.forward(operation, incoming, authorised.account_id)

    def _caught(self, handle: Callable[[Incoming], Answer], incoming: Incoming) -> Answer:
        try:
            return handle(incoming)
        except Exception as error:  # noqa: BLE001  # as above
            report(error, incoming)
            return Answer(status=500, headers=(("content-type", "text/plain"),), body=b"the emulator failed\n")

    def _refused(self, refusal: Refusal, incoming: Incoming, visit: _Visit) -> tuple[Answer, Outcome, str]:
        answer = error_answer(refusal, incoming, service=visit.service, protocol=protocol_of(incoming, visit.service))
        if isinstance(refusal, Denied):
            visit.checks = refusal.checks
            return answer, Outcome.DENIED, refusal.checks[-1].reason
        if visit.operation and refusal.kind is RefusalKind.OTHER:
            # The code only: a message may repeat what was sent.
            return answer, Outcome.FAILED, refusal.code
        if refusal.kind is RefusalKind.ACCESS_DENIED:
            return answer, Outcome.DENIED, refusal.message
        return answer, Outcome.REFUSED, refusal.code or refusal.kind.value

    def _crashed(self, error: Exception, incoming: Incoming, visit: _Visit) -> tuple[Answer, Outcome, str]:
        report(error, incoming)
        code = "InternalError" if visit.service == "s3" else "InternalFailure"
        refusal = own_error(code, 500, "The emulator failed on this request. Its log tells where.")
        answer = error_answer(refusal, incoming, service=visit.service, protocol=protocol_of(incoming, visit.service))
        return answer, Outcome.FAILED, type(error).__name__

    def _record(self, incoming: Incoming, visit: _Visit, status: int, outcome: Outcome, reason: str) -> None:
        now = self.clock.world_now()
        keys = mfa_keys(visit.caller, now=now, proven_at=visit.proven_at) if visit.caller else {}
        self._log.add(
            DecisionRecord(
                at=now,
                request_id=incoming.request_id,
                caller=visit.caller.principal.arn if visit.caller else "",
                access_key_id=visit.caller.access_key_id if visit.caller else "",
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


def _with_request_id(answer: Answer, request_id: str, service: str) -> Answer:
    names = ("x-amz-request-id", "x-amz-id-2") if service == "s3" else ("x-amzn-requestid",)
    kept = tuple(pair for pair in answer.headers if pair[0].lower() not in _REQUEST_IDS)
    added = tuple((name, request_id) for name in names)
    return Answer(status=answer.status, headers=(*kept, *added), body=answer.body)


def report(error: Exception, incoming: Incoming) -> None:
    """Log where it happened. The error's own text is left out, and so are all values: they may be secrets."""
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    _LOGGER.error("request %s failed with %s\n%s", incoming.request_id, type(error).__name__, frames)
